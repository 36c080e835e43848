"""The dashboard: as it is defined, as it is found again, and as it is made, changed and deleted with the monitors."""

import re
from typing import Any

import pytest

from cluster.datadog.client import DatadogApi
from cluster.datadog.dashboard.definition import GROUPS, MARK, TITLE, Graph, dashboard_body
from cluster.datadog.dashboard.found import PAGE, FoundDashboard, find_dashboards
from cluster.datadog.dashboard.plan import DashboardPlan, plan_dashboard
from cluster.datadog.errors import (
    DatadogAnswerError,
    DatadogDashboardError,
    DatadogOutageError,
    DatadogScopeError,
)
from cluster.datadog.monitors.definitions import MONITORS
from cluster.datadog.monitors.plan import Plan
from cluster.datadog.upkeep import apply_plan, destroy_kept, find_kept, read_plan
from launcher.telemetry.metrics import METRICS
from tests.fakes.datadog_api import Answer, DatadogServer, Request

BODY = dashboard_body()
GRAPHS = [graph for group in GROUPS for graph in group.graphs]
THEIRS = {"title": TITLE, "description": "ours", "layout_type": "ordered", "widgets": []}
ELSEWHERE = {
    "vibecode.ingress.requests.count",
    "vibecode.ingress.request_duration",
    "vibecode.ingress.open_connections",
}
"""What Traefik tells the Agent, and containers besides."""


async def applied(api: DatadogApi) -> Plan:
    plan = await read_plan(api, "1.0", "")
    async for _ in apply_plan(api, plan):
        pass
    return plan


def there(**changed: Any) -> FoundDashboard:
    return FoundDashboard.model_validate({**BODY, "id": "abc", "notify_list": None, **changed})


def widgets(**changed: Any) -> list[dict[str, Any]]:
    """With something else in the definition of the first."""
    first, *others = BODY["widgets"]
    return [{**first, "id": 1, "definition": {**first["definition"], **changed}}, *others]


# As it is defined


@pytest.mark.parametrize("graph", GRAPHS, ids=lambda one: one.query)
def test_a_graph_shows_a_metric_that_is_sent(graph: Graph) -> None:
    found = re.fullmatch(r"(avg|sum|min|max):([\w.]+)\{env:local\}( by \{[\w,]+\})?(\.as_count\(\))?", graph.query)
    assert found
    sent = {metric.name: metric for metric in METRICS}
    assert found[2] in {*sent, *ELSEWHERE, "container.memory.usage"}
    if found[2] in sent:
        assert bool(found[4]) == (sent[found[2]].type == "c")
        tags = set(re.findall(r"\w+", found[3] or "")) - {"by", "host"}
        assert tags <= set(sent[found[2]].tags)


def test_every_group_is_a_component_with_its_own_metrics() -> None:
    names = {"Cluster": "cluster", "Ingress": "ingress", "Workspaces": "workspace", "AI": "ai"}
    for group in GROUPS:
        own = names.get(group.title, "launcher")
        assert all(f"vibecode.{own}." in one.query or "container." in one.query for one in group.graphs)


# As it is found again


@pytest.mark.parametrize(
    ("description", "ours"),
    [
        (BODY["description"], True),
        (f"Renamed.\r\n{MARK}  and more", True),
        ("managed_by:vibecode", False),
        ("vibecode_dashboard:overview", False),
        ("managed_by:terraform vibecode_dashboard:overview", False),
        (None, False),
    ],
)
def test_ours_is_what_has_the_whole_mark(description: str | None, ours: bool) -> None:
    assert FoundDashboard(id="1", title=TITLE, description=description).ours is ours


async def test_one_behind_the_first_page_is_found(datadog: DatadogServer, api: DatadogApi) -> None:
    for _ in range(PAGE + 3):
        datadog.put_dashboard(**THEIRS)
    number = datadog.put_dashboard(**BODY)

    assert [one.id for one in await find_dashboards(api)] == [number]


async def test_one_that_is_deleted_meanwhile_is_not_there(datadog: DatadogServer, api: DatadogApi) -> None:
    number = datadog.put_dashboard(**BODY)

    def gone(request: Request) -> Answer | None:
        return Answer.error(404, "not found") if request.path.endswith(number) else None

    datadog.disturb = gone
    assert await find_dashboards(api) == ()


@pytest.mark.parametrize("body", [[], {"dashboards": [{"title": "no id"}]}, {"dashboards": None}])
async def test_a_list_that_is_none_is_refused(datadog: DatadogServer, api: DatadogApi, body: object) -> None:
    datadog.disturb = lambda _: Answer(200, body)

    with pytest.raises(DatadogAnswerError, match="not as documented"):
        await find_dashboards(api)


# What differs


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"description": BODY["description"].replace("\n", "\r\n")},
        {"widgets": widgets(title_size="16")},
        {"template_variables": [{"name": "host"}], "notify_list": ["you@example.com"]},
    ],
)
def test_what_the_api_or_others_have_added_is_no_change(changed: dict[str, Any]) -> None:
    assert plan_dashboard(BODY, (there(**changed),)).state == "keep"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": "another"}, "title"),
        ({"description": f"{MARK} mine"}, "description"),
        ({"layout_type": "free"}, "layout_type"),
        ({"widgets": widgets(query="tag:mine")}, "widgets.Monitors"),
        ({"widgets": BODY["widgets"][:-1]}, f"widgets.{GROUPS[-1].title}"),
        ({"widgets": [*BODY["widgets"], {"definition": {"type": "note", "content": "mine"}}]}, "widgets.7"),
    ],
)
def test_what_was_changed_is_told(changed: dict[str, Any], field: str) -> None:
    plan = plan_dashboard(BODY, (there(**changed),))

    assert plan.state == "change"
    assert [one.field for one in plan.changes] == [field]


