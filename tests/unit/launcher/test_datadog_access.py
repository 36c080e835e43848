"""Datadog for the terminal application, against its API over real HTTP."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.datadog.errors import DatadogChangedError, DatadogKeyMissingError, DatadogOutageError
from cluster.errors import ClusterDownError
from cluster.kube.api import Kube
from launcher.datadog_access import LocalDatadogAccess
from launcher.settings import load
from templates.events import Event
from tests.fakes.datadog_api import API_KEY, APP_KEY, Answer, DatadogServer, datadog_server
from tests.fakes.secrets import MemorySecrets


@asynccontextmanager
async def no_cluster(_: ClusterConfig) -> AsyncGenerator[Kube]:
    raise ClusterDownError("There is no cluster 'vibecode' yet.")
    yield  # pragma: no cover


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[DatadogServer]:
    monkeypatch.setenv("no_proxy", "*")
    with datadog_server() as server:
        yield server


@pytest.fixture
def secrets() -> MemorySecrets:
    return MemorySecrets(values={"DD_API_KEY": API_KEY, "DD_APP_KEY": APP_KEY})


@pytest.fixture
def access(server: DatadogServer, secrets: MemorySecrets, tmp_path: Path) -> LocalDatadogAccess:
    loaded = load(tmp_path / "config.toml", {})
    return LocalDatadogAccess(loaded, secrets, {}, server.url_of, ClusterConfig(home=tmp_path), no_cluster)


async def done(events: AsyncIterator[Event]) -> None:
    async for _ in events:
        pass


async def test_with_neither_key_nor_cluster_nothing_is_asked(
    access: LocalDatadogAccess, secrets: MemorySecrets, server: DatadogServer
) -> None:
    secrets.values.clear()
    look = await access.look()

    assert (look.status.api.state, look.status.app.state, look.monitors) == ("missing", "missing", None)
    assert (look.agent.state, look.agent.detail) == (
        "absent",
        "The Agent lives in the cluster, and there is no cluster 'vibecode' yet.",
    )
    assert server.requests == []


async def test_a_key_that_is_given_counts_at_once_and_is_gone_once_forgotten(
    access: LocalDatadogAccess, secrets: MemorySecrets
) -> None:
    secrets.values.clear()
    await access.keep_key("api", API_KEY)
    given = (await access.look()).status.api
    forgotten = await access.forget_key("api")

    assert (given.state, given.source) == ("valid", "keyring")
    assert forgotten
    assert (await access.look()).status.api.state == "missing"


async def test_the_plan_is_applied_and_then_there_is_nothing_to_do(
    access: LocalDatadogAccess, server: DatadogServer
) -> None:
    plan = await access.plan()
    await done(access.apply(plan))
    await done(access.apply(plan))

    assert len(plan.create) == len(server.monitors) == 20
    assert len((await access.look()).monitors or ()) == 20
    assert (await access.plan()).create == ()


async def test_what_changed_after_the_plan_was_shown_is_not_overwritten(
    access: LocalDatadogAccess, server: DatadogServer
) -> None:
    await done(access.apply(await access.plan()))
    shown = await access.plan()
    server.monitors[100]["query"] = "avg(last_5m):avg:mine{*} > 3"
    with pytest.raises(DatadogChangedError, match="changed after the plan was shown"):
        await done(access.apply(shown))

    assert server.monitors[100]["query"] == "avg(last_5m):avg:mine{*} > 3"


async def test_what_the_plan_showed_is_overwritten(access: LocalDatadogAccess, server: DatadogServer) -> None:
    await done(access.apply(await access.plan()))
    server.monitors[100]["query"] = "avg(last_5m):avg:mine{*} > 3"
    await done(access.apply(await access.plan()))

    assert "mine" not in server.monitors[100]["query"]


async def test_only_our_monitors_are_deleted(access: LocalDatadogAccess, server: DatadogServer) -> None:
    mine = server.put(name="mine", query="avg(last_5m):avg:x{*} > 3")
    await done(access.apply(await access.plan()))
    await done(access.destroy())

    assert list(server.monitors) == [mine]


async def test_monitors_that_cannot_be_read_are_a_problem_beside_the_keys(
    access: LocalDatadogAccess, server: DatadogServer
) -> None:
    server.disturb = lambda request: Answer.error(503, "Down") if "monitor" in request.path else None
    look = await access.look()

    assert look.status.ok
    assert look.monitors is None
    assert isinstance(look.problem, DatadogOutageError)


async def test_the_agent_needs_a_key_and_then_a_cluster(access: LocalDatadogAccess, secrets: MemorySecrets) -> None:
    with pytest.raises(ClusterDownError):
        await done(access.enable(lite=True))
    secrets.values.clear()
    with pytest.raises(DatadogKeyMissingError):
        await done(access.enable(lite=False))
    with pytest.raises(ClusterDownError):
        await done(access.disable())


async def test_what_arrives_is_told_where_the_monitors_cannot_be_read(
    access: LocalDatadogAccess, server: DatadogServer
) -> None:
    server.disturb = lambda one: Answer.error(503, "Unavailable") if one.path == "/api/v1/monitor" else None
    look = await access.look()

    assert isinstance(look.problem, DatadogOutageError)
    assert [part.name for part in look.parts if part.error is None] == [
        *("hosts", "metrics", "traces", "logs", "incidents"),
    ]


async def test_two_looks_in_a_row_ask_once_what_arrives(access: LocalDatadogAccess, server: DatadogServer) -> None:
    first = await access.look()
    second = await access.look()

    assert first.parts == second.parts
    assert server.made().count(("GET", "/api/v1/hosts")) == 1


async def test_a_dashboard_that_somebody_changes_meanwhile_is_not_overwritten(
    access: LocalDatadogAccess, server: DatadogServer
) -> None:
    await done(access.apply(await access.plan()))
    plan = await access.plan()
    [number] = server.dashboards
    server.dashboards[number]["title"] = "mine"

    with pytest.raises(DatadogChangedError, match="the dashboard"):
        await done(access.apply(plan))
    assert server.dashboards[number]["title"] == "mine"
    await done(access.destroy())
    assert server.dashboards == {}


async def test_what_vibecode_would_tell_of_itself_is_shown(access: LocalDatadogAccess) -> None:
    telemetry = (await access.look()).telemetry

    assert telemetry is not None
    assert (telemetry.on, [title for title, _ in telemetry.sections][:2]) == (False, ["Metrics", "Traces"])
    assert "vibecode config set telemetry true" in telemetry.intro[0]
