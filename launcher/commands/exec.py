"""`exec`: a command in a workspace, on a terminal where there is one."""

import asyncio
import logging
import os
import signal
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Literal

from cluster.dependencies.tasks import after_dependencies
from cluster.engine import Engine, ExecSession, TerminalSize
from launcher import stdio
from launcher.commands.command import Command
from launcher.context import Context
from launcher.errors import UsageError
from launcher.output.console import Console
from templates.errors import CancelledError

log = logging.getLogger(__name__)

Stream = Literal["stdout", "stderr"]
Sink = Callable[[Stream, bytes], Awaitable[None]]


def _arguments(parser: ArgumentParser) -> None:
    parser.usage = "vibecode exec [-h] [--json] NAME -- COMMAND …"
    parser.add_argument("name", metavar="NAME", help="the workspace")


async def _exec(context: Context, args: Namespace) -> int:
    """`args.after_dashes` holds what followed `--`."""
    command = after_dependencies(args.after_dashes)
    if not command:
        raise UsageError(
            "There is no command to run.", hint=f"Put it after two hyphens: `vibecode exec {args.name} -- ls -la`."
        )
    async with context.engine_of(args.name) as engine:
        try:
            if context.console.as_json:
                return await _answer(context.console, engine, args.name, command)
            return await _pass_on(context.console, engine, args.name, command)
        except asyncio.CancelledError:
            raise CancelledError(
                f"Left {args.name}; the command may still be running there.",
                hint=f"`vibecode exec {args.name} -- ps -ef` shows what runs.",
            ) from None


async def _pass_on(console: Console, engine: Engine, name: str, command: Sequence[str]) -> int:
    """Runs the command with this program's own streams; on a terminal of its own where they are one."""
    outputs = {"stdout": console.stdout.fileno(), "stderr": console.stderr.fileno()}
    stdin = None if console.stdin is None else console.stdin.fileno()
    screen = outputs["stdout"] if console.stdin_is_terminal and console.stdout.isatty() else None

    async def write(stream: Stream, data: bytes) -> None:
        await stdio.write(outputs[stream], data)

    session = await engine.exec(name, command, terminal=None if screen is None else _size(screen))
    try:
        if screen is None or stdin is None:
            await _run(session, write, _feed(session, stdin))
        else:
            with stdio.raw_mode(stdin):
                await _run(session, write, _feed(session, stdin), _resize(session, screen))
    finally:
        await session.close()
    return session.exit_code


async def _answer(console: Console, engine: Engine, name: str, command: Sequence[str]) -> int:
    """Runs the command and answers what it printed, in one document."""
    printed: dict[str, bytearray] = {"stdout": bytearray(), "stderr": bytearray()}

    async def collect(stream: Stream, data: bytes) -> None:
        printed[stream] += data

    session = await engine.exec(name, command)
    try:
        await _run(session, collect, _feed(session, None if console.stdin is None else console.stdin.fileno()))
    finally:
        await session.close()
    texts = {stream: data.decode("utf-8", "replace") for stream, data in printed.items()}
    console.answer({"name": name, "exit_code": session.exit_code, **texts}, "")
    return session.exit_code


async def _run(session: ExecSession, sink: Sink, *beside: Coroutine[Any, Any, None]) -> None:
    """Hands the output to `sink` until the command has ended, and does what is beside it for as long."""
    tasks = [asyncio.ensure_future(one) for one in beside]
    try:
        async for stream, data in session.output():
            await sink(stream, data)
    finally:
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                log.info("a stream of the command ended early: %r", result)


async def _feed(session: ExecSession, stdin: int | None) -> None:
    while stdin is not None and (data := await stdio.read(stdin)):
        await session.write(data)
    await session.close_stdin()


async def _resize(session: ExecSession, screen: int) -> None:
    loop = asyncio.get_running_loop()
    changed = asyncio.Event()
    loop.add_signal_handler(signal.SIGWINCH, changed.set)
    try:
        while await changed.wait():
            changed.clear()
            await session.resize(_size(screen))
    finally:
        loop.remove_signal_handler(signal.SIGWINCH)


def _size(screen: int) -> TerminalSize:
    size = os.get_terminal_size(screen)
    return TerminalSize(size.columns or 80, size.lines or 24)


EXEC = Command(
    "exec",
    "run a command in a workspace",
    (
        ("vibecode exec shop -- bash", "a shell, on a terminal"),
        ("vibecode exec shop -- pytest -q", "the exit code is the command's"),
        ("vibecode exec shop -- sh -c 'cat > notes.txt'", "standard input is passed on"),
    ),
    _exec,
    _arguments,
    description="Run a command in the project's folder of a workspace; its exit code is passed on.",
)
