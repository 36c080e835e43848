"""`vibecode datadog enable`, `disable` and what `status` tells of the Agent, on a fake cluster."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.datadog.agent.names import NAMESPACE
from cluster.errors import ClusterDownError
from cluster.kube.api import Kube
from cluster.manifests.system import namespaces
from launcher.telemetry import agent
from tests.fakes.datadog_agent import datadog_agent
from tests.fakes.datadog_api import API_KEY, DatadogServer, datadog_server
from tests.fakes.kube_pods import Controller
from tests.fakes.kube_server import FakeKubeServer
from tests.fakes.kube_store import Store
from tests.fakes.secrets import MemorySecrets
from tests.unit.launcher.conftest import Cli


@pytest.fixture
def secrets(vibecode: Cli) -> MemorySecrets:
    secrets = MemorySecrets()
    vibecode.services["secrets"] = lambda: secrets
    return secrets


@pytest.fixture
def datadog(vibecode: Cli, secrets: MemorySecrets, monkeypatch: pytest.MonkeyPatch) -> Iterator[DatadogServer]:
    monkeypatch.setenv("no_proxy", "*")
    with datadog_server() as server:
        vibecode.services["datadog_url"] = server.url_of
        vibecode.environ["DD_API_KEY"] = API_KEY
        yield server


@pytest.fixture
def store(vibecode: Cli, tmp_path: Path) -> Store:
    """What the cluster holds; each command finds it behind a server of its own."""
    store = Store()

    @asynccontextmanager
    async def cluster(config: ClusterConfig) -> AsyncGenerator[Kube]:
        server = FakeKubeServer(tmp_path / "pods")
        store.objects = {**server.store.objects, **store.objects}
        server.store, server.controller = store, Controller(store)
        async with server:
            kube = Kube(server.connection)
            try:
                for one in namespaces(config):
                    await kube.apply(one)
                yield kube
            finally:
                await kube.close()

    vibecode.services["agent_cluster"] = cluster
    return store


def held(store: Store) -> list[str]:
    return [name for plural, namespace, name in store.objects if NAMESPACE in (namespace, name)]


def test_enable_status_and_disable(vibecode: Cli, datadog: DatadogServer, store: Store) -> None:
    enabled = vibecode("datadog", "enable", "--json")
    status = vibecode("datadog", "status", "--json").document["agent"]
    disabled = vibecode("datadog", "disable", "--json")

    assert enabled.document == {"enabled": True, "site": "datadoghq.eu", "profile": "full", "restart": []}
    assert status["state"] == "running"
    assert {pod["role"] for pod in status["pods"]} == {"agent", "cluster-agent"}
    assert disabled.document == {"enabled": False}
    assert held(store) == []
    assert API_KEY not in enabled.out + enabled.err


def test_lite_and_the_images_are_taken_from_the_settings(vibecode: Cli, datadog: DatadogServer, store: Store) -> None:
    vibecode.environ["VIBECODE_DATADOG_AGENT_IMAGE"] = "mirror.example/agent:1"
    result = vibecode("datadog", "enable", "--lite", "--json")

    assert result.document["profile"] == "lite"
    pods = [one for key, one in store.objects.items() if key[0] == "pods"]
    assert [pod["spec"]["containers"][0]["image"] for pod in pods] == ["mirror.example/agent:1"]


@pytest.mark.parametrize(
    ("key", "site", "code"),
    [
        ("", "", "datadog-key-missing"),
        ("two words", "", "datadog-key-refused"),
        ("f" * 32, "", "datadog-key-refused"),
        ("f" * 32, "datadoghq.eu", "datadog-key-refused"),
    ],
)
def test_without_a_good_key_nothing_is_installed(
    vibecode: Cli, datadog: DatadogServer, store: Store, key: str, site: str, code: str
) -> None:
    vibecode.environ |= {"DD_API_KEY": key, "DD_SITE": site}
    result = vibecode("datadog", "enable", "--json")

    assert (result.code, result.document["error"]["code"]) == (1, code)
    assert held(store) == []


def test_a_key_that_cannot_be_tried_will_do_where_its_site_is_named(
    vibecode: Cli, datadog: DatadogServer, store: Store
) -> None:
    vibecode.services["datadog_url"] = lambda _: "http://127.0.0.1:1"
    refused = vibecode("datadog", "enable", "--json")
    vibecode.environ["DD_SITE"] = "datadoghq.eu"
    taken = vibecode("datadog", "enable", "--json")

    assert "`export DD_SITE=datadoghq.eu`" in refused.document["error"]["hint"]
    assert taken.document["enabled"] is True
    assert "was not tried" in taken.err


def test_without_a_cluster_status_says_so_and_enable_names_the_way(vibecode: Cli, datadog: DatadogServer) -> None:
    @asynccontextmanager
    async def none(config: ClusterConfig) -> AsyncGenerator[Kube]:
        raise ClusterDownError("There is no cluster 'vibecode' yet.", hint="`vibecode up` creates it.")
        yield

    vibecode.services["agent_cluster"] = none
    status, enabled = vibecode("datadog", "status", "--json"), vibecode("datadog", "enable", "--json")

    assert status.code == 0
    assert (status.document["agent"]["state"], status.document["agent"]["pods"]) == ("absent", [])
    assert "no cluster 'vibecode' yet" in status.document["agent"]["detail"]
    assert enabled.document["error"]["code"] == "cluster-down"


def test_what_the_agent_does_is_told_in_lines(vibecode: Cli, datadog: DatadogServer, store: Store) -> None:
    assert "`vibecode datadog enable` puts it there" in vibecode("datadog", "status").out
    vibecode("datadog", "enable")
    said = vibecode("datadog", "status").out

    assert "runs in the cluster" in said
    assert "ready, 7.84.2, 0 restarts" in said


# Where the program's own telemetry goes


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever runs on this machine, no Agent is in the usual places."""
    monkeypatch.setattr(agent, "TRACE_PORT", "1")
    monkeypatch.setattr(agent, "TRACE_SOCKET", tmp_path / "no-socket")


