"""`logs`: what a workspace's container says."""

import asyncio
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from contextlib import suppress

from launcher.commands.command import Command
from launcher.context import Context
from templates.services import SERVICES

_SERVICE_HELP = f"not the editor's, but those of a service beside it: {' or '.join(SERVICES)}"


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise ArgumentTypeError(f"{text!r} is not a number of lines")
    return int(text)


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the workspace")
    parser.add_argument("--service", choices=tuple(SERVICES), metavar="SERVICE", help=_SERVICE_HELP)
    parser.add_argument("-f", "--follow", action="store_true", help="go on until Ctrl+C")
    parser.add_argument("--tail", type=_count, metavar="N", help="only the last N lines")


async def _logs(context: Context, args: Namespace) -> int:
    console, about = context.console, {"name": args.name, "service": args.service}
    async with context.engine_of(args.name) as engine:
        lines = engine.logs(args.name, service=args.service, follow=args.follow, tail=args.tail)
        if console.as_json and not args.follow:
            console.answer({**about, "lines": [line async for line in lines]}, "")
            return 0
        with suppress(asyncio.CancelledError):  # Ctrl+C is how following ends
            async for line in lines:
                await console.stream({**about, "line": line}, line)
    return 0


LOGS = Command(
    "logs",
    "show what a workspace's container says",
    (
        ("vibecode logs shop --tail 50", "the last 50 lines"),
        ("vibecode logs shop -f", "until Ctrl+C"),
        ("vibecode logs shop --service postgresql", "what the PostgreSQL beside it says"),
        ("vibecode logs shop -f --json", "one JSON document per line"),
    ),
    _logs,
    _arguments,
)
