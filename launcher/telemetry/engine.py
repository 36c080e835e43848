"""An engine whose work is traced, and whose answers are measured on their way: nothing more is asked of it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from hashlib import sha256
from shutil import disk_usage
from time import monotonic
from typing import Any, cast

from cluster.config import ClusterConfig
from cluster.engine import Engine, EngineStatus, Usage, Workspace
from cluster.errors import ClusterDownError, ClusterUnreachableError
from launcher.telemetry.metrics import (
    API_DURATION,
    CLUSTER_UP,
    DISK_USED,
    INGRESS_UP,
    MEMORY_SHARE,
    MEMORY_USED,
    WORKSPACE_UP,
)
from launcher.telemetry.recorder import Recorder
from launcher.telemetry.steps import traced
from templates.events import Event
from templates.project import Project

_READY = "(ready)"
"""How `cluster.kind.parts` ends what it says of an ingress that can be used."""
_UNITS = {"Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


def observed_engine(engine: Engine, recorder: Recorder, config: ClusterConfig) -> Engine:
    """The same engine; `config` is what it was built of."""
    return cast(Engine, _ObservedEngine(engine, recorder, config))


class _ObservedEngine:
    """What is not measured is the engine's own."""

    def __init__(self, engine: Engine, recorder: Recorder, config: ClusterConfig) -> None:
        self._engine = engine
        self._recorder = recorder
        self._home = config.home
        self._memory = int(config.memory[:-2]) * _UNITS[config.memory[-2:]]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def up(self) -> AsyncIterator[Event]:
        return self._traced("vibecode.cluster.up", self._engine.up())

    def down(self) -> AsyncIterator[Event]:
        return self._traced("vibecode.cluster.down", self._engine.down())

    def create(self, name: str, project: Project) -> AsyncIterator[Event]:
        return self._traced("vibecode.workspace.create", self._engine.create(name, project))

    def start(self, name: str) -> AsyncIterator[Event]:
        return self._traced("vibecode.workspace.start", self._engine.start(name))

    def stop(self, name: str) -> AsyncIterator[Event]:
        return self._traced("vibecode.workspace.stop", self._engine.stop(name))

    def delete(self, name: str) -> AsyncIterator[Event]:
        return self._traced("vibecode.workspace.delete", self._engine.delete(name))

    async def workspaces(self) -> tuple[Workspace, ...]:
        start = monotonic()
        try:
            found = await self._engine.workspaces()
        except (ClusterDownError, ClusterUnreachableError):
            self._cluster_answers(False)
            raise
        if found:  # none are there, too, where there is no cluster
            self._cluster_answers(True)
            if self._engine.name != "local":
                self._recorder.add(API_DURATION, monotonic() - start)
        self._states(found)
        return found

    async def watch(self) -> AsyncGenerator[tuple[Workspace, ...]]:
        try:
            async for found in self._engine.watch():
                self._cluster_answers(True)
                self._states(found)
                yield found
        except (ClusterDownError, ClusterUnreachableError):
            self._cluster_answers(False)
            raise

    async def status(self) -> EngineStatus:
        status = await self._engine.status()
        if (ingress := status.parts.get("traefik")) is not None:
            self._recorder.add(INGRESS_UP, int(ingress.endswith(_READY)))
        return status

    async def usage(self) -> Mapping[str, Usage]:
        taken = await self._engine.usage()
        self._cluster_answers(True)
        memory = sum(usage.memory or 0 for usage in taken.values())
        self._recorder.add(MEMORY_USED, memory, {"engine": self._engine.name})
        disk = await asyncio.to_thread(disk_usage, self._home)
        self._recorder.add(DISK_USED, disk.used / disk.total)
        for name, usage in taken.items():
            self._recorder.add(WORKSPACE_UP, 1, self._tags(name))
            if usage.memory is not None:
                self._recorder.add(MEMORY_SHARE, usage.memory / self._memory, self._tags(name))
        return taken

    def _traced(self, operation: str, events: AsyncIterator[Event]) -> AsyncGenerator[Event]:
        return traced(events, operation, self._recorder, {"engine": self._engine.name})

    def _cluster_answers(self, answers: bool) -> None:
        if self._engine.name != "local":
            self._recorder.add(CLUSTER_UP, int(answers))

    def _states(self, found: Iterable[Workspace]) -> None:
        for workspace in found:
            if workspace.state in ("running", "failed"):
                self._recorder.add(WORKSPACE_UP, int(workspace.state == "running"), self._tags(workspace.name))

    def _tags(self, name: str) -> dict[str, str]:
        return {"engine": self._engine.name, "workspace": name if self._recorder.words else pseudonym(name)}


def pseudonym(name: str) -> str:
    """The same for the same name; a name itself may be a person's, or made of a prompt."""
    return f"w-{sha256(name.encode()).hexdigest()[:8]}"
