"""What would have to be done so that Datadog has the monitors as they are defined."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster.datadog.monitors.found import FoundMonitor
from cluster.datadog.monitors.monitor import Monitor

if TYPE_CHECKING:
    from cluster.datadog.dashboard.plan import DashboardPlan


@dataclass(frozen=True, slots=True)
class Change:
    """One field that is not as it is defined."""

    field: str
    there: object
    wanted: object


@dataclass(frozen=True, slots=True)
class Creation:
    monitor: Monitor
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Update:
    """`body` keeps what others have added: tags of their own, and options that are not defined, such as a mute."""

    monitor: Monitor
    found: FoundMonitor
    changes: tuple[Change, ...]
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """`copies` have the tag of a monitor that is there already, `unknown` that of one which is not defined here.

    Neither is touched but by `destroy`. `dashboard` is the one beside the monitors, None where only those are planned.
    """

    create: tuple[Creation, ...]
    update: tuple[Update, ...]
    keep: tuple[FoundMonitor, ...]
    copies: tuple[FoundMonitor, ...] = ()
    unknown: tuple[FoundMonitor, ...] = ()
    dashboard: "DashboardPlan | None" = None

    @property
    def overwritten(self) -> tuple[Update, ...]:
        """Those of which more than tags is written anew: somebody may have changed it on purpose."""
        return tuple(one for one in self.update if any(change.field != "tags" for change in one.changes))


def make_plan(monitors: Iterable[Monitor], found: Iterable[FoundMonitor], version: str, notify: str = "") -> Plan:
    """`found` are VibeCode's own, the oldest first: where several have the same tag, that is the one which counts."""
    first: dict[str, FoundMonitor] = {}
    copies: list[FoundMonitor] = []
    for one in found:
        if one.monitor in first:
            copies.append(one)
        elif one.monitor is not None:
            first[one.monitor] = one
    create: list[Creation] = []
    update: list[Update] = []
    keep: list[FoundMonitor] = []
    for monitor in monitors:
        body, there = monitor.body(version, notify), first.pop(monitor.id, None)
        if there is None:
            create.append(Creation(monitor, body))
        elif changes := tuple(_changes(there, body)):
            update.append(Update(monitor, there, changes, _merged(there, body)))
        else:
            keep.append(there)
    return Plan(tuple(create), tuple(update), tuple(keep), tuple(copies), tuple(first.values()))


def _changes(there: FoundMonitor, body: Mapping[str, Any]) -> Iterable[Change]:
    """Only what is defined is compared: the API adds defaults, and writes some things in its own way."""
    pairs: list[tuple[str, object, object]] = [
        ("name", there.name, body["name"]),
        ("type", there.type.replace("metric alert", "query alert"), body["type"]),
        ("query", " ".join(there.query.split()), body["query"]),
        ("message", (there.message or "").strip(), body["message"]),
        ("tags", sorted(_own_tags(there.tags, body["tags"])), sorted(body["tags"])),
        ("priority", there.priority, body["priority"]),
    ]
    pairs += [(f"options.{key}", there.options.get(key), wanted) for key, wanted in body["options"].items()]
    return (Change(*pair) for pair in pairs if pair[1] != pair[2])


def _merged(there: FoundMonitor, body: Mapping[str, Any]) -> dict[str, Any]:
    others = [tag for tag in there.tags if tag not in _own_tags(there.tags, body["tags"])]
    return {**body, "tags": [*body["tags"], *others], "options": {**there.options, **body["options"]}}


def _own_tags(there: Iterable[str], wanted: Iterable[str]) -> set[str]:
    """Those that are wanted, and any version: there is one of it. All others are somebody's."""
    return {tag for tag in there if tag in set(wanted) or tag.startswith("version:")}
