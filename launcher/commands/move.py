"""`move`: a workspace goes on in another engine."""

from argparse import ArgumentParser, Namespace
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Literal

from cluster.engine import Engine
from launcher.commands.command import Command
from launcher.commands.create import RUN_HELP, agreed
from launcher.context import Context
from launcher.errors import UsageError
from launcher.output.documents import created_document
from launcher.wiring import engine_named
from templates.catalog import is_ours
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
    parser.add_argument("--run", action="store_true", help=RUN_HELP)


async def _move(context: Context, args: Namespace) -> int:
    from cluster.move import move

    start = monotonic()
    async with _engine(context, OTHER[args.to]) as source, _engine(context, args.to) as target:
        if args.name not in {one.name for one in await source.workspaces()}:
            await target.workspace(args.name)  # raises where there is none at all
            raise UsageError(f"{args.name} is in `{args.to}` already.", hint=f"`vibecode open {args.name}` opens it.")
        if (await source.workspace(args.name)).state != "running":
            await context.work(source.start(args.name), left=lambda: f"{args.name} is where it was.")
        if not await _agreed(context, source, target, args.name, may_run=args.run):
            return 1
        await context.work(
            stream(lambda steps: move(source, target, args.name, steps)),
            left=lambda: f"{args.name} is whole in `{source.name}` or `{target.name}`; the same command goes on.",
        )
        moved = await target.workspace(args.name)
    seconds = monotonic() - start
    words = f"{args.name} is in `{args.to}` now: {moved.url}  {context.console.style(duration(seconds), 'dim')}"
    context.console.answer(created_document(moved, seconds), words)
    return 0


async def _agreed(context: Context, source: Engine, target: Engine, name: str, *, may_run: bool) -> bool:
    """Whether what came from somebody else's template may leave its isolation."""
    from cluster.workspace_project import read_what_runs

    template = (await source.workspace(name)).template
    if template is None or is_ours(template) or "network-isolation" not in target.lacks:
        return True
    project = await read_what_runs(source, name, template)
    return await agreed(context, project, target, may_run=may_run)


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
