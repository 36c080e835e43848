"""The one protocol that every place where workspaces live follows, and the records it speaks in."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from templates.events import Event
from templates.project import Project
from templates.services import ServiceName

EngineName = Literal["kind", "context", "local"]
WorkspaceState = Literal["creating", "running", "stopped", "failed", "unknown"]
EngineState = Literal["absent", "stopped", "starting", "running", "unreachable"]
UnitState = Literal["starting", "running", "ending", "failed"]
ServiceState = Literal["starting", "running", "stopped", "failed", "absent"]
Capability = Literal["network-isolation", "autoscaling", "datadog-cluster-agent"]


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """A service beside a workspace as it is now; `reason` says in words why it is not running.

    One that is `absent` cannot run here: the project does without.
    """

    name: ServiceName
    state: ServiceState
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace as its engine sees it now; `ports` maps what the project serves to its address.

    `reason` says in words why it is not running. Times are in UTC, or None where unknown. `user` is whom a front end
    had it made for, in its own words.
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
    user: str | None = None
    services: tuple[ServiceStatus, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """An engine's state, its parts (`node`, `ingress`, …) in words, and the workspaces it holds."""

    engine: EngineName
    state: EngineState
    workspaces: tuple[Workspace, ...] = ()
    detail: str = ""
    parts: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Usage:
    """What a workspace takes now: CPU in thousandths of a core, memory in bytes; None where it is not known."""

    cpu: int | None = None
    memory: int | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that an engine runs: a pod or a process, of one workspace or, without `workspace`, of the engine.

    `words` say what it is doing, `restarts` how often it was started again by itself; `since` is when it was made.
    """

    kind: str
    name: str
    state: UnitState
    words: str
    since: datetime | None = None
    restarts: int = 0
    workspace: str | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that happened to an object, `count` times, last at `time` (in UTC).

    `words` say it plainly; `kind`, `name`, `reason` and `message` are the engine's own, as Kubernetes has them.
    """

    time: datetime
    kind: str
    name: str
    reason: str
    message: str
    words: str
    count: int = 1
    warning: bool = False
    workspace: str | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """What runs, sorted by workspace and name, and what happened, the newest last."""

    units: tuple[Unit, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()


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

    def watch(self) -> AsyncGenerator[tuple[Workspace, ...]]:
        """All workspaces as `workspaces` gives them, at once and again after each change, but without `idle_since`.

        Waits where the engine was never brought up, until it is. Raises ClusterUnreachableError or ClusterDownError
        where the connection is lost: what was told last is stale then, and it can be called again.
        """
        ...

    async def idle_since(self) -> Mapping[str, datetime]:
        """When each running workspace last heard from a browser; one that never did, or is silent, is left out.

        It asks every editor: for once a minute, not for every change.
        """
        ...

    async def usage(self) -> Mapping[str, Usage]:
        """What each running workspace takes; one that is not known of (yet) is left out."""
        ...

    async def activity(self, name: str | None = None) -> Activity:
        """What runs and what happened, in one workspace or in all and the engine itself."""
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

    def logs(
        self, name: str, *, service: ServiceName | None = None, follow: bool = False, tail: int | None = None
    ) -> AsyncIterator[str]:
        """The lines of its editor and tasks, or of a service beside it.

        Raises ServiceNotFoundError where it has no such service, or one that cannot run here.
        """
        ...

    async def exec(self, name: str, command: Sequence[str], *, terminal: TerminalSize | None = None) -> ExecSession:
        """Runs `command` in the project's folder; with `terminal`, on a TTY of that size."""
        ...

    async def close(self) -> None: ...
