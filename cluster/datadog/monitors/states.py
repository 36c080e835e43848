"""How the monitors stand, by priority, and which of them want somebody."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from cluster.datadog.monitors.found import FoundMonitor
from cluster.datadog.monitors.monitor import PRIORITIES

WANTING = ("Alert", "Warn")


@dataclass(frozen=True, slots=True)
class MonitorStates:
    """`by_priority` counts each state of 1 to 4; `wanting` are those that alert or warn, the gravest first."""

    defined: int
    there: int
    by_priority: dict[int, dict[str, int]]
    wanting: tuple[FoundMonitor, ...]

    def as_dict(self) -> dict[str, object]:
        return {
            "defined": self.defined,
            "there": self.there,
            "by_priority": {f"P{priority}": states for priority, states in self.by_priority.items()},
            "wanting": [
                {"id": one.monitor, "priority": one.priority, "state": one.overall_state, "since": one.since}
                for one in self.wanting
            ],
        }


def monitor_states(found: Iterable[FoundMonitor], defined: Iterable[str]) -> MonitorStates:
    """Of the monitors whose ids are `defined`; the oldest counts where there are copies."""
    ids = list(defined)
    first: dict[str, FoundMonitor] = {}
    for one in found:
        if one.monitor in ids:
            first.setdefault(one.monitor, one)
    counted = {
        int(priority): dict(sorted(Counter(one.state for one in first.values() if one.priority == priority).items()))
        for priority in PRIORITIES
    }
    wanting = [one for one in first.values() if one.state in WANTING]
    wanting.sort(key=lambda one: (WANTING.index(one.state), one.priority or 5, one.id))
    return MonitorStates(len(ids), len(first), counted, tuple(wanting))
