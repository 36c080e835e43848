"""`templates add`, `update`, `remove` and `new`: where one's own templates come from."""

import asyncio
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from launcher.commands.command import Run
from launcher.context import Context
from launcher.sources import sources_of
from templates.events import Steps, stream
from templates.sources.words import bringing, deletion, left_out, staying, updated
from templates.text import plain

if TYPE_CHECKING:
    from cluster.workspace_template import Made
    from templates.catalog import Listing
    from templates.sources.source import Source


def arguments(more: "Any") -> tuple[ArgumentParser, ...]:
    """The parsers of what is below `templates`; `more` is what argparse makes them by."""
    add = more.add_parser("add", help="add a folder, or what Git brings from an address, as a source")
    add.add_argument("place", metavar="FOLDER|GIT-URL", help="a folder that is a template, or holds several; or a URL")
    add.add_argument(
        "--name", dest="called", metavar="N", help="how its templates' ids begin; the folder's if not said"
    )
    update = more.add_parser("update", help="fetch a source anew")
    update.add_argument("source", metavar="N", help="the source")
    remove = more.add_parser("remove", help="forget a source; a folder of yours stays as it is")
    remove.add_argument("source", metavar="N", help="the source")
    remove.add_argument("--yes", action="store_true", help="do not ask, where its files are here alone")
    new = more.add_parser("new", help="make a template from a workspace")
    new.add_argument("called", metavar="NAME", help="how the template is called")
    new.add_argument("--from", dest="name", metavar="WORKSPACE", required=True, help="a running workspace")
    new.add_argument("--output", metavar="FOLDER", type=Path, help="where it is written; in VibeCode's own if not said")
    return add, update, remove, new


async def _add(context: Context, args: Namespace) -> int:
    sources = sources_of(context.paths)
    added: list[tuple[Source, Listing]] = []

    async def work(steps: Steps) -> None:
        async with steps.step("add", bringing(args.place)) as step:
            added.append(await sources.add(args.place, args.called, step.progress))

    await context.work(stream(work), left=lambda: "nothing is added.")
    return _told(context, *added[0], "is added")


async def _update(context: Context, args: Namespace) -> int:
    sources = sources_of(context.paths)
    result: list[tuple[Source, Listing]] = []
    before = sources.book.named(args.source)

    async def work(steps: Steps) -> None:
        async with steps.step("update", bringing(before.place)) as step:
            result.append(await sources.update(args.source, step.progress))

    await context.work(stream(work), left=lambda: f"{args.source} is as it was.")
    source, listing = result[0]
    return _told(context, source, listing, updated(before, source))


async def _remove(context: Context, args: Namespace) -> int:
    sources = sources_of(context.paths)
    source = sources.book.named(args.source)
    kept = sources.book.keeps(source)
    if kept and not args.yes and not await context.console.confirm(deletion(source), flag="--yes"):
        context.console.say("Nothing is removed.")
        return 1
    await asyncio.to_thread(sources.remove, args.source)
    words = f"{source.name} is removed. {staying(source, kept=kept)}".rstrip()
    context.console.answer({"removed": source.name}, words)
    return 0


def _told(context: Context, source: "Source", listing: "Listing", done: str) -> int:
    ids = [one.id for one in listing.templates]
    document = {**source.as_dict(), "templates": ids, "broken": _broken(listing)}
    words = [f"{source.name} {done}:", *(f"  {one.id}  {one.manifest.title}" for one in listing.templates)]
    context.console.answer(document, "\n".join([*words, "", f"Start from one: `vibecode new {ids[0]}`"]))
    for sentence in left_out(listing):
        context.console.say(sentence)
    return 0


def _broken(listing: "Listing") -> dict[str, str]:
    return {name: error.detail for name, error in listing.broken.items()}


async def _new(context: Context, args: Namespace) -> int:
    from cluster.workspace_template import make_template

    sources = sources_of(context.paths)
    sources.check_free(args.called)
    result: list[Made] = []
    async with context.engine_of(args.name) as engine:
        await engine.workspace(args.name)

        async def work(steps: Steps) -> None:
            result.append(await make_template(engine, args.name, args.called, sources, steps, args.output))

        await context.work(stream(work), left=lambda: "no template is made.")
    made = result[0]
    for sentence in made.sentences:
        context.console.say(f"  {plain(sentence)}")
    document = {**made.source.as_dict(), "id": made.template, "files": made.files, "left_out": list(made.sentences)}
    context.console.answer(document, f"{made.words}\nStart from it: `vibecode new {made.template}`")
    return 0


ACTIONS: Mapping[str, Run] = {"add": _add, "update": _update, "remove": _remove, "new": _new}
