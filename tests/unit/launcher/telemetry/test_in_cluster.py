"""Telemetry by way of the cluster's API server: what reaches the Agent there, and where none is reached."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from cluster.datadog.agent.names import AGENT_PODS, NAMESPACE, TRACES_PORT
from launcher.telemetry.records import Batch, ModelCall, Point, Span
from tests.fakes.datadog_agent import DatadogAgent, datadog_agent
from tests.fakes.kube_server import FakeKubeServer

CLUSTER = "shop"
SEND = """
import logging, sys
from pathlib import Path
from cluster.config import ClusterConfig
from launcher.telemetry.in_cluster import send_to_cluster
from launcher.telemetry.records import Batch
logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
logging.getLogger("httpx").setLevel(logging.WARNING)
batch = Batch.decoded(sys.stdin.buffer.read())
print(send_to_cluster(ClusterConfig(Path(batch.home), batch.cluster), batch))
"""
"""What the sender does where none is on this machine; it answers whether there was an Agent."""
POINTS = (
    Point("vibecode.launcher.commands", "c", 1, {"command": "new"}),
    Point("vibecode.launcher.startup_time", "d", 0.1, {}),
)
CREATE = "vibecode.workspace.create"
SPANS = (
    Span(7, 9, 8, f"{CREATE}.seed", "seed", 12, 18, {"engine": "kind"}),
    Span(7, 8, 0, CREATE, CREATE, 10, 20, {"engine": "kind"}),
)
ASKED = Span(7, 10, 8, "vibecode.ai.request", "vibecode.ai.request", 11, 12, {}, call=ModelCall("m", "own", "s", 3, 4))


@pytest.fixture
def agent() -> Iterator[DatadogAgent]:
    with datadog_agent() as agent:
        yield agent


@pytest.fixture
async def server(tmp_path: Path, agent: DatadogAgent) -> AsyncIterator[FakeKubeServer]:
    """The cluster's, as this machine has it on record; the Agent's pod is not there yet."""
    async with FakeKubeServer(tmp_path / "pods") as server:
        record = tmp_path / "clusters" / CLUSTER
        record.mkdir(parents=True)
        (record / "state.json").write_text(json.dumps({"phase": "created", "http_port": 80, "https_port": 443}))
        (record / "connection.json").write_text(json.dumps({"server": server.connection.server}))
        server.store.create(("namespaces", "", NAMESPACE), {"apiVersion": "v1", "kind": "Namespace"})
        server.ports[TRACES_PORT] = agent.port
        yield server


def put_agent(server: FakeKubeServer) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"labels": AGENT_PODS},
        "spec": {"containers": [{"name": "agent", "image": "any"}]},
    }
    server.store.create(("pods", NAMESPACE, "datadog-agent-x"), pod)


async def send(home: Path, *spans: Span, cluster: str = CLUSTER) -> list[str]:
    """What a process of its own says and answers."""
    batch = Batch("", "INFO", str(home), cluster, spans, POINTS)
    command = (sys.executable, "-c", SEND)
    ended = await asyncio.to_thread(subprocess.run, command, input=batch.encoded(), capture_output=True, check=True)
    return ended.stdout.decode().splitlines()


async def test_traces_and_metrics_arrive_at_the_agent_in_the_cluster(
    tmp_path: Path, server: FakeKubeServer, agent: DatadogAgent
) -> None:
    put_agent(server)
    said = await send(tmp_path, *SPANS)

    assert said == ["True"]
    assert [point.name for point in agent.points()] == [point.name for point in POINTS]
    assert sorted((span["name"], span["parent_id"]) for span in agent.spans()) == [(CREATE, 0), (f"{CREATE}.seed", 8)]
    assert "GET /api/v1/namespaces/vibecode-datadog/pods/datadog-agent-x/portforward" in server.requests


async def test_requests_to_a_model_arrive_there_too(
    tmp_path: Path, server: FakeKubeServer, agent: DatadogAgent
) -> None:
    put_agent(server)
    await send(tmp_path, ASKED)

    [span] = agent.spans()
    assert span["meta_struct"]["_llmobs"]["meta"]["model_name"] == "m"


async def test_nothing_is_sent_to_an_agent_that_is_not_ready(tmp_path: Path, server: FakeKubeServer) -> None:
    server.controller.waiting = ("ContainerCreating", "")
    put_agent(server)

    *words, answer = await send(tmp_path, *SPANS)

    assert answer == "False"
    assert "does not run yet" in words[0]


@pytest.mark.parametrize(("cluster", "words"), [(CLUSTER, "is not there"), ("another", "no cluster 'another'")])
async def test_where_there_is_no_agent_the_log_says_so(
    tmp_path: Path, server: FakeKubeServer, cluster: str, words: str
) -> None:
    *said, answer = await send(tmp_path, *SPANS, cluster=cluster)

    assert answer == "False"
    assert words in said[0]


async def test_an_agent_that_hangs_up_loses_what_was_meant_for_it(tmp_path: Path, server: FakeKubeServer) -> None:
    put_agent(server)
    server.ports[TRACES_PORT] = 1

    *words, answer = await send(tmp_path)

    assert answer == "True"
    assert any("takes no metrics" in line for line in words)
