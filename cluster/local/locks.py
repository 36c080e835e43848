"""Locks that vanish with their holder, however it ends."""

import asyncio
import fcntl
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

LOOK_EVERY = 0.05
"""Seconds between two tries to get a lock."""


def try_lock(path: Path) -> int | None:
    """The descriptor of the lock, held until it is closed; None where another holds it.

    The file may be removed by its holder: a lock on a file that has lost its name does not count.
    """
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with suppress(FileNotFoundError):
                if path.stat().st_ino == os.fstat(descriptor).st_ino:
                    return descriptor
        except BlockingIOError:
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


@asynccontextmanager
async def locked(path: Path, *, within: float, busy: Callable[[], Exception]) -> AsyncGenerator[None]:
    """Holds the lock; raises what `busy` makes after `within` seconds without it."""
    try:
        async with asyncio.timeout(within):
            while (descriptor := try_lock(path)) is None:
                await asyncio.sleep(LOOK_EVERY)
    except TimeoutError:
        raise busy() from None
    try:
        yield
    finally:
        os.close(descriptor)
