"""Datadog's Agent in a real cluster, with a stand-in for its images: what a workspace sends arrives, and only that."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from playwright.async_api import Browser

from cluster.config import ClusterConfig
from cluster.datadog.agent.config import AgentConfig, AgentImages, AgentSecrets
from cluster.datadog.agent.manifests.objects import agent_objects, namespace
from cluster.datadog.agent.names import AGENT, AGENT_PODS, CLUSTER_AGENT_PODS, HOST, NAMESPACE, OURS
from cluster.datadog.agent.reach import reached_agent
from cluster.kind.engine import KindEngine
from cluster.kind.node import node_name
from cluster.kube.api import Kube
from cluster.kube.connection import Connection
from cluster.kube.kinds import KINDS
from cluster.manifests import workspace as manifests
from cluster.manifests.labels import SYSTEM_NAMESPACE, WORKSPACE_LABEL, WORKSPACES_NAMESPACE
from cluster.manifests.system import namespaces, system_objects
from templates.project import Manifest
from tests.contract.test_kube_contract import finish
from tests.e2e.conftest import CLUSTER
from tests.e2e.editor import Editor
from tests.e2e.inside import said
from tests.e2e.own_trace import Trace, check_creation, check_judgement, creations
from tests.e2e.program import Program
from tests.e2e.test_network import reached
from tests.e2e.web import until_served

pytestmark = pytest.mark.e2e

T = TypeVar("T")

STAND_IN = Path(__file__).parent / "stand_in"
LOCK = Path(__file__).parents[1] / "test-agent.lock"
IMAGE = "localhost/vibecode/stand-in:2"
API_KEY = "0123456789abcdef0123456789abcdef"
NAME = "traced"
NOBODY = "http://127.0.0.1:1"
ORDER = """
import json, sys, urllib.request
body = json.dumps({"items": {"tea": 2}}).encode()
request = urllib.request.Request("http://127.0.0.1:8000/api/orders", body, {"Content-Type": "application/json"})
print(urllib.request.urlopen(request, timeout=10).read().decode())
"""


def run(*command: str, stdin: bytes | None = None, within: float = 120) -> bytes:
    ended = subprocess.run(command, input=stdin, capture_output=True, check=False, timeout=within)
    assert ended.returncode == 0, f"{command}: {ended.stdout.decode()}{ended.stderr.decode()}"
    return ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def datadog(environment: dict[str, str]) -> Program:
    """The command line with a key that nobody can be asked about, and the stand-in's image."""
    proxies = {"HTTPS_PROXY": NOBODY, "https_proxy": NOBODY, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    images = {"VIBECODE_DATADOG_AGENT_IMAGE": IMAGE, "VIBECODE_DATADOG_CLUSTER_AGENT_IMAGE": IMAGE}
    return Program({**environment, **proxies, **images, "DD_API_KEY": API_KEY, "DD_SITE": "datadoghq.eu"})


@pytest.fixture(scope="module")
def enabled(datadog: Program, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What `enable` answered; in the end nothing of the Agent is left."""
    context = tmp_path_factory.mktemp("stand-in")
    for file in (*STAND_IN.iterdir(), LOCK):
        shutil.copy(file, context)
    run("docker", "build", "--quiet", "--tag", IMAGE, str(context), within=300)
    archive = run("docker", "save", IMAGE)
    run("docker", "exec", "-i", node_name(CLUSTER), "ctr", "-n", "k8s.io", "images", "import", "-", stdin=archive)
    yield datadog.answer("datadog", "enable")
    assert datadog.answer("datadog", "disable") == {"enabled": False}


@pytest.fixture(scope="module")
def traced(enabled: dict[str, Any], program: Program) -> dict[str, Any]:
    """A workspace of the instrumented template, made once the Agent is there."""
    return program.answer("new", "python-datadog", NAME, "--no-open")


@pytest.fixture
async def kube(kind_connection: Connection) -> AsyncIterator[Kube]:
    kube = Kube(kind_connection)
    yield kube
    await kube.close()


@pytest.fixture
async def test_agent(enabled: dict[str, Any], kube: Kube) -> AsyncIterator[httpx.AsyncClient]:
    """Datadog's own, in the Agent's pod."""
    async with reached_agent(kube) as socket:
        there = httpx.AsyncHTTPTransport(uds=str(socket))
        async with httpx.AsyncClient(transport=there, base_url="http://test-agent", timeout=30) as client:
            yield client


async def the_pod(kube: Kube, labels: dict[str, str], namespace: str = NAMESPACE) -> dict[str, Any]:
    [pod] = await kube.list("Pod", namespace, labels=labels, fields="status.phase=Running")
    return pod


async def in_agent(kube: Kube, script: str) -> str:
    pod = await the_pod(kube, AGENT_PODS)
    ended = await finish(await kube.exec(pod["metadata"]["name"], NAMESPACE, ["bash", "-c", script], container=AGENT))
    return ended.stdout.decode()


async def until(kube: Kube, wanted: str, file: str) -> str:
    """The file's content in the Agent's container, once the words are in it."""
    script = f"for _ in $(seq 300); do grep -qs '{wanted}' {file} && break; sleep 0.1; done; cat {file}"
    return await in_agent(kube, script)


async def until_told(test_agent: httpx.AsyncClient, wanted: Callable[[list[Trace]], T]) -> T:
    """What is found in the traces that came, once that is something."""
    while not (found := wanted((await test_agent.get("/test/traces")).json())):
        await asyncio.sleep(0.2)
    return found


async def judgement(test_agent: httpx.AsyncClient) -> dict[str, dict[str, int]]:
    return (await test_agent.get("/test/trace_check/summary?return_all=true")).json()


def spans_beside(name: str) -> Callable[[list[Trace]], dict[str, dict[str, Any]]]:
    """By name, those of all traces, once there is one of this name."""

    def found(traces: list[Trace]) -> dict[str, dict[str, Any]]:
        spans = {span["name"]: span for trace in traces for span in trace}
        return spans if name in spans else {}

    return found


async def test_the_agent_runs_and_status_tells_of_it(enabled: dict[str, Any], datadog: Program) -> None:
    assert enabled == {"enabled": True, "site": "datadoghq.eu", "profile": "full", "restart": enabled["restart"]}
    state = datadog.answer("datadog", "status")["agent"]

    assert (state["state"], state["detail"]) == ("running", "The Agent stand-in runs in the cluster.")
    assert sorted((pod["role"], pod["ready"]) for pod in state["pods"]) == [("agent", True), ("cluster-agent", True)]
    matches = {(one["check"], one["found"]) for one in state["matches"]}
    assert ("openmetrics", True) in matches


async def test_the_api_server_takes_every_manifest(enabled: dict[str, Any], config: ClusterConfig, kube: Kube) -> None:
    """By a dry run that refuses unknown fields; nothing is warned of, by Pod Security neither."""
    agent = AgentConfig("datadoghq.eu", "laptop", config.cluster, "1", images=AgentImages(IMAGE, IMAGE))
    address = manifests.Address("dry", config.base_domain, 80)
    manifest = Manifest("Dry", ports=(8000,))
    objects = [
        *namespaces(config),
        *system_objects(config),
        namespace(agent),
        *agent_objects(agent, AgentSecrets("k" * 32, "t" * 64)),
        manifests.deployment(address, manifest, "d", IMAGE, config),
        *manifests.parts(address, manifest.ports, config),
    ]
    whole = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}).encode()
    kubectl = ("docker", "exec", "-i", node_name(CLUSTER), "kubectl", "--kubeconfig=/etc/kubernetes/admin.conf")
    flags = ("--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict", "--filename=-")
    told = run(*kubectl, "apply", *flags, stdin=whole).decode().splitlines()

    assert len(told) == len(objects), told
    assert [line for line in told if "serverside-applied (server dry run)" not in line] == []


async def test_traces_metrics_and_logs_of_a_workspace_arrive_tagged(
    traced: dict[str, Any], browser: Browser, engine: KindEngine, kube: Kube, test_agent: httpx.AsyncClient
) -> None:
    editor = Editor(await browser.new_page(viewport={"width": 1400, "height": 900}))
    await editor.open(traced["url"])
    assert await editor.readme_title() == NAME  # it takes the keyboard when it comes
    await editor.open_terminal()
    await editor.run_build_task()
    await until_served(traced["url"].replace("://", "://8000-") + "health")
    assert json.loads(await said(engine, NAME, "python3", "-c", ORDER)) == {"total": 700}

    found, metrics = await asyncio.gather(
        until_told(test_agent, spans_beside("order.price")), until(kube, "order.total", "/tmp/metrics")
    )
    log = "/var/log/pods/vibecode-workspaces_*/editor/*.log"
    lines = await until(kube, "Sold for 700 cents", log)

    pod = await the_pod(kube, {WORKSPACE_LABEL: NAME}, WORKSPACES_NAMESPACE)
    labels, uid = pod["metadata"]["labels"], pod["metadata"]["uid"]
    version = labels["tags.datadoghq.com/version"]
    price, request = found["order.price"], found["fastapi.request"]
    assert price["service"] == request["service"] == NAME
    assert price["trace_id"] == request["trace_id"]
    tags = {key: price["meta"].get(key) for key in ("env", "version", "team", "component")}
    assert tags == {"env": "local", "version": version, "team": "vibecode", "component": "workspace"}

    [metric] = [line for line in metrics.splitlines() if "order.total" in line]
    name, _, rest = metric.partition(":")
    assert name == "vibecode.workspace.order.total"
    assert rest.startswith("700|h|#")
    sent = set(rest.removeprefix("700|h|#").split("|")[0].split(","))
    assert {f"service:{NAME}", "env:local", f"version:{version}", "team:vibecode", "component:workspace"} <= sent
    assert f"dd.internal.entity_id:{uid}" in sent

    [line] = [one for one in lines.splitlines() if "Sold for 700 cents" in one]
    record = json.loads(line.split(" ", 3)[3])  # after the kubelet's time, stream and flag
    assert (record["service"], record["env"], record["version"]) == (NAME, "local", version)
    assert int(record["dd.trace_id"], 16) % 2**64 == price["trace_id"]  # the trace carries the lower half
    check_judgement(await judgement(test_agent))


async def test_the_programs_own_telemetry_arrives_through_the_cluster(
    enabled: dict[str, Any], datadog: Program, test_agent: httpx.AsyncClient, kube: Kube
) -> None:
    """Nothing names an Agent, and none is on this machine."""
    told = Program({**datadog.environment, "VIBECODE_TELEMETRY": "on"})
    told.answer("new", "static-site", "told", "--no-open")
    [trace] = await until_told(test_agent, creations)
    metrics = await until(kube, "vibecode.launcher.commands:1|c|.*command:new", "/tmp/metrics")

    check_creation(trace, "kind")
    check_judgement(await judgement(test_agent))
    [duration] = [line for line in metrics.splitlines() if line.startswith("vibecode.workspace.create_duration:")]
    assert {"engine:kind", "service:vibecode", "team:vibecode"} <= set(duration.partition("|#")[2].split(","))
    assert told.answer("datadog", "status")["telemetry_to"]["place"] == "cluster"
    told.answer("delete", "told", "--yes")


async def test_workspaces_reach_the_receivers_and_nothing_else_of_it(
    traced: dict[str, Any], engine: KindEngine, kube: Kube
) -> None:
    agent = (await the_pod(kube, AGENT_PODS))["status"]["podIP"]
    cluster_agent = (await the_pod(kube, CLUSTER_AGENT_PODS))["status"]["podIP"]
    allowed = [(HOST, 8126), (agent, 8126)]
    denied = [(agent, 5555), (cluster_agent, 5556), (cluster_agent, 5005)]
    assert await reached(engine, NAME, allowed + denied) == allowed


async def test_the_agent_reaches_what_it_checks(traced: dict[str, Any], kube: Kube) -> None:
    get = 'exec 3<>/dev/tcp/{host}/8080; printf "GET {path} HTTP/1.0\\r\\nConnection: close\\r\\n\\r\\n" >&3; cat <&3'
    traefik = await the_pod(kube, {"app.kubernetes.io/name": "traefik"}, SYSTEM_NAMESPACE)
    editor = await the_pod(kube, {WORKSPACE_LABEL: NAME}, WORKSPACES_NAMESPACE)
    metrics = await in_agent(kube, get.format(host=traefik["status"]["podIP"], path="/metrics"))
    health = await in_agent(kube, get.format(host=editor["status"]["podIP"], path="/healthz"))

    assert "traefik_entrypoint_requests_total" in metrics
    assert '"status"' in health


async def test_an_image_that_is_nowhere_is_said_by_the_step_and_disable_leaves_nothing(
    enabled: dict[str, Any], datadog: Program, kube: Kube
) -> None:
    nowhere = Program({**datadog.environment, "VIBECODE_DATADOG_AGENT_IMAGE": "localhost/nowhere/agent:1"})
    error = nowhere.error("datadog", "enable")
    assert error["code"] == "datadog-agent-image"
    assert "localhost/nowhere/agent:1" in error["detail"]

    datadog.answer("datadog", "disable")
    left = [one["metadata"]["name"] for kind in KINDS for one in await kube.list(kind, labels=OURS)]
    assert left == []
    assert await kube.get("Namespace", NAMESPACE) is None
    assert datadog.answer("datadog", "status")["agent"]["state"] == "absent"
