"""All that VibeCode keeps in Datadog together: what differs, what is made of it, and what is deleted."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from cluster.datadog.client import DatadogApi
from cluster.datadog.dashboard.definition import dashboard_body
from cluster.datadog.dashboard.found import FoundDashboard, find_dashboards
from cluster.datadog.dashboard.plan import DashboardPlan, plan_dashboard
from cluster.datadog.dashboard.work import apply_dashboard, destroy_dashboards
from cluster.datadog.errors import DatadogScopeError
from cluster.datadog.monitors.definitions import MONITORS
from cluster.datadog.monitors.found import FoundMonitor, find_monitors
from cluster.datadog.monitors.plan import Plan, make_plan
from cluster.datadog.monitors.work import apply, destroy
from templates.events import Event, Steps, stream


@dataclass(frozen=True, slots=True)
class Kept:
    """What of VibeCode is in Datadog; `problem` is what keeps the dashboards from being read."""

    monitors: tuple[FoundMonitor, ...]
    dashboards: tuple[FoundDashboard, ...] = ()
    problem: DatadogScopeError | None = None


async def find_kept(api: DatadogApi) -> Kept:
    """Keys that may read monitors alone are good for those. Raises a DatadogError."""
    monitors, dashboards = await asyncio.gather(find_monitors(api), _dashboards(api))
    if isinstance(dashboards, DatadogScopeError):
        return Kept(monitors, problem=dashboards)
    return Kept(monitors, dashboards)


async def read_plan(api: DatadogApi, version: str, notify: str) -> Plan:
    """See `make_plan`, with the dashboard."""
    kept, body = await find_kept(api), dashboard_body()
    dashboard = DashboardPlan(body, problem=kept.problem) if kept.problem else plan_dashboard(body, kept.dashboards)
    return replace(make_plan(MONITORS, kept.monitors, version, notify), dashboard=dashboard)


def apply_plan(api: DatadogApi, plan: Plan) -> AsyncIterator[Event]:
    """The monitors first: nothing is written where one of them is refused."""

    async def work(steps: Steps) -> None:
        async for event in apply(api, plan):
            steps.pass_on(event)
        if plan.dashboard is not None:
            async for event in apply_dashboard(api, plan.dashboard):
                steps.pass_on(event)

    return stream(work)


def destroy_kept(api: DatadogApi, kept: Kept) -> AsyncIterator[Event]:
    async def work(steps: Steps) -> None:
        if kept.monitors:
            async for event in destroy(api, kept.monitors):
                steps.pass_on(event)
        if kept.dashboards:
            async for event in destroy_dashboards(api, kept.dashboards):
                steps.pass_on(event)

    return stream(work)


async def _dashboards(api: DatadogApi) -> tuple[FoundDashboard, ...] | DatadogScopeError:
    try:
        return await find_dashboards(api)
    except DatadogScopeError as error:
        return error
