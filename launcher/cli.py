"""From arguments to an exit code: parses, sets up, runs one command, and tells every error in a person's words."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from time import monotonic
from typing import TYPE_CHECKING

from launcher import logs, paths, settings
from launcher.application import can_open, open_application
from launcher.errors import UsageError
from launcher.output.console import Console
from launcher.wiring import Services
from templates.errors import CancelledError, UnexpectedError, VibeCodeError

if TYPE_CHECKING:
    from argparse import Namespace
    from contextlib import AbstractContextManager

    from launcher.commands.command import Command
    from launcher.context import Context
    from launcher.paths import Paths
    from launcher.settings import Settings

log = logging.getLogger(__name__)

USAGE = 2
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(
    arguments: Sequence[str],
    services: Services | None = None,
    environ: Mapping[str, str] | None = None,
    started: float | None = None,
) -> int:
    """Runs the command line `arguments` (without the program's name), of a program that began at `started`.

    `started` is monotonic time, in seconds; now, if it is not given. The answer is the exit code:
    0 is success, 1 an error, 2 wrong usage, 128 + n where signal n stopped it; `exec` passes its command's on.
    """
    services = services or Services()
    environ = os.environ if environ is None else environ
    started = monotonic() if started is None else started
    own, after_dashes = _split(arguments)
    console = Console(sys.stdin, sys.stdout, sys.stderr, environ, as_json="--json" in own)
    try:
        code = _main(own, after_dashes, console, services, started)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # whoever read the output has left, as `head` does
        _discard_output()
        return 128 + signal.SIGPIPE


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The program's own arguments, and, for `exec`, what follows the first `--`, untouched."""
    own = list(arguments)
    if own[:1] == ["exec"] and "--" in own:
        dashes = own.index("--")
        return own[:dashes], own[dashes + 1 :]
    return own, []


def _main(own: list[str], after_dashes: list[str], console: Console, services: Services, started: float) -> int:
    try:
        found = paths.find(console.environ)
    except VibeCodeError as error:
        console.error(error)
        return 1
    logs.start(found.log_file, settings.Settings().log_level)
    try:
        if not own and can_open(console):
            loaded = settings.load(found.config_file, console.environ)
            logs.start(found.log_file, loaded.values.log_level)
            with _recorded("application", services, loaded.values, found, console.environ, started) as observed:
                return open_application(console, loaded, found, observed)
        from launcher.context import Context  # with all commands, for which the first frame does not wait
        from launcher.overview import overview

        args = _parse(own, console.environ, services)
        if args is None:
            return 0
        if args.command is None:
            console.answer(None, overview(console))
            return 0
        loaded = settings.load(found.config_file, console.environ)
        logs.start(found.log_file, loaded.values.log_level)
        args.after_dashes = after_dashes
        with _recorded(args.command.name, services, loaded.values, found, console.environ, started) as observed:
            return _run(args.command, Context(console, loaded, found, observed), args)
    except UsageError as error:
        console.error(error)
        return USAGE
    except VibeCodeError as error:
        log.error("%s: %s", error.code, error.detail)
        console.error(error)
        return 1
    except BrokenPipeError:
        raise
    except Exception as error:
        log.exception("vibecode %s", " ".join(own[:1]))
        hint = f"Run the command again; if it fails again, {found.log_file} has the details."
        console.error(UnexpectedError(f"{type(error).__name__}: {error}", hint=hint))
        return 1


def _recorded(
    command: str, services: Services, values: "Settings", paths: "Paths", environ: Mapping[str, str], started: float
) -> "AbstractContextManager[Services]":
    """The services as they are, unless telemetry is switched on."""
    if not values.telemetry:
        return nullcontext(services)
    from launcher.telemetry.recording import recording

    return recording(command, services, values, paths, environ, started)


def _parse(own: list[str], environ: Mapping[str, str], services: Services) -> "Namespace | None":
    """The parsed arguments; None where help or the version was all that was asked for."""
    from launcher.commands.catalog import COMMANDS
    from launcher.parser import build_parser

    if own and not own[0].startswith("-"):
        _check_command(own[0], [command.name for command in COMMANDS])
    parser = build_parser(COMMANDS)
    if "_ARGCOMPLETE" in environ:
        from launcher.completion import complete

        complete(parser, environ, services)
    try:
        return parser.parse_args(own)
    except SystemExit:  # argparse has printed what was asked for; wrong usage is an exception of ours
        return None


def _check_command(word: str, names: Sequence[str]) -> None:
    if word not in names:
        from difflib import get_close_matches

        close = get_close_matches(word, names, n=1)
        hint = f"Did you mean `vibecode {close[0]}`?" if close else UsageError.hint
        raise UsageError(f"There is no command {word!r}.", hint=hint)


def _run(command: "Command", context: "Context", args: "Namespace") -> int:
    """Runs the command on an event loop of its own; a signal cancels it, a second one does not wait any more."""
    received: list[int] = []
    start = monotonic()

    async def run() -> int:
        loop = asyncio.get_running_loop()
        work = asyncio.ensure_future(command.run(context, args))

        def stop(number: int) -> None:
            if received:
                raise KeyboardInterrupt
            received.append(number)
            work.cancel()

        for number in STOPPING:
            if signal.getsignal(number) is not signal.SIG_IGN:  # `nohup`, and jobs in the background
                loop.add_signal_handler(number, stop, number)
        return await work

    try:
        code = asyncio.run(run())
    except asyncio.CancelledError:
        context.console.stopped(CancelledError("Stopped; nothing was changed."))
    except CancelledError as error:
        context.console.stopped(error)
    except KeyboardInterrupt:
        context.console.stopped(CancelledError("Stopped without waiting for the work to end."))
    else:
        log.info("vibecode %s: exit code %d after %.2f s", command.name, code, monotonic() - start)
        return 128 + received[0] if received else code
    log.info("vibecode %s: stopped after %.2f s", command.name, monotonic() - start)
    return 128 + (received[0] if received else signal.SIGINT)


def _discard_output() -> None:
    """Lets what is still in the streams' buffers go nowhere, so that Python's last flush does not fail."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
