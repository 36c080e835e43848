"""What would be made and changed in Datadog, as lines to be read before it is done."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.content import Content

from screens.words import cut
from templates.text import DASH, plain

if TYPE_CHECKING:
    from cluster.datadog.monitors.plan import Change, Plan

LONGEST = 300
"""Characters of a value that are shown."""


def todo(plan: "Plan") -> int:
    """How many monitors and dashboards would be written."""
    return len(plan.create) + len(plan.update) + (_dashboard(plan) in ("create", "change"))


def counts(plan: "Plan") -> str:
    state = _dashboard(plan)
    made, changed = len(plan.create) + (state == "create"), len(plan.update) + (state == "change")
    kept = len(plan.keep) + (state == "keep")
    words = [f"{made} to make"] * bool(made) + [f"{changed} to change"] * bool(changed)
    return ", ".join([*words, f"{kept} as they should be"])


def lines(plan: "Plan", width: int) -> list[Content]:
    """Each monitor that would be made (`+`) or changed (`~`), and those that are left alone, at this width."""
    return [line.truncate(width, ellipsis=True) for line in _lines(plan)]


def _lines(plan: "Plan") -> Iterator[Content]:
    yield from _made(plan)
    yield from _changed(plan)
    yield from _of_dashboard(plan)
    yield from _left_alone(plan)


def _dashboard(plan: "Plan") -> str:
    return plan.dashboard.state if plan.dashboard is not None else ""


def _of_dashboard(plan: "Plan") -> Iterator[Content]:
    dashboard = plan.dashboard
    if dashboard is None:
        return
    if dashboard.state == "create":
        yield Content.assemble(("+ ", "$success bold"), ("The dashboard", "bold"), "  metrics and monitors on one page")
    elif dashboard.state == "change":
        yield Content.assemble(("~ ", "$warning bold"), ("The dashboard", "bold"))
        for change in dashboard.changes:
            yield from _difference(change)
    elif dashboard.problem is not None:
        yield Content.assemble(("! ", "$warning bold"), plain(dashboard.problem.detail))
        yield Content.styled(f"      {dashboard.problem.hint}", "$muted")
    for copy in dashboard.copies:
        yield Content.styled(f"  A copy of the dashboard is left alone: {copy.id}", "$muted")


def _made(plan: "Plan") -> Iterator[Content]:
    for one in plan.create:
        monitor = one.monitor
        yield Content.assemble(
            ("+ ", "$success bold"), (f"P{monitor.priority}  ", "$muted"), (monitor.title, "bold"), f"  {monitor.id}"
        )
        yield Content.styled(f"      {monitor.query}", "$muted")


def _changed(plan: "Plan") -> Iterator[Content]:
    for one in plan.update:
        monitor = one.monitor
        yield Content.assemble(
            ("~ ", "$warning bold"), (f"P{monitor.priority}  ", "$muted"), (monitor.title, "bold"), f"  {monitor.id}"
        )
        for change in one.changes:
            yield from _difference(change)


def _difference(change: "Change") -> Iterator[Content]:
    yield Content.styled(f"      {change.field}", "$muted")
    yield Content.assemble(("      - ", "$error"), _shown(change.there))
    yield Content.assemble(("      + ", "$success"), _shown(change.wanted))


def _left_alone(plan: "Plan") -> Iterator[Content]:
    for one in plan.copies:
        yield Content.styled(f"  A copy of {plain(str(one.monitor))} is left alone: monitor {one.id}", "$muted")
    for one in plan.unknown:
        words = f"  This version does not know {plain(str(one.monitor))}, and leaves it alone: monitor {one.id}"
        yield Content.styled(words, "$muted")


def _shown(value: object) -> str:
    return DASH if value is None else cut(plain(str(value).replace("\n", " ")), LONGEST)
