"""Where a generated project goes: a new workspace of an engine, or the one that the same generation had begun."""

from collections.abc import AsyncIterator, Awaitable, Callable

from cluster.engine import Engine
from cluster.errors import WorkspaceExistsError
from cluster.files import EngineFiles
from templates.events import Event
from templates.generation.generate import Target
from templates.generation.journal import Journal
from templates.project import Project

CREATING = "creating"
"""The journal's mark that the workspace of this name is ours, from before it is made."""


def workspace_target(engine: Engine, name: str, journal: Journal, may_run: Callable[[], Awaitable[bool]]) -> Target:
    """A workspace that is there counts as the target only where this generation made it; else it is refused.

    One that was stopped or deleted meanwhile is started, or made again.
    """

    async def create(project: Project) -> AsyncIterator[Event]:
        there = {one.name: one for one in await engine.workspaces()}.get(name)
        if there is not None and there.state != "creating" and journal.marked(CREATING) == name:
            if there.state != "running":
                async for event in engine.start(name):
                    yield event
            return
        journal.mark(CREATING, name)
        try:
            async for event in engine.create(name, project):
                yield event
        except WorkspaceExistsError:
            journal.mark(CREATING, "")
            raise

    return Target(create, EngineFiles(engine, name), may_run)
