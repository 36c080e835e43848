"""Standard input and output as file descriptors that never block the event loop, and a terminal's raw mode."""

import asyncio
import os
import stat
import termios
import tty
from collections.abc import Callable, Generator
from contextlib import contextmanager

CHUNK = 64 * 1024
PIECE = 4096
"""Bytes that a pipe takes without blocking once it is said to be writable (PIPE_BUF)."""


async def read(fd: int) -> bytes:
    """What can be read now, or the next time there is something; empty at the end."""
    loop = asyncio.get_running_loop()
    await _ready(fd, loop.add_reader, loop.remove_reader)
    return os.read(fd, CHUNK)


async def write(fd: int, data: bytes) -> None:
    """Writes all of `data`; cancelling stops between two pieces, even where nobody reads the other end."""
    loop = asyncio.get_running_loop()
    rest = memoryview(data)
    while rest:
        await _ready(fd, loop.add_writer, loop.remove_writer)
        rest = rest[os.write(fd, rest[:PIECE]) :]


async def _ready(fd: int, add: Callable[[int, Callable[[], None]], None], remove: Callable[[int], bool]) -> None:
    if stat.S_ISREG(os.fstat(fd).st_mode):  # always ready, and not to be watched: kqueue is silent at the end
        return
    ready = asyncio.Event()
    try:
        add(fd, ready.set)
    except OSError:  # /dev/null and its like are always ready; epoll refuses them
        return
    try:
        await ready.wait()
    finally:
        remove(fd)


@contextmanager
def hidden(fd: int) -> Generator[None]:
    """What is typed is not shown; the terminal is as it was afterwards."""
    before = termios.tcgetattr(fd)
    silent = list(before)
    silent[3] &= ~termios.ECHO
    try:
        termios.tcsetattr(fd, termios.TCSADRAIN, silent)
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)


@contextmanager
def raw_mode(fd: int) -> Generator[None]:
    """Each key goes straight through, Ctrl+C too; the terminal is as it was afterwards."""
    before = termios.tcgetattr(fd)
    try:
        tty.setraw(fd)
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)
