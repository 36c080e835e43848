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
    """How many monitors would be written."""
    return len(plan.create) + len(plan.update)


def counts(plan: "Plan") -> str:
    made, changed, kept = len(plan.create), len(plan.update), len(plan.keep)
    words = [f"{made} to make"] * bool(made) + [f"{changed} to change"] * bool(changed)
    return ", ".join([*words, f"{kept} as they should be"])


def lines(plan: "Plan", width: int) -> list[Content]:
    """Each monitor that would be made (`+`) or changed (`~`), and those that are left alone, at this width."""
    return [line.truncate(width, ellipsis=True) for line in (*_made(plan), *_changed(plan), *_left_alone(plan))]


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