def test_an_update_keeps_what_others_have_set() -> None:
    plan = plan_dashboard(BODY, (there(title="x", template_variables=[{"name": "host"}], tags=["team:payments"]),))

    assert plan.body["template_variables"] == [{"name": "host"}]
    assert plan.body["tags"] == ["team:payments"]
    assert "notify_list" not in plan.body
    assert plan.body["title"] == TITLE


def test_copies_are_left_alone() -> None:
    plan = plan_dashboard(BODY, (there(), there(id="copy", title="my copy")))

    assert (plan.state, [one.id for one in plan.copies]) == ("keep", ["copy"])


# As it is made, changed and deleted


async def test_it_is_made_with_the_monitors_and_a_second_call_writes_nothing(
    datadog: DatadogServer, api: DatadogApi
) -> None:
    await applied(api)
    [made] = datadog.dashboards.values()
    datadog.requests.clear()
    plan = await applied(api)

    assert made["title"] == TITLE
    assert plan.dashboard is not None
    assert plan.dashboard.state == "keep"
    assert datadog.made("POST", "PUT", "DELETE") == []


async def test_what_is_not_ours_is_never_touched(datadog: DatadogServer, api: DatadogApi) -> None:
    theirs = datadog.put_dashboard(**THEIRS)
    before = dict(datadog.dashboards[theirs])
    await applied(api)
    async for _ in destroy_kept(api, await find_kept(api)):
        pass

    assert datadog.dashboards == {theirs: before}
    assert datadog.monitors == {}


async def test_one_that_was_changed_is_set_back_by_its_id_whatever_it_is_called(
    datadog: DatadogServer, api: DatadogApi
) -> None:
    await applied(api)
    [number] = datadog.dashboards
    datadog.dashboards[number] |= {"title": "renamed", "notify_list": ["you@example.com"]}
    datadog.requests.clear()
    await applied(api)

    assert datadog.made("POST", "PUT") == [("PUT", f"/api/v1/dashboard/{number}")]
    assert datadog.dashboards[number]["title"] == TITLE
    assert datadog.dashboards[number]["notify_list"] == ["you@example.com"]


@pytest.mark.parametrize("path", ["/api/v1/monitor", "/api/v1/dashboard"])
async def test_an_answer_that_was_lost_makes_no_second_one(datadog: DatadogServer, api: DatadogApi, path: str) -> None:
    lost: list[Request] = []

    def make_it_and_fail(request: Request) -> Answer | None:
        if (request.method, request.path) != ("POST", path) or lost:
            return None
        lost.append(request)
        put = datadog.put if path.endswith("monitor") else datadog.put_dashboard
        put(**request.body)
        return Answer.error(504, "Gateway Timeout")

    datadog.disturb = make_it_and_fail
    with pytest.raises(DatadogOutageError):
        await applied(api)
    await applied(api)

    assert (len(datadog.monitors), len(datadog.dashboards)) == (len(MONITORS), 1)


async def test_keys_that_may_not_see_dashboards_are_good_for_the_monitors(
    datadog: DatadogServer, api: DatadogApi
) -> None:
    datadog.may_see_dashboards = False
    plan = await applied(api)
    kept = await find_kept(api)
    async for _ in destroy_kept(api, kept):
        pass

    assert plan.dashboard is not None
    assert plan.dashboard.state == "unknown"
    assert isinstance(plan.dashboard.problem, DatadogScopeError)
    assert "dashboards_read and dashboards_write" in plan.dashboard.problem.hint
    assert kept.problem is not None
    assert datadog.monitors == {}


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (Answer.error(403, "Forbidden"), DatadogScopeError, "dashboards_write"),
        (Answer.error(400, "Invalid widget"), DatadogDashboardError, "newer VibeCode"),
    ],
)
async def test_a_dashboard_that_is_refused_leaves_the_monitors_as_they_should_be(
    datadog: DatadogServer, api: DatadogApi, answer: Answer, error: type[DatadogScopeError], words: str
) -> None:
    datadog.disturb = lambda one: answer if (one.method, one.path) == ("POST", "/api/v1/dashboard") else None

    with pytest.raises(error) as raised:
        await applied(api)
    assert words in raised.value.hint
    assert len(datadog.monitors) == len(MONITORS)


async def test_deleting_goes_on_where_somebody_was_quicker(datadog: DatadogServer, api: DatadogApi) -> None:
    await applied(api)
    kept = await find_kept(api)
    datadog.dashboards.clear()
    async for _ in destroy_kept(api, kept):
        pass

    assert datadog.monitors == {}


def test_a_plan_without_anything_there_makes_it() -> None:
    assert DashboardPlan(BODY).state == plan_dashboard(BODY, ()).state == "create"
