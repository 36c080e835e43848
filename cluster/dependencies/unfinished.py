"""An installation that was cut off, as where its workspace was stopped in the middle: found, to be gone on with."""

import asyncio
from dataclasses import dataclass

from cluster.dependencies.installation import Installation
from cluster.dependencies.scripts import UNFINISHED
from cluster.engine import Engine
from cluster.inside import answer
from templates.catalog import Catalog, is_ours
from templates.errors import VibeCodeError
from templates.text import plain

LONGEST = 1000
"""Characters of a command that a question can show."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What was begun in a workspace and is not over; `ours` says that its command came with the program."""

    installation: Installation
    ours: bool

    @property
    def reason(self) -> str | None:
        """Why a person has to agree before it goes on; None where nobody has to."""
        return None if self.ours else self.installation.engine.lacks.get("network-isolation")


async def unfinished(engine: Engine, name: str) -> Unfinished | None:
    """None where all is over, nothing was ever begun, or the workspace cannot say.

    The command is the one that the workspace remembers: it may have changed that, so that only what is word for word
    in a template of ours counts as ours, and what cannot be shown in one line does not count at all.
    """
    try:
        command = await _remembered(engine, name)
        if not command or len(command) > LONGEST or command != plain(command):
            return None
        ours = await _is_ours((await engine.workspace(name)).template, command)
    except VibeCodeError:  # it is stopped again, or gone: whoever starts it next asks anew
        return None
    return Unfinished(Installation(engine, name, command), ours)


async def _remembered(engine: Engine, name: str) -> str:
    _, said = await answer(engine, name, ("sh", "-c", UNFINISHED))
    return said.decode("utf-8", "replace").removesuffix("\n")


async def _is_ours(template: str | None, command: str) -> bool:
    if template is None or not is_ours(template):
        return False
    try:
        return (await asyncio.to_thread(Catalog().load, template)).manifest.install == command
    except VibeCodeError:  # another version of the program brought it
        return False
