"""All engines together: a name is unique across them, and a named workspace is found wherever it lives."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from cluster.engine import Engine, EngineName, Workspace
from cluster.errors import ClusterDownError, ClusterUnreachableError, WorkspaceNotFoundError
from templates.errors import VibeCodeError


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine for a new workspace, and why it is that one, in words."""

    engine: Engine
    reason: str


@dataclass(frozen=True, slots=True)
class Everything:
    """All workspaces that could be seen, by name; and the engines that could not be asked, each with the reason."""

    workspaces: tuple[Workspace, ...]
    out_of_reach: Mapping[EngineName, VibeCodeError]


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines that the settings allow, best first; `obstacle` says why the best cannot take a new workspace."""

    engines: Sequence[Engine]
    obstacle: Callable[[], Awaitable[str | None]]

    async def choose(self) -> Choice:
        """Where something new goes."""
        best, *others = self.engines
        if not others:
            return Choice(best, "the setting `engine` says so")
        reason = await self.obstacle()
        return Choice(best, "Docker answers") if reason is None else Choice(others[0], reason)

    async def everything(self) -> Everything:
        """What all engines hold. Raises an engine's own error where none could be asked with success."""
        asked = await asyncio.gather(*(_ask(engine) for engine in self.engines))
        found = [one for answer in asked if not isinstance(answer, VibeCodeError) for one in answer]
        errors: dict[EngineName, VibeCodeError] = {}
        for engine, answer in zip(self.engines, asked, strict=True):
            if isinstance(answer, VibeCodeError):
                errors[engine.name] = answer
        if errors and not found:
            raise next(iter(errors.values()))
        return Everything(tuple(sorted(found, key=lambda one: one.name)), errors)

    async def holding(self, name: str) -> Engine:
        """The engine that holds the workspace. Raises WorkspaceNotFoundError, or why an engine could not be asked."""
        if len(self.engines) == 1:
            return self.engines[0]
        everything = await self.everything()
        for workspace in everything.workspaces:
            if workspace.name == name:
                return next(engine for engine in self.engines if engine.name == workspace.engine)
        for error in everything.out_of_reach.values():
            raise error
        raise WorkspaceNotFoundError(f"There is no workspace {name!r}.")

    async def starting(self, name: str) -> Engine:
        """The engine whose `start` finds the workspace: one that is down, as after a reboot, comes up to know."""
        try:
            return await self.holding(name)
        except (ClusterDownError, ClusterUnreachableError):
            for engine in self.engines:
                if isinstance(await _ask(engine), ClusterDownError | ClusterUnreachableError):
                    return engine
            return await self.holding(name)  # it has come up in between

    async def close(self) -> None:
        for engine in self.engines:
            await engine.close()


async def _ask(engine: Engine) -> tuple[Workspace, ...] | VibeCodeError:
    try:
        return await engine.workspaces()
    except VibeCodeError as error:
        return error
