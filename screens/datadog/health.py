"""All that is known of Datadog, by the list's rows: overview, keys, Agent, what is sent, what arrives, monitors."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from cluster.datadog.health.parts import PARTS as PART_NAMES
from cluster.datadog.health.parts import PartName
from cluster.datadog.keys import KeyKind
from cluster.datadog.monitors.definitions import MONITORS
from cluster.datadog.monitors.monitor import Monitor
from screens.datadog.access import Look, Telemetry
from templates.errors import VibeCodeError

if TYPE_CHECKING:
    from cluster.datadog.agent.state import AgentState
    from cluster.datadog.health.parts import Part
    from cluster.datadog.monitors.found import FoundMonitor
    from cluster.datadog.status import DatadogStatus, KeyStatus

OVERVIEW = "overview"
KEYS: dict[str, KeyKind] = {"key:api": "api", "key:app": "app"}
AGENT = "agent"
PARTS: dict[str, PartName] = {f"part:{name}": name for name in PART_NAMES}
TELEMETRY = "telemetry"
MONITOR = "monitor:"
"""Before a monitor's id."""
DEFINED = tuple(sorted(MONITORS, key=lambda one: one.priority))
ROWS = (OVERVIEW, *KEYS, AGENT, TELEMETRY, *PARTS, *(f"{MONITOR}{one.id}" for one in DEFINED))


@dataclass(frozen=True, slots=True)
class Health:
    """The last answer and when it came; `began` is when a question that is under way did, `error` why none came.

    `monitors` are VibeCode's own in Datadog by their ids, as they were `seen`; None where they were never read.
    """

    status: "DatadogStatus | None" = None
    agent: "AgentState | None" = None
    keeps: bool = True
    at: datetime | None = None
    began: datetime | None = None
    error: VibeCodeError | None = None
    monitors: "Mapping[str, FoundMonitor] | None" = None
    seen: datetime | None = None
    parts: "tuple[Part, ...]" = ()
    telemetry: Telemetry | None = None

    @property
    def stale(self) -> bool:
        """Whether the monitors are those of an earlier answer."""
        return self.monitors is not None and self.seen != self.at

    @property
    def set_up(self) -> bool:
        """Whether somebody has given a key."""
        return self.status is not None and any(one.state != "missing" for one in (self.status.api, self.status.app))

    def beginning(self, at: datetime) -> "Health":
        return replace(self, began=at)

    def answered(self, look: Look, at: datetime) -> "Health":
        """What cannot be read now stays as it was last seen, but for keys that are not good any more."""
        monitors, seen, parts = self.monitors, self.seen, look.parts
        unreached = any(one.error for one in (look.status.api, look.status.app))
        if look.monitors is not None:
            monitors, seen = _by_id(look.monitors), at
        elif not unreached and look.problem is None:
            monitors = seen = None
        return replace(
            self,
            status=look.status,
            agent=look.agent,
            keeps=look.keeps,
            at=at,
            began=None,
            error=look.problem or look.status.api.error or look.status.app.error,
            monitors=monitors,
            seen=seen,
            parts=parts or (self.parts if unreached else ()),
            telemetry=look.telemetry,
        )

    def failed(self, error: VibeCodeError, at: datetime) -> "Health":
        return replace(self, began=None, error=error, at=at)

    def key(self, row: str) -> "KeyStatus | None":
        if self.status is None or row not in KEYS:
            return None
        return self.status.api if KEYS[row] == "api" else self.status.app

    def part(self, row: str) -> "Part | None":
        return next((one for one in self.parts if one.name == PARTS.get(row)), None)

    def defined(self, row: str) -> Monitor | None:
        return next((one for one in DEFINED if row == f"{MONITOR}{one.id}"), None)

    def found(self, monitor: Monitor) -> "FoundMonitor | None":
        return self.monitors.get(monitor.id) if self.monitors is not None else None


def _by_id(found: "tuple[FoundMonitor, ...]") -> "dict[str, FoundMonitor]":
    """Where several have the same id, the oldest counts."""
    by_id: dict[str, FoundMonitor] = {}
    for one in found:
        if one.monitor is not None:
            by_id.setdefault(one.monitor, one)
    return by_id
