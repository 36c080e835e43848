"""Monitors in Datadog: made, changed and deleted, with an outage at any request."""

import pytest

from cluster.datadog.client import DatadogApi
from cluster.datadog.errors import DatadogAnswerError, DatadogMonitorError, DatadogOutageError, DatadogScopeError
from cluster.datadog.monitors.definitions import MONITORS
from cluster.datadog.monitors.found import PAGE, find_monitors
from cluster.datadog.monitors.monitor import Monitor
from cluster.datadog.monitors.plan import Plan, make_plan
from cluster.datadog.monitors.work import apply, destroy
from tests.fakes.datadog_api import Answer, DatadogServer, Request, limited

FOREIGN = {"name": MONITORS[0].name, "query": "avg(last_5m):avg:system.load.1{*} > 1", "tags": ["team:payments"]}
OURS = {one.id for one in MONITORS}


async def applied(api: DatadogApi, monitors: tuple[Monitor, ...] = MONITORS) -> Plan:
    plan = make_plan(monitors, await find_monitors(api), "1.0")
    async for _ in apply(api, plan):
        pass
    return plan


async def test_all_are_made_and_a_second_call_writes_nothing(datadog: DatadogServer, api: DatadogApi) -> None:
    await applied(api)
    made = dict(datadog.monitors)
    datadog.requests.clear()
    plan = await applied(api)

    assert {one.monitor for one in plan.keep} == OURS
    assert datadog.made() == [("GET", "/api/v1/monitor")]
    assert datadog.monitors == made


async def test_each_query_is_judged_before_anything_is_written(datadog: DatadogServer, api: DatadogApi) -> None:
    await applied(api)

    count = len(MONITORS)
    assert (
        datadog.made("POST") == [("POST", "/api/v1/monitor/validate")] * count + [("POST", "/api/v1/monitor")] * count
    )


async def test_a_monitor_that_is_refused_is_named_and_nothing_is_written(
    datadog: DatadogServer, api: DatadogApi
) -> None:
    broken = Monitor("ai-broken", "ai", 1, "broken", "vibecode.ai.errors", ">", 1, "Broken.")

    with pytest.raises(DatadogMonitorError, match=r"ai-broken: .*invalid operator"):
        await applied(api, (*MONITORS, broken))
    assert datadog.monitors == {}


@pytest.mark.parametrize("at", [0, 1, len(MONITORS), len(MONITORS) + 1, 2 * len(MONITORS)])
async def test_an_outage_at_any_request_converges_on_the_second_call(
    datadog: DatadogServer, api: DatadogApi, at: int
) -> None:
    datadog.disturb = lambda _: Answer.error(503, "Unavailable") if len(datadog.requests) == at + 1 else None
    with pytest.raises(DatadogOutageError):
        await applied(api)
    await applied(api)

    assert len(datadog.monitors) == len(MONITORS)
    assert {one.monitor for one in await find_monitors(api)} == OURS


async def test_an_answer_that_was_lost_makes_no_second_monitor(datadog: DatadogServer, api: DatadogApi) -> None:
    def make_it_and_fail(request: Request) -> Answer | None:
        if (request.method, request.path) == ("POST", "/api/v1/monitor") and not datadog.monitors:
            datadog.put(**request.body)
            return Answer.error(504, "Gateway Timeout")
        return None

    datadog.disturb = make_it_and_fail
    with pytest.raises(DatadogOutageError):
        await applied(api)
    await applied(api)

    assert len(datadog.monitors) == len(MONITORS)


async def test_a_limit_in_the_middle_is_waited_for(datadog: DatadogServer, api: DatadogApi, waits: list[float]) -> None:
    datadog.disturb = lambda _: limited("4") if len(datadog.requests) in (5, 30) else None
    await applied(api)

    assert waits == [4, 4]
    assert len(datadog.monitors) == len(MONITORS)


async def test_what_is_not_ours_is_never_touched(datadog: DatadogServer, api: DatadogApi) -> None:
    number = datadog.put(**FOREIGN)
    before = dict(datadog.monitors[number])
    await applied(api)
    async for _ in destroy(api, await find_monitors(api)):
        pass

    assert datadog.monitors == {number: before}
    assert {path for _, path in datadog.made("PUT")} == set()
    assert f"/api/v1/monitor/{number}" not in {path for _, path in datadog.made("DELETE")}


async def test_one_that_was_changed_is_set_back_by_its_id_whatever_it_is_called(
    datadog: DatadogServer, api: DatadogApi
) -> None:
    await applied(api)
    number = min(datadog.monitors)
    datadog.monitors[number]["name"] = "renamed by somebody"
    datadog.requests.clear()
    await applied(api)

    assert datadog.made("PUT") == [("PUT", f"/api/v1/monitor/{number}")]
    assert datadog.monitors[number]["name"] == MONITORS[0].name
    assert len(datadog.monitors) == len(MONITORS)


async def test_those_behind_the_first_page_are_found(datadog: DatadogServer, api: DatadogApi) -> None:
    for number in range(PAGE + 5):
        datadog.put(tags=["managed_by:vibecode", f"vibecode_monitor:old-{number}"])

    assert len(await find_monitors(api)) == PAGE + 5


async def test_deleting_goes_on_where_somebody_was_quicker(datadog: DatadogServer, api: DatadogApi) -> None:
    await applied(api)
    found = await find_monitors(api)
    del datadog.monitors[found[3].id]
    async for _ in destroy(api, found):
        pass

    assert datadog.monitors == {}


async def test_keys_that_may_not_write_are_told_apart(datadog: DatadogServer, api: DatadogApi) -> None:
    datadog.may_write = False

    with pytest.raises(DatadogScopeError, match="monitors_write"):
        await applied(api)


@pytest.mark.parametrize("body", [{"monitors": []}, [{"name": "no id"}], [{"id": 1, "tags": "x"}]])
async def test_a_list_that_is_none_is_refused(datadog: DatadogServer, api: DatadogApi, body: object) -> None:
    datadog.disturb = lambda _: Answer(200, body)

    with pytest.raises(DatadogAnswerError, match="not as documented"):
        await find_monitors(api)
