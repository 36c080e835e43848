"""`move`: a workspace goes on in another engine."""

from argparse import ArgumentParser, Namespace
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Literal

from cluster.engine import Engine
from launcher.commands.command import Command
from launcher.context import Context
from launcher.errors import UsageError
from launcher.output.documents import created_document
from launcher.wiring import engine_named
from templates.events import stream
from templates.text import duration

OTHER: dict[str, Literal["kind", "local"]] = {"kind": "local", "local": "kind"}


@asynccontextmanager
async def _engine(context: Context, name: Literal["kind", "local"]) -> AsyncGenerator[Engine]:
    engine = engine_named(name, context.loaded.values, context.paths, context.services)
    try:
        yield engine
    finally:
        await engine.close()


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the workspace")
    parser.add_argument("--to", choices=("kind", "local"), required=True, metavar="ENGINE", help="`kind` or `local`")


async def _move(context: Context, args: Namespace) -> int:
    from cluster.move import move

    start = monotonic()
    async with _engine(context, OTHER[args.to]) as source, _engine(context, args.to) as target:
        if args.name not in {one.name for one in await source.workspaces()}:
            await target.workspace(args.name)  # raises where there is none at all
            raise UsageError(f"{args.name} is in `{args.to}` already.", hint=f"`vibecode open {args.name}` opens it.")
        if (await source.workspace(args.name)).state != "running":
            await context.work(source.start(args.name), left=lambda: f"{args.name} is where it was.")
        await context.work(
            stream(lambda steps: move(source, target, args.name, steps)),
            left=lambda: f"{args.name} is whole in `{source.name}` or `{target.name}`; the same command goes on.",
        )
        moved = await target.workspace(args.name)
    seconds = monotonic() - start
    words = f"{args.name} is in `{args.to}` now: {moved.url}  {context.console.style(duration(seconds), 'dim')}"
    context.console.answer(created_document(moved, seconds), words)
    return 0


MOVE = Command(
    "move",
    "move a workspace to another engine",
    (
        ("vibecode move shop --to kind", "from processes of yours into the cluster"),
        ("vibecode move shop --to local", "the other way round"),
    ),
    _move,
    _arguments,
    description="Move a workspace to another engine, with its files and the editor's settings, verified by hash.",
)
