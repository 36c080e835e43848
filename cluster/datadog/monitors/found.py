"""The monitors of VibeCode that are in Datadog, found by their tags alone."""

from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from cluster.datadog.client import DatadogApi
from cluster.datadog.errors import DatadogAnswerError
from cluster.datadog.monitors.monitor import ID_KEY, MANAGED_TAG

PAGE = 100
"""Monitors in one answer."""
MOST_PAGES = 50


class FoundMonitor(BaseModel, frozen=True):
    """What of the API's monitor is looked at; `overall_state` is a word of the API, such as OK, Alert or No Data."""

    id: int
    name: str = ""
    type: str = ""
    query: str = ""
    message: str | None = None
    tags: list[str] = []
    priority: int | None = None
    options: dict[str, Any] = {}
    overall_state: str | None = None
    overall_state_modified: str | None = None

    @property
    def state(self) -> str:
        return self.overall_state or "Unknown"

    @property
    def since(self) -> str | None:
        """When the state began, as the API writes it: ISO 8601."""
        return self.overall_state_modified

    @property
    def monitor(self) -> str | None:
        """The id of ours that it is; None where it is not VibeCode's."""
        if MANAGED_TAG not in self.tags:
            return None
        ids = [tag.removeprefix(f"{ID_KEY}:") for tag in self.tags if tag.startswith(f"{ID_KEY}:")]
        return ids[0] if len(ids) == 1 else None


_PAGE = TypeAdapter(list[FoundMonitor])


async def find_monitors(api: DatadogApi) -> tuple[FoundMonitor, ...]:
    """VibeCode's own, the oldest first. Raises a DatadogError."""
    found: dict[int, FoundMonitor] = {}
    for page in range(MOST_PAGES):
        query = {"monitor_tags": MANAGED_TAG, "page": page, "page_size": PAGE}
        try:
            monitors = _PAGE.validate_python(await api.request("GET", "/api/v1/monitor", query=query))
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise DatadogAnswerError(f"The list of monitors is not as documented, at {where or 'its start'}.") from None
        found |= {one.id: one for one in monitors if one.monitor is not None}
        if len(monitors) < PAGE:
            break
    return tuple(found[number] for number in sorted(found))
