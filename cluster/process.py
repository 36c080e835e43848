"""Other programs as asynchronous subprocesses: output line by line, ended when whoever waits is cancelled."""

import asyncio
import os
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

GRACE = 5.0
"""Seconds between asking a program to end and ending it."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a finished program left: its exit code, standard output, and the last lines of standard error."""

    code: int
    stdout: str
    stderr: tuple[str, ...]


@asynccontextmanager
async def process(
    *command: str,
    stdin: int | None = asyncio.subprocess.DEVNULL,
    stdout: int | None = asyncio.subprocess.PIPE,
    stderr: int | None = asyncio.subprocess.PIPE,
    env: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> AsyncGenerator[asyncio.subprocess.Process]:
    """A running program, in a session of its own so that Ctrl+C reaches us first; ended on the way out.

    Raises FileNotFoundError where the program is not on PATH.
    """
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        env=None if env is None else {**os.environ, **env},
        pass_fds=tuple(pass_fds),
        start_new_session=True,
        limit=1 << 20,
    )
    try:
        yield child
    finally:
        await _end(child)


async def lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """The stream's lines without their ends; a line over 1 MiB arrives in parts."""
    while True:
        try:
            raw = await stream.readline()
        except ValueError:  # longer than the limit: take what is buffered
            raw = await stream.read(1 << 20)
        if not raw:
            return
        yield raw.decode("utf-8", "replace").rstrip("\r\n")


async def run(
    *command: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None, keep: int = 50
) -> Output:
    """Runs a program to its end; keeps all of standard output and the last `keep` lines of standard error."""
    pipe = asyncio.subprocess.PIPE
    async with process(*command, stdin=asyncio.subprocess.DEVNULL if stdin is None else pipe, env=env) as child:
        out, err = await child.communicate(stdin)
    tail = deque(err.decode("utf-8", "replace").splitlines(), maxlen=keep)
    return Output(child.returncode or 0, out.decode("utf-8", "replace"), tuple(tail))


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    child.terminate()
    try:
        await asyncio.wait_for(child.wait(), GRACE)
    except (TimeoutError, asyncio.CancelledError):
        child.kill()
        await child.wait()
