"""A shell command in a workspace: shown as it goes, ended when its time is up, or when nobody waits for it any more."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Literal

from cluster.dependencies.tasks import after_dependencies
from cluster.engine import Engine
from cluster.inside import answer
from cluster.output_tail import OutputTail
from templates.errors import VibeCodeError
from templates.workspace_files import Ran

GRACE = 5
"""Seconds that a command has to end by itself once it is told to."""

TOLD_WITHIN = 5.0
"""Seconds to tell it."""

TIMED_OUT = 124
KILLED = 137
"""What `timeout` of GNU coreutils answers for a command whose time was up, and for one that it had to kill."""

_NUMBERED = 'echo "$$" >&2; exec "$@"'
_TELL = 'kill "$1"'


async def run_command(
    engine: Engine, name: str, command: str, *, seconds: float, show: Callable[[str], None] | None = None
) -> Ran:
    """See `templates.workspace_files.WorkspaceFiles.run`.

    A container's runtime does not end what nobody listens to, so that the first line of standard error is the number
    of `timeout`, which hands a signal on to all that it has started.
    """
    start = monotonic()
    limited = ("timeout", f"--kill-after={GRACE}", f"{seconds:g}", *after_dependencies(("sh", "-c", command)))
    session = await engine.exec(name, ("sh", "-c", _NUMBERED, "run", *limited))
    number, tail = _Number(), OutputTail(show)
    try:
        await session.close_stdin()
        async for stream, data in session.output():
            tail.take(stream, number.taken_from(stream, data))
        code = session.exit_code
    except asyncio.CancelledError:
        await _end(engine, name, number.text)
        raise
    finally:
        await session.close()
    timed_out = code in (TIMED_OUT, KILLED) and monotonic() - start >= seconds
    return Ran(code, tail.text(), tail.dropped, timed_out)


class _Number:
    """The first line of standard error, taken out of what is shown."""

    def __init__(self) -> None:
        self._line = b""

    def taken_from(self, stream: Literal["stdout", "stderr"], data: bytes) -> bytes:
        if stream == "stdout" or self._line.endswith(b"\n"):
            return data
        first, end, rest = data.partition(b"\n")
        self._line += first + end
        return rest

    @property
    def text(self) -> str:
        return self._line.decode("ascii", "replace").strip() if self._line.endswith(b"\n") else ""


async def _end(engine: Engine, name: str, number: str) -> None:
    """As far as the workspace can be asked; else it ends when its time is up."""
    if not number.isdecimal():
        return
    with suppress(VibeCodeError, TimeoutError):
        async with asyncio.timeout(TOLD_WITHIN):
            await answer(engine, name, ("sh", "-c", _TELL, "end", number))
