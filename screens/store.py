"""The last that was seen of engines and workspaces, and when: what every place shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from cluster.engine import EngineName, EngineStatus, Usage, Workspace
from templates.errors import VibeCodeError

Listener = Callable[[], None]
HISTORY = 60
"""How many answers about what a workspace takes are kept."""


@dataclass(frozen=True, slots=True)
class EngineView:
    """What is known of one engine: `seen` is when its workspaces were last told, `error` why they are not now.

    `usage` has for each workspace what it took, the latest last; `idle` since when no browser was there.
    """

    name: EngineName
    status: EngineStatus | None = None
    workspaces: tuple[Workspace, ...] = ()
    seen: datetime | None = None
    error: VibeCodeError | None = None
    usage: Mapping[str, tuple[Usage, ...]] = field(default_factory=dict[str, tuple[Usage, ...]])
    idle: Mapping[str, datetime] = field(default_factory=dict[str, datetime])

    @property
    def stale(self) -> bool:
        """Whether it was seen, and is out of reach now."""
        return self.seen is not None and self.error is not None

    @property
    def asked(self) -> bool:
        """Whether it has answered at all, well or not."""
        return self.seen is not None or self.error is not None


@dataclass(frozen=True)
class Snapshot:
    """All engines, best first; `chosen` is where something new goes, and `reason` why.

    `failure` is why there are no engines at all, such as a setting that allows none.
    """

    engines: tuple[EngineView, ...] = ()
    chosen: EngineName | None = None
    reason: str = ""
    failure: VibeCodeError | None = None

    @property
    def loading(self) -> bool:
        """Whether nothing can be said yet."""
        return self.failure is None and not any(engine.asked for engine in self.engines)

    @cached_property
    def workspaces(self) -> tuple[Workspace, ...]:
        found = (
            replace(workspace, idle_since=engine.idle.get(workspace.name))
            for engine in self.engines
            for workspace in engine.workspaces
        )
        return tuple(sorted(found, key=lambda one: one.name))

    @property
    def error(self) -> VibeCodeError | None:
        """Why nothing can be shown, where no engine has ever answered well."""
        if not self.engines or any(engine.error is None or engine.seen is not None for engine in self.engines):
            return self.failure
        return self.engines[0].error

    def engine(self, name: EngineName) -> EngineView | None:
        return next((engine for engine in self.engines if engine.name == name), None)

    def workspace(self, name: str) -> Workspace | None:
        return next((workspace for workspace in self.workspaces if workspace.name == name), None)

    def usage(self, name: str) -> tuple[Usage, ...]:
        """What the workspace took, the latest last; empty where that is not known."""
        return next((engine.usage[name] for engine in self.engines if name in engine.usage), ())

    def seen_of(self, workspace: Workspace) -> datetime | None:
        """Since when what is shown of it may be out of date; None where it is fresh."""
        engine = self.engine(workspace.engine)
        return engine.seen if engine is not None and engine.stale else None


@dataclass(slots=True)
class Store:
    """The current snapshot; whoever subscribes is told of every new one."""

    snapshot: Snapshot = Snapshot()
    _listeners: list[Listener] = field(default_factory=list[Listener])

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener` after each change, until what is returned is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def know(self, engines: tuple[EngineName, ...]) -> None:
        """These engines there are; nothing was seen of them yet."""
        self._put(replace(self.snapshot, engines=tuple(EngineView(name) for name in engines)))

    def fail(self, error: VibeCodeError) -> None:
        """There are no engines, for this reason."""
        self._put(replace(self.snapshot, failure=error))

    def choose(self, engine: EngineName, reason: str) -> None:
        """Where something new goes."""
        self._put(replace(self.snapshot, chosen=engine, reason=reason))

    def see(self, engine: EngineName, workspaces: tuple[Workspace, ...], at: datetime) -> None:
        self._change(engine, {"workspaces": workspaces, "seen": at, "error": None})

    def lose(self, engine: EngineName, error: VibeCodeError) -> None:
        """It cannot be reached; what was seen of it stays."""
        self._change(engine, {"error": error})

    def describe(self, status: EngineStatus) -> None:
        self._change(status.engine, {"status": status})

    def use(self, name: EngineName, usage: Mapping[str, Usage]) -> None:
        """What each of its workspaces takes now; of one that is left out, nothing is known any more."""
        if view := self.snapshot.engine(name):
            history = {one: (*view.usage.get(one, ()), now)[-HISTORY:] for one, now in usage.items()}
            self._change(name, {"usage": history})

    def rest(self, name: EngineName, idle: Mapping[str, datetime]) -> None:
        """Since when no browser was at each of its workspaces."""
        self._change(name, {"idle": idle})

    def _change(self, name: EngineName, changes: Mapping[str, object]) -> None:
        views = tuple(
            replace(view, **changes) if view.name == name else view  # pyright: ignore[reportArgumentType]
            for view in self.snapshot.engines
        )
        self._put(replace(self.snapshot, engines=views))

    def _put(self, snapshot: Snapshot) -> None:
        if snapshot != self.snapshot:
            self.snapshot = snapshot
            for listener in tuple(self._listeners):
                listener()
