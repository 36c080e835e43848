"""The dashboard as data, and as Datadog's API takes it.

Source: https://docs.datadoghq.com/api/latest/dashboards/ and https://docs.datadoghq.com/dashboards/widgets/. Tags of a
dashboard can name teams alone, so that its mark is in its description.
"""

from dataclasses import dataclass
from typing import Any, Literal

from cluster.datadog.monitors.monitor import MANAGED_TAG
from cluster.datadog.tags import ENV

MARK = f"{MANAGED_TAG} vibecode_dashboard:overview"
"""By which it is found again, whatever it is called by then."""
TITLE = "VibeCode"
_SCOPE = f"{{env:{ENV}}}"


@dataclass(frozen=True, slots=True)
class Graph:
    """One widget: a query over time."""

    title: str
    query: str
    display: Literal["line", "bars", "area"] = "line"

    def widget(self) -> dict[str, Any]:
        request = {
            "response_format": "timeseries",
            "queries": [{"data_source": "metrics", "name": "query", "query": self.query}],
            "formulas": [{"formula": "query"}],
            "display_type": self.display,
        }
        return {"definition": {"type": "timeseries", "title": self.title, "requests": [request]}}


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    graphs: tuple[Graph, ...]

    def widget(self) -> dict[str, Any]:
        widgets = [graph.widget() for graph in self.graphs]
        return {"definition": {"type": "group", "layout_type": "ordered", "title": self.title, "widgets": widgets}}


GROUPS = (
    Group(
        "Cluster",
        (
            Graph("Whether it answers", f"min:vibecode.cluster.up{_SCOPE} by {{host}}"),
            Graph("Seconds that it takes to answer", f"avg:vibecode.cluster.api_duration{_SCOPE} by {{host}}"),
            Graph("How full its disk is", f"max:vibecode.cluster.disk_used{_SCOPE} by {{host}}"),
            Graph("Memory of all containers", f"sum:container.memory.usage{_SCOPE} by {{host}}", "area"),
        ),
    ),
    Group(
        "Ingress",
        (
            Graph("Requests", f"sum:vibecode.ingress.requests.count{_SCOPE} by {{code}}.as_count()", "bars"),
            Graph("Seconds for a request", f"avg:vibecode.ingress.request_duration{_SCOPE} by {{host}}"),
            Graph("Open connections", f"sum:vibecode.ingress.open_connections{_SCOPE} by {{host}}"),
        ),
    ),
    Group(
        "Workspaces",
        (
            Graph("Those that run", f"sum:vibecode.workspace.up{_SCOPE} by {{host}}"),
            Graph("Seconds until a new one can be used", f"avg:vibecode.workspace.create_duration{_SCOPE}"),
            Graph("Memory, as a share of the limit", f"max:vibecode.workspace.memory_share{_SCOPE} by {{workspace}}"),
        ),
    ),
    Group(
        "AI",
        (
            Graph("Requests", f"sum:vibecode.ai.requests{_SCOPE} by {{model}}.as_count()", "bars"),
            Graph("Errors", f"sum:vibecode.ai.errors{_SCOPE} by {{code}}.as_count()", "bars"),
            Graph("Tokens", f"sum:vibecode.ai.tokens{_SCOPE} by {{model,direction}}.as_count()", "bars"),
            Graph("Cost in US dollars", f"sum:vibecode.ai.cost{_SCOPE} by {{model}}.as_count()", "bars"),
            Graph("Seconds until the first word", f"avg:vibecode.ai.first_token_duration{_SCOPE} by {{model}}"),
        ),
    ),
    Group(
        "VibeCode itself",
        (
            Graph("Commands", f"sum:vibecode.launcher.commands{_SCOPE} by {{command}}.as_count()", "bars"),
            Graph("Errors", f"sum:vibecode.launcher.errors{_SCOPE} by {{code}}.as_count()", "bars"),
            Graph("Seconds until it starts", f"avg:vibecode.launcher.startup_time{_SCOPE} by {{host}}"),
        ),
    ),
)
_MONITORS = {
    "definition": {
        "type": "manage_status",
        "title": "Monitors",
        "summary_type": "monitors",
        "query": f"tag:({MANAGED_TAG})",
        "sort": "status,asc",
        "display_format": "countsAndList",
        "color_preference": "text",
        "hide_zero_counts": True,
    }
}


def dashboard_body() -> dict[str, Any]:
    """What the API is sent."""
    about = "How VibeCode's cluster, workspaces and models do; `vibecode datadog monitors` keeps it as it is."
    return {
        "title": TITLE,
        "description": f"{about}\n\n{MARK}",
        "layout_type": "ordered",
        "widgets": [_MONITORS, *(group.widget() for group in GROUPS)],
    }
