"""A running workspace becomes a template of the person's own."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cluster.engine import Engine
from cluster.workspace_project import Found, read_project
from templates.catalog import SEPARATOR
from templates.events import Steps
from templates.services import titles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from templates.sources.change import Sources
    from templates.sources.source import Source

NAMED = 8
"""Files that a sentence names."""


@dataclass(frozen=True, slots=True)
class Made:
    """The new source with its one template of so many `files`; `sentences` say what stayed behind or needs a look."""

    source: "Source"
    files: int
    sentences: tuple[str, ...]

    @property
    def template(self) -> str:
        """The template's id."""
        return f"{self.source.name}{SEPARATOR}{self.source.name}"

    @property
    def words(self) -> str:
        return f"{self.template} has {self.files} files, in {self.source.folder}."


async def make_template(
    engine: Engine, name: str, called: str, sources: "Sources", steps: Steps, output: Path | None = None
) -> Made:
    """Reads the workspace `name`, and writes the template; whole or not at all.

    Raises what `read_project` and `Sources.make` do.
    """
    async with steps.step("read", f"Reading {name}") as step:
        found = await read_project(engine, name, step.progress)
        step.note = f"{len(found.project.files)} files"
    async with steps.step("write", f"Writing the template {called}"):
        source, left = await sources.make(called, found.project, output)
    return Made(source, len(found.project.files), (*found.project.left_out, *left, *_warnings(found)))


def _warnings(found: Found) -> "Iterator[str]":
    if found.suspicious:
        names = ", ".join(found.suspicious[:NAMED]) + (" and more" if len(found.suspicious) > NAMED else "")
        yield f"Look at these before you share it, since they seem to have a password or a key in them: {names}."
    if found.project.manifest.services:
        beside = titles(found.project.manifest.services)
        yield f"What is in {beside} is no part of it: each workspace begins without data."
