"""VibeCode's dashboards that are in Datadog, found by their mark alone."""

from typing import Any

from pydantic import BaseModel, ValidationError

from cluster.datadog.client import DatadogApi
from cluster.datadog.dashboard.definition import MARK
from cluster.datadog.errors import DatadogAnswerError, DatadogNotFoundError, DatadogScopeError

DASHBOARD = "/api/v1/dashboard"
PAGE = 100
"""Dashboards in one answer."""
MOST_PAGES = 50


class FoundDashboard(BaseModel, frozen=True, extra="allow"):
    """What of the API's dashboard is looked at; all else that it has stays with it."""

    id: str
    title: str = ""
    description: str | None = None
    layout_type: str = ""
    widgets: list[dict[str, Any]] = []

    @property
    def ours(self) -> bool:
        return set(MARK.split()) <= set((self.description or "").split())


class _Page(BaseModel):
    dashboards: list[FoundDashboard]


async def find_dashboards(api: DatadogApi) -> tuple[FoundDashboard, ...]:
    """VibeCode's own as they are there, in the order of their ids. Raises a DatadogError."""
    try:
        found = [await _whole(api, number) for number in sorted(await _ids(api))]
    except DatadogScopeError as error:
        raise scope_error(error) from error
    return tuple(one for one in found if one is not None)


def scope_error(error: DatadogScopeError) -> DatadogScopeError:
    hint = "Give the application key the scopes dashboards_read and dashboards_write, or use one of a person who may."
    return DatadogScopeError(f"The dashboard: {error.detail}", hint=hint)


async def _ids(api: DatadogApi) -> set[str]:
    """A list has no widgets: only ids and descriptions count."""
    seen: set[str] = set()
    ours: set[str] = set()
    for page in range(MOST_PAGES):
        query = {"count": PAGE, "start": page * PAGE}
        answer = await api.request("GET", DASHBOARD, query=query)
        try:
            listed = _Page.model_validate(answer).dashboards
        except ValidationError as error:
            raise _undocumented(error) from None
        ours |= {one.id for one in listed if one.ours}
        new = {one.id for one in listed} - seen
        seen |= new
        if len(listed) < PAGE or not new:  # a site that knows no pages answers all at once, again and again
            break
    return ours


async def _whole(api: DatadogApi, number: str) -> FoundDashboard | None:
    """None where somebody was quicker to delete it."""
    try:
        return FoundDashboard.model_validate(await api.request("GET", f"{DASHBOARD}/{number}"))
    except DatadogNotFoundError:
        return None
    except ValidationError as error:
        raise _undocumented(error) from None


def _undocumented(error: ValidationError) -> DatadogAnswerError:
    where = ".".join(map(str, error.errors()[0]["loc"]))
    return DatadogAnswerError(f"The dashboards are not as documented, at {where or 'their start'}.")
