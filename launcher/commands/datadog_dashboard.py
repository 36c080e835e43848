"""The dashboard in what `datadog monitors` says."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cluster.datadog.sites import page_url
from templates.text import DASH, plain

if TYPE_CHECKING:
    from cluster.datadog.dashboard.plan import DashboardPlan
    from cluster.datadog.monitors.plan import Change

LONGEST = 300
"""Characters of a value that are shown."""


def dashboard_document(plan: "DashboardPlan | None", site: str) -> dict[str, object] | None:
    if plan is None:
        return None
    changes = [{"field": one.field, "there": one.there, "wanted": one.wanted} for one in plan.changes]
    problem = plan.problem.as_dict() if plan.problem is not None else None
    return {"state": plan.state, "url": _page(plan, site), "changes": changes, "problem": problem}


def dashboard_changes(plan: "DashboardPlan | None") -> list[str]:
    """What would be written anew, for a person to judge."""
    if plan is None or plan.state != "change":
        return []
    return ["~ the dashboard", *(line for change in plan.changes for line in difference(change))]


def dashboard_words(plan: "DashboardPlan | None") -> Iterator[str]:
    """How it stands, in a sentence."""
    if plan is None:
        return
    if plan.problem is not None:
        yield f"{plan.problem.title}: {plan.problem.detail} {plan.problem.hint}"
        return
    yield {"create": "The dashboard: to make.", "change": "The dashboard: to change."}.get(
        plan.state, "The dashboard is as it should be."
    )
    for copy in plan.copies:
        yield f"A copy of the dashboard is left alone: {copy.id} {plain(copy.title)[:LONGEST]}"


def dashboard_done(plan: "DashboardPlan | None", site: str) -> Iterator[str]:
    """What there is once the plan is carried out."""
    if plan is not None and plan.problem is not None:
        yield from dashboard_words(plan)
    elif plan is not None:
        yield f"The dashboard is at {_page(plan, site)}"


def difference(change: "Change") -> list[str]:
    return [f"    {change.field}", f"      - {_shown(change.there)}", f"      + {_shown(change.wanted)}"]


def _shown(value: object) -> str:
    return DASH if value is None else plain(str(value).replace("\n", " "))[:LONGEST]


def _page(plan: "DashboardPlan", site: str) -> str:
    """Its own page where that is known, else the list that it is in."""
    return page_url(site, f"dashboard/{plan.found.id}" if plan.found is not None else "dashboard/lists?q=VibeCode")
