"""What a person can have done to the sources of their own templates, each as a task."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from screens.jobs import Task
from screens.shared import LazyEngines
from templates.events import Steps, stream
from templates.sources.words import bringing, left_out, staying, updated
from templates.text import plain

if TYPE_CHECKING:
    from templates.sources.change import Sources
    from templates.sources.source import Source

Lazy = Callable[[], "Sources"]
"""Blocks."""

Tell = Callable[[str | None], object]
"""Told that the sources have changed, with the id of the template to look at."""


def add(sources: Lazy, place: str, called: str, tell: Tell) -> Task:
    """A folder, or what Git brings from an address."""
    told: tuple[str, ...] = ()

    async def work(steps: Steps) -> None:
        nonlocal told
        async with steps.step("add", bringing(place)) as step:
            _, listing = await (await asyncio.to_thread(sources)).add(place, called, step.progress)
            told = tuple(left_out(listing))
            for sentence in told:
                step.progress(sentence)
        tell(listing.templates[0].id)

    return Task(
        f"Adding the source {called}",
        lambda: stream(work),
        f"The source {called} is added",
        if_stopped="Nothing is added.",
        told=lambda: told,
    )


def update(sources: Lazy, before: "Source", tell: Tell) -> Task:
    """Fetches it anew; one that is a folder is only looked at."""
    told: tuple[str, ...] = ()

    async def work(steps: Steps) -> None:
        nonlocal told
        async with steps.step("update", bringing(before.place)) as step:
            after, listing = await (await asyncio.to_thread(sources)).update(before.name, step.progress)
            step.note = updated(before, after)
            told = (f"It {step.note}.", *left_out(listing))
            for sentence in told:
                step.progress(sentence)
        tell(None)

    return Task(
        f"Updating the source {before.name}",
        lambda: stream(work),
        f"The source {before.name} is read anew",
        if_stopped=f"{before.name} is as it was.",
        told=lambda: told,
    )


def remove(sources: Lazy, source: "Source", tell: Tell, *, kept: bool) -> Task:
    """Forgets it; `kept` where its files are here alone, and go with it."""

    async def work(steps: Steps) -> None:
        async with steps.step("remove", f"Removing {source.name}"):
            await asyncio.to_thread(lambda: sources().remove(source.name))
        tell(None)

    stays = staying(source, kept=kept)
    return Task(
        f"Removing the source {source.name}",
        lambda: stream(work),
        f"The source {source.name} is removed",
        told=lambda: (stays,) if stays else (),
    )


def make(engines: LazyEngines, sources: Lazy, name: str, called: str) -> Task:
    """A template of the running workspace `name`; what stayed behind, or needs a look, is said at its end."""
    told: tuple[str, ...] = ()

    async def work(steps: Steps) -> None:
        from cluster.workspace_template import make_template

        nonlocal told
        book = await asyncio.to_thread(sources)
        await asyncio.to_thread(book.check_free, called)
        engine = await (await engines.get()).holding(name)
        made = await make_template(engine, name, called, book, steps)
        told = (plain(made.words), *map(plain, made.sentences))
        if made.sentences:
            async with steps.step("look", "What stays behind, or needs a look") as step:
                for sentence in made.sentences:
                    step.progress(sentence)

    return Task(
        f"Making the template {called} of {name}",
        lambda: stream(work),
        f"{called} is among your templates",
        name,
        if_stopped="No template is made.",
        told=lambda: told,
    )
