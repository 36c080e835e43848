"""What would have to be done so that Datadog has the dashboard as it is defined."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from cluster.datadog.errors import DatadogError
from cluster.datadog.monitors.plan import Change

if TYPE_CHECKING:
    from cluster.datadog.dashboard.found import FoundDashboard

_OTHERS = (
    *("notify_list", "tags", "template_variables", "template_variable_presets", "restricted_roles", "reflow_type"),
)
"""What people may have set on it, and keep."""

DashboardState = Literal["create", "change", "keep", "unknown"]


@dataclass(frozen=True, slots=True)
class DashboardPlan:
    """`found` is the one that is there, `copies` are left alone; `problem` is why none can be read."""

    body: Mapping[str, Any]
    found: "FoundDashboard | None" = None
    changes: tuple[Change, ...] = ()
    copies: "tuple[FoundDashboard, ...]" = ()
    problem: DatadogError | None = None

    @property
    def state(self) -> DashboardState:
        if self.problem is not None:
            return "unknown"
        if self.found is None:
            return "create"
        return "change" if self.changes else "keep"


def plan_dashboard(body: Mapping[str, Any], found: "Sequence[FoundDashboard]") -> DashboardPlan:
    """`found` are VibeCode's own: where there are several, the first counts."""
    if not found:
        return DashboardPlan(body)
    there, *copies = found
    others = {key: value for key in _OTHERS if (value := (there.model_extra or {}).get(key)) is not None}
    return DashboardPlan({**others, **body}, there, tuple(_changes(there, body)), tuple(copies))


def _changes(there: "FoundDashboard", body: Mapping[str, Any]) -> Iterable[Change]:
    if there.title != body["title"]:
        yield Change("title", there.title, body["title"])
    if (there.description or "").split() != body["description"].split():
        yield Change("description", there.description, body["description"])
    if there.layout_type != body["layout_type"]:
        yield Change("layout_type", there.layout_type, body["layout_type"])
    for number in range(max(len(there.widgets), len(body["widgets"]))):
        old, new = _at(there.widgets, number), _at(body["widgets"], number)
        if not _has(old, new):
            name = (new or old or {}).get("definition", {}).get("title") or number + 1
            yield Change(f"widgets.{name}", _written(old), _written(new))


def _at(widgets: Sequence[dict[str, Any]], number: int) -> dict[str, Any] | None:
    return widgets[number] if number < len(widgets) else None


def _has(there: object, wanted: object) -> bool:
    """Whether `there` is as wanted, but for what the API adds: ids, and values for what is not set."""
    if isinstance(wanted, dict) and isinstance(there, dict):
        old = cast("dict[str, Any]", there)
        return all(_has(old.get(key), value) for key, value in cast("dict[str, Any]", wanted).items())
    if isinstance(wanted, list) and isinstance(there, list):
        olds, news = cast("list[Any]", there), cast("list[Any]", wanted)
        return len(olds) == len(news) and all(map(_has, olds, news))
    return there == wanted


def _written(widget: dict[str, Any] | None) -> str | None:
    return None if widget is None else json.dumps(widget.get("definition"), ensure_ascii=False)
