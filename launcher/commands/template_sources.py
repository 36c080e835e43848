"""`templates add`, `update`, `remove` and `new`: where one's own templates come from."""

import asyncio
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from launcher.commands.command import Run
from launcher.context import Context
from launcher.sources import sources_of
from templates.events import Steps, stream
from templates.services import titles
from templates.text import plain

if TYPE_CHECKING:
    from cluster.workspace_project import Found
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
    from templates.sources.url import is_url

    sources = sources_of(context.paths)
    added: list[tuple[Source, Listing]] = []
    title = f"{'Fetching' if is_url(args.place) else 'Reading'} {_shown(args.place)}"

    async def work(steps: Steps) -> None:
        async with steps.step("add", title) as step:
            added.append(await sources.add(args.place, args.called, step.progress))

    await context.work(stream(work), left=lambda: "nothing is added.")
    return _told(context, *added[0], "is added")


async def _update(context: Context, args: Namespace) -> int:
    sources = sources_of(context.paths)
    updated: list[tuple[Source, Listing]] = []
    before = sources.book.named(args.source)
    title = f"{'Fetching' if before.url else 'Reading'} {_shown(before.place)}"

    async def work(steps: Steps) -> None:
        async with steps.step("update", title) as step:
            updated.append(await sources.update(args.source, step.progress))

    await context.work(stream(work), left=lambda: f"{args.source} is as it was.")
    source, listing = updated[0]
    if not source.url:
        done = "is read where it is, at each use: there is nothing to fetch"
    elif source.commit == before.commit:
        done = f"is as it was, at {source.commit[:12]}"
    else:
        done = f"is at {source.commit[:12]} now, before at {before.commit[:12]}"
    return _told(context, source, listing, done)


async def _remove(context: Context, args: Namespace) -> int:
    sources = sources_of(context.paths)
    source = sources.book.named(args.source)
    if sources.book.keeps(source) and not args.yes:
        question = f"Delete the template {source.name}, which is nowhere else than in {source.folder}?"
        if not await context.console.confirm(question, flag="--yes"):
            context.console.say("Nothing is removed.")
            return 1
    await asyncio.to_thread(sources.remove, args.source)
    where = "" if source.url or sources.book.keeps(source) else f" {source.folder} stays as it is."
    context.console.answer({"removed": source.name}, f"{source.name} is removed.{where}")
    return 0


def _told(context: Context, source: "Source", listing: "Listing", done: str) -> int:
    ids = [one.id for one in listing.templates]
    document = {**source.as_dict(), "templates": ids, "broken": _broken(listing)}
    words = [f"{source.name} {done}:", *(f"  {one.id}  {one.manifest.title}" for one in listing.templates)]
    context.console.answer(document, "\n".join([*words, "", f"Start from one: `vibecode new {ids[0]}`"]))
    for name, error in listing.broken.items():
        context.console.say(f"{plain(name)} is left out: {plain(error.detail)}")
    return 0


def _broken(listing: "Listing") -> dict[str, str]:
    return {name: error.detail for name, error in listing.broken.items()}


def _shown(place: str) -> str:
    """Without what may be a password, which is refused later."""
    before, at, after = place.partition("://")[2].rpartition("@")
    return plain(f"{place.partition('://')[0]}://…{at}{after}" if before else place)[:80]


async def _new(context: Context, args: Namespace) -> int:
    from cluster.workspace_project import read_project

    sources = sources_of(context.paths)
    sources.check_free(args.called)
    found: list[Found] = []
    made: list[tuple[Source, tuple[str, ...]]] = []
    async with context.engine_of(args.name) as engine:
        await engine.workspace(args.name)

        async def work(steps: Steps) -> None:
            async with steps.step("read", f"Reading {args.name}") as step:
                found.append(await read_project(engine, args.name, step.progress))
                step.note = f"{len(found[0].project.files)} files"
            async with steps.step("write", f"Writing the template {args.called}") as step:
                made.append(await sources.make(args.called, found[0].project, args.output))

        await context.work(stream(work), left=lambda: "no template is made.")
    (source, left), project = made[0], found[0].project
    sentences = [*project.left_out, *left, *_warnings(found[0])]
    for sentence in sentences:
        context.console.say(f"  {plain(sentence)}")
    template = f"{args.called}/{args.called}"
    document = {**source.as_dict(), "id": template, "files": len(project.files), "left_out": sentences}
    words = f"{template} has {len(project.files)} files, in {source.folder}.\nStart from it: `vibecode new {template}`"
    context.console.answer(document, words)
    return 0


def _warnings(found: "Found") -> Iterator[str]:
    if found.suspicious:
        names = ", ".join(found.suspicious[:8]) + (" and more" if len(found.suspicious) > 8 else "")
        yield f"Look at these before you share it, since they seem to have a password or a key in them: {names}."
    if found.project.manifest.services:
        beside = titles(found.project.manifest.services)
        yield f"What is in {beside} is no part of it: each workspace begins without data."


ACTIONS: Mapping[str, Run] = {"add": _add, "update": _update, "remove": _remove, "new": _new}
