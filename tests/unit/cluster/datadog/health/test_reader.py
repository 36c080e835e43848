"""What arrives in Datadog: each part by itself, within the limits, and with its own error."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from cluster.datadog.client import DatadogApi
from cluster.datadog.errors import DatadogRateLimitError, DatadogScopeError
from cluster.datadog.health.parts import Hosts, Incidents, Metrics, Part, PartName, Volume
from cluster.datadog.health.questions import MAIN, QUESTIONS
from cluster.datadog.health.reader import HealthReader
from cluster.datadog.keys import Key, Keys
from tests.fakes.datadog_api import API_KEY, APP_KEY, Answer, DatadogServer, limited
from tests.fakes.datadog_health import HOSTS, INCIDENTS, LAST, LOGS, METRICS, SCOPES, TRACES

NOW = datetime.fromtimestamp(LAST + 20, UTC)
PATHS: dict[PartName, tuple[str, str]] = {
    "hosts": HOSTS,
    "metrics": METRICS,
    "traces": TRACES,
    "logs": LOGS,
    "incidents": INCIDENTS,
}
every_part = pytest.mark.parametrize("name", PATHS)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reader(clock: Clock) -> HealthReader:
    return HealthReader(lambda: NOW, clock)


async def by_name(reader: HealthReader, api: DatadogApi) -> dict[PartName, Part]:
    return {one.name: one for one in await reader.read(api)}


def broken(datadog: DatadogServer, name: PartName, answer: Answer) -> None:
    datadog.disturb = lambda request: answer if (request.method, request.path) == PATHS[name] else None


async def test_every_part_is_told(reader: HealthReader, api: DatadogApi) -> None:
    parts = await by_name(reader, api)
    hosts, metrics, traces, logs, incidents = (parts[name].told for name in PATHS)

    assert isinstance(hosts, Hosts)
    assert (hosts.up, hosts.total, hosts.hosts[0].name) == (1, 2, "laptop")
    assert isinstance(metrics, Metrics)
    assert metrics.last == datetime.fromtimestamp(LAST, UTC)
    assert [one.last for one in metrics.series] == [6, 734003200, None, 0.05, 1200]
    assert traces == Volume("spans", (("vibecode", 1200), ("demo", 40)))
    assert logs == Volume("lines", (("demo", 5120), ("without a service", 80)))
    assert isinstance(incidents, Incidents)
    assert (incidents.total, incidents.newest[0].title) == (1, "Sign-in is down")
    assert {one.at for one in parts.values()} == {NOW}
    assert {one.error for one in parts.values()} == {None}


async def test_what_is_asked_is_documented(reader: HealthReader, api: DatadogApi, datadog: DatadogServer) -> None:
    await reader.read(api)
    asked = {(one.method, one.path): one for one in datadog.requests}

    assert asked[HOSTS].query["filter"] == "managed_by:vibecode"
    assert asked[INCIDENTS].query["query"] == "state:(active OR stable)"
    attributes = asked[METRICS].body["data"]["attributes"]
    assert attributes["to"] - attributes["from"] == 3_600_000
    assert [one["query"] for one in attributes["queries"]] == [query for _, _, query in MAIN]
    assert [one["formula"] for one in attributes["formulas"]] == [one["name"] for one in attributes["queries"]]
    spans = asked[TRACES].body["data"]
    assert spans["type"] == "aggregate_request"
    assert spans["attributes"] == asked[LOGS].body
    [group] = spans["attributes"]["group_by"]
    assert (group["facet"], group["missing"]) == ("service", "without a service")  # else those are left out
    assert spans["attributes"]["filter"] == {"query": "env:local", "from": "now-1h", "to": "now"}


@every_part
async def test_a_scope_that_is_missing_is_named_and_hides_nothing_else(
    reader: HealthReader, api: DatadogApi, datadog: DatadogServer, name: PartName
) -> None:
    broken(datadog, name, Answer.error(403, "Forbidden"))
    parts = await by_name(reader, api)

    error = parts[name].error
    assert isinstance(error, DatadogScopeError)
    assert f"the scope {SCOPES[PATHS[name]]}," in error.hint
    assert [other for other, part in parts.items() if part.error is not None] == [name]


@every_part
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer.error(401, "Unauthorized"), "datadog-key-refused"),
        (Answer.error(404, "Not found"), "datadog-request-refused"),
        (Answer.error(503, "Unavailable"), "datadog-unreachable"),
        (Answer(200, {"unknown": True}), "datadog-answer-unknown"),
        (Answer(200, [1]), "datadog-answer-unknown"),
        (Answer(200, b"<html>"), "datadog-answer-unknown"),
    ],
)
async def test_a_part_that_fails_says_why_and_hides_nothing_else(
    reader: HealthReader, api: DatadogApi, datadog: DatadogServer, name: PartName, answer: Answer, code: str
) -> None:
    broken(datadog, name, answer)
    parts = await by_name(reader, api)

    error = parts[name].error
    assert error is not None
    assert (error.code, parts[name].told) == (code, None)
    assert [other for other, part in parts.items() if part.error is not None] == [name]
    assert set(parts[name].as_dict("datadoghq.eu")) == {"told", "at", "url", "problem"}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("hosts", {"host_list": None, "total_matching": 0}),
        ("metrics", {"data": {"attributes": {"series": None, "times": None, "values": None}}}),
        ("traces", {"data": None}),
        ("logs", {"data": {"buckets": []}}),
        ("incidents", {"data": {"attributes": {"total": 0, "incidents": None}}}),
    ],
)
async def test_nothing_at_all_is_no_error(
    reader: HealthReader, api: DatadogApi, datadog: DatadogServer, name: PartName, body: Any
) -> None:
    datadog.health[PATHS[name]] = body
    part = (await by_name(reader, api))[name]

    assert part.error is None
    assert part.told is not None


@pytest.mark.parametrize("name", ["traces", "logs"])
async def test_a_count_that_was_not_finished_is_not_told(
    reader: HealthReader, api: DatadogApi, datadog: DatadogServer, name: PartName
) -> None:
    body = datadog.health[PATHS[name]]
    assert isinstance(body, dict)
    body["meta"] = {"status": "timeout"}
    part = (await by_name(reader, api))[name]

    assert part.error is not None
    assert "in time" in part.error.detail


async def test_each_part_is_asked_no_more_often_than_its_limit_allows(
    reader: HealthReader, api: DatadogApi, datadog: DatadogServer, clock: Clock
) -> None:
    for clock.seconds in range(0, 3600, 10):
        await reader.read(api)
    made = [(one.method, one.path) for one in datadog.requests]

    assert {path: made.count(path) for path in PATHS.values()} == {
        HOSTS: 60,
        METRICS: 60,
        TRACES: 20,
        LOGS: 20,
        INCIDENTS: 20,
    }


@every_part
async def test_a_limit_is_kept_to_and_what_was_told_stays_with_its_age(
    reader: HealthReader, api: DatadogApi, datadog: DatadogServer, clock: Clock, name: PartName
) -> None:
    before = (await by_name(reader, api))[name]
    broken(datadog, name, limited("500"))
    clock.seconds = 200
    during = (await by_name(reader, api))[name]
    datadog.requests.clear()
    clock.seconds = 690
    still = (await by_name(reader, api))[name]
    asked = [(one.method, one.path) for one in datadog.requests]
    datadog.disturb = lambda _: None
    clock.seconds = 701
    after = (await by_name(reader, api))[name]

    assert isinstance(during.error, DatadogRateLimitError)
    assert (during.told, during.at, still) == (before.told, before.at, during)
    assert PATHS[name] not in asked
    assert after.error is None


async def test_no_limit_is_waited_for(
    reader: HealthReader, api: DatadogApi, datadog: DatadogServer, waits: list[float]
) -> None:
    datadog.disturb = lambda _: limited("3")
    parts = await by_name(reader, api)

    assert waits == []
    assert all(part.error is not None for part in parts.values())


async def test_an_outage_is_asked_about_again_at_once(
    reader: HealthReader, api: DatadogApi, datadog: DatadogServer
) -> None:
    broken(datadog, "logs", Answer.error(503, "Unavailable"))
    failed = (await by_name(reader, api))["logs"]
    datadog.disturb = lambda _: None
    told = (await by_name(reader, api))["logs"]

    assert failed.error is not None
    assert (told.error, told.at) == (None, NOW)


async def test_other_keys_are_not_shown_what_the_first_ones_saw(
    reader: HealthReader, api: DatadogApi, datadog: DatadogServer, http: httpx.AsyncClient
) -> None:
    await reader.read(api)
    datadog.app_key = "0" * 40
    keys = Keys(Key("api", API_KEY, "environment"), Key("app", APP_KEY[::-1], "keyring"))
    parts = await reader.read(DatadogApi(http, datadog.url_of(datadog.site), keys))

    assert all(part.told is None and isinstance(part.error, DatadogScopeError) for part in parts)


def test_every_part_is_asked_about_once() -> None:
    assert [one.part for one in QUESTIONS] == list(PATHS)
