"""Makes, changes and deletes the dashboard, as events."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from cluster.datadog.client import DatadogApi
from cluster.datadog.dashboard.found import DASHBOARD, scope_error
from cluster.datadog.dashboard.plan import DashboardPlan
from cluster.datadog.errors import DatadogDashboardError, DatadogError, DatadogNotFoundError, DatadogScopeError
from templates.events import Event, Steps, stream

if TYPE_CHECKING:
    from cluster.datadog.dashboard.found import FoundDashboard


def apply_dashboard(api: DatadogApi, plan: DashboardPlan) -> AsyncIterator[Event]:
    """Does nothing where it is as it should be, or cannot be read. Raises DatadogDashboardError."""

    async def work(steps: Steps) -> None:
        if plan.state in ("keep", "unknown"):
            return
        async with steps.step("dashboard", "Writing the dashboard") as step:
            try:
                if plan.found is None:
                    await api.request("POST", DASHBOARD, body=plan.body)
                else:
                    await api.request("PUT", f"{DASHBOARD}/{plan.found.id}", body=plan.body)
            except DatadogScopeError as error:
                raise scope_error(error) from error
            except DatadogError as error:
                if type(error) is not DatadogError:
                    raise
                raise DatadogDashboardError(error.detail) from error
            step.note = "made" if plan.found is None else "changed"

    return stream(work)


def destroy_dashboards(api: DatadogApi, found: "Sequence[FoundDashboard]") -> AsyncIterator[Event]:
    """Deletes these; one that is gone already is no error."""

    async def work(steps: Steps) -> None:
        async with steps.step("dashboard", "Deleting the dashboard") as step:
            for one in found:
                try:
                    await api.request("DELETE", f"{DASHBOARD}/{one.id}")
                except DatadogNotFoundError:
                    step.note = "it was gone already"
                except DatadogScopeError as error:
                    raise scope_error(error) from error

    return stream(work)
