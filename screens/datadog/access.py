"""What the Datadog place is given: what there is of Datadog, the keys, and the monitors."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cluster.datadog.keys import KeyKind
from templates.errors import VibeCodeError
from templates.events import Event

if TYPE_CHECKING:
    from cluster.datadog.agent.state import AgentState
    from cluster.datadog.health.parts import Part
    from cluster.datadog.monitors.found import FoundMonitor
    from cluster.datadog.monitors.plan import Plan
    from cluster.datadog.status import DatadogStatus


@dataclass(frozen=True, slots=True)
class Telemetry:
    """What VibeCode tells an Agent of itself, and what never.

    `on` says whether it does, `to` which Agent takes it, in words, or nothing where none does; `sections` are titles,
    each with names (or none) and their meanings.
    """

    on: bool
    to: str
    intro: tuple[str, ...]
    sections: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What Datadog answered: `monitors` are VibeCode's own, None where they cannot be read, which `problem` explains.

    `keeps` says whether there is a keyring, `parts` what arrives in Datadog: empty where it was not asked.
    """

    status: "DatadogStatus"
    agent: "AgentState"
    monitors: "tuple[FoundMonitor, ...] | None" = None
    problem: VibeCodeError | None = None
    keeps: bool = True
    parts: "tuple[Part, ...]" = ()
    telemetry: Telemetry | None = None


class DatadogAccess(Protocol):
    """Nothing of it blocks the event loop; all of it may raise a VibeCodeError that says what to do."""

    async def look(self) -> Look: ...

    async def plan(self) -> "Plan":
        """What would have to be done so that monitors and dashboard are as they are defined."""
        ...

    def apply(self, shown: "Plan") -> AsyncIterator[Event]:
        """Does what is to be done by then; what somebody has changed since the plan was shown is not overwritten."""
        ...

    def destroy(self) -> AsyncIterator[Event]:
        """Deletes VibeCode's own monitors, and its dashboard."""
        ...

    def enable(self, *, lite: bool) -> AsyncIterator[Event]:
        """Puts Datadog's Agent into the cluster, or makes it so; `lite` takes less memory."""
        ...

    def disable(self) -> AsyncIterator[Event]:
        """Removes the Agent with all that belongs to it."""
        ...

    async def keep_key(self, kind: KeyKind, key: str) -> None:
        """In the keyring, or, where there is none, until this program ends."""
        ...

    async def forget_key(self, kind: KeyKind) -> bool:
        """Whether one was kept."""
        ...
