"""Small files of a folder that is not ours to trust."""

import os
import stat
from pathlib import Path

START = 1 << 20
"""How many bytes of a file that says something about a folder (.gitignore, package.json, …) are read."""


def read_start(path: Path | str) -> bytes:
    """The first MiB of a regular file; empty where it is absent, a link, a pipe or not ours to read."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            return file.read(START) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
    except OSError:
        return b""
