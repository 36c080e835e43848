"""Private files, each written whole or not at all, and what the system says about them in words."""

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from typing import BinaryIO

from cluster.errors import HomeUnusableError, VolumeFullError


@contextmanager
def told(path: Path) -> Generator[None]:
    """Turns what the system says about `path` into an error with an action: VolumeFullError, HomeUnusableError."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise VolumeFullError(f"There is no room for {path}.", hint=make_room(path.parent)) from error
        raise HomeUnusableError(f"{error.filename or path}: {error.strerror or error}.") from error


def make_room(folder: Path) -> str:
    """What a person can do where the disk is full."""
    return f"Free some space (`df -h '{folder}'` shows what there is), then run the same command again."


def private_folder(folder: Path) -> Path:
    """The folder, for its owner alone (0700), made with its parents. Raises HomeUnusableError, VolumeFullError."""
    with told(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def replace_file(path: Path, content: bytes) -> None:
    """Replaces the file (0600), on the disk before it gets its name; after a crash it is the old or the new one."""
    with _replacing(path) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace_note(path: Path, content: bytes) -> None:
    """As `replace_file`, for what says nothing any more once the machine has crashed: it does not wait for the disk."""
    with _replacing(path) as file:
        file.write(content)


@contextmanager
def _replacing(path: Path) -> Generator[BinaryIO]:
    partial = path.with_name(f"{path.name}.{os.getpid()}-{get_ident()}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
            yield file
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