def test_telemetry_goes_to_the_agent_in_the_cluster(
    vibecode: Cli, datadog: DatadogServer, store: Store, alone: None
) -> None:
    vibecode.environ["VIBECODE_TELEMETRY"] = "on"
    vibecode("datadog", "enable")
    to = vibecode("datadog", "status", "--json").document["telemetry_to"]

    assert (to["place"], to["answers"]) == ("cluster", True)
    assert to["traces"] == "http://datadog-agent.vibecode-datadog.svc:8126"
    assert "telemetry goes to the Agent in the cluster" in vibecode("datadog", "status").out
    assert (
        "To the Agent in the cluster, through the cluster's API server" in vibecode("datadog", "status", "--what").out
    )


def test_telemetry_that_goes_nowhere_says_what_is_missing(
    vibecode: Cli, datadog: DatadogServer, store: Store, alone: None
) -> None:
    vibecode.environ["VIBECODE_TELEMETRY"] = "on"
    to = vibecode("datadog", "status", "--json").document["telemetry_to"]

    assert (to["place"], to["answers"]) == ("nowhere", False)
    for said in (to["why"], vibecode("datadog", "status").out, vibecode("datadog", "status", "--what").out):
        assert "The Agent in the cluster is not there. `vibecode datadog enable` puts the Agent" in said


def test_an_agent_on_this_machine_goes_before_the_clusters(
    vibecode: Cli, datadog: DatadogServer, store: Store, monkeypatch: pytest.MonkeyPatch, alone: None
) -> None:
    vibecode("datadog", "enable")
    with datadog_agent() as here:
        monkeypatch.setattr(agent, "TRACE_PORT", str(here.port))
        to = vibecode("datadog", "status", "--what", "--json").document["agent"]

    assert (to["place"], to["traces"], to["answers"]) == ("machine", f"http://localhost:{here.port}", True)


def test_an_agent_that_is_named_goes_before_all(
    vibecode: Cli, datadog: DatadogServer, store: Store, alone: None
) -> None:
    vibecode("datadog", "enable")
    vibecode.environ |= {"VIBECODE_TELEMETRY": "on", "DD_TRACE_AGENT_PORT": "2", "DD_DOGSTATSD_PORT": "2"}
    to = vibecode("datadog", "status", "--json").document["telemetry_to"]

    assert (to["place"], to["traces"], to["answers"]) == ("named", "http://localhost:2", False)
    assert "no Agent takes it" in vibecode("datadog", "status").out
