"""The one protocol that every place where workspaces live follows, and the records it speaks in."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from templates.events import Event
from templates.project import Project

EngineName = Literal["kind", "context", "local"]
WorkspaceState = Literal["creating", "running", "stopped", "failed", "unknown"]
EngineState = Literal["absent", "stopped", "starting", "running", "unreachable"]
Capability = Literal["network-isolation", "autoscaling", "datadog-cluster-agent"]


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace as its engine sees it now; `ports` maps what the project serves to its address.

    `reason` says in words why it is not running. Times are in UTC, or None where unknown.
    """

    name: str
    url: str
    state: WorkspaceState
    engine: EngineName
    template: str | None = None
    created: datetime | None = None
    idle_since: datetime | None = None
    ports: Mapping[int, str] = field(default_factory=dict[int, str])
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """An engine's state, its parts (`node`, `ingress`, …) in words, and the workspaces it holds."""

    engine: EngineName
    state: EngineState
    workspaces: tuple[Workspace, ...] = ()
    detail: str = ""
    parts: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class TerminalSize:
    columns: int
    rows: int


class ExecSession(Protocol):
    """A command that runs in a workspace, with its streams."""

    async def write(self, data: bytes) -> None: ...
    async def close_stdin(self) -> None: ...
    async def resize(self, size: TerminalSize) -> None: ...
    def output(self) -> AsyncIterator[tuple[Literal["stdout", "stderr"], bytes]]:
        """What it prints, as it prints it; ends when the command has ended."""
        ...

    @property
    def exit_code(self) -> int:
        """Known once `output` has ended."""
        ...

    async def close(self) -> None:
        """Leaves the command's streams; whether it goes on without them is up to it and the engine."""
        ...


class Engine(Protocol):
    """Where workspaces live. What changes things yields events and, called again, converges.

    Every method raises a `VibeCodeError`; `WorkspaceNotFoundError` where a name is unknown.
    """

    @property
    def name(self) -> EngineName: ...

    @property
    def lacks(self) -> Mapping[Capability, str]:
        """What this engine cannot do, each with the reason in words."""
        ...

    def up(self) -> AsyncIterator[Event]: ...
    def down(self) -> AsyncIterator[Event]: ...
    async def status(self) -> EngineStatus: ...

    async def workspaces(self) -> tuple[Workspace, ...]:
        """All of them, sorted by name; empty where the engine was never brought up."""
        ...

    async def workspace(self, name: str) -> Workspace: ...

    def create(self, name: str, project: Project) -> AsyncIterator[Event]:
        """Brings the engine up where needed, makes the workspace and seeds it.

        The step `ready` is done when the editor can be opened; what follows it (extensions) need not be waited for.
        """
        ...

    def start(self, name: str) -> AsyncIterator[Event]: ...
    def stop(self, name: str) -> AsyncIterator[Event]: ...
    def delete(self, name: str) -> AsyncIterator[Event]: ...

    async def open_port(self, name: str, port: int) -> str:
        """Makes what the project serves on `port` reachable; its address."""
        ...

    async def entrance(self, name: str, port: int | None = None) -> str:
        """The address by which a browser that this program opens gets in; with `port`, to what is served there.

        Where the program itself guards the page, it carries a ticket that is good once and for five minutes.
        """
        ...

    def logs(self, name: str, *, follow: bool = False, tail: int | None = None) -> AsyncIterator[str]: ...

    async def exec(self, name: str, command: Sequence[str], *, terminal: TerminalSize | None = None) -> ExecSession:
        """Runs `command` in the project's folder; with `terminal`, on a TTY of that size."""
        ...

    async def close(self) -> None: ...
