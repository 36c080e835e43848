"""Enable and disable on a fake cluster: converging, exact, and plain about what goes wrong."""

import asyncio
from dataclasses import replace

import pytest

from cluster.datadog.agent.config import AgentConfig
from cluster.datadog.agent.install import disable, enable
from cluster.datadog.agent.manifests.shared import SECRETS_ANNOTATION
from cluster.datadog.agent.names import AGENT, CLUSTER_AGENT, IN_WORKSPACES, NAMESPACE, SECRET, WEBHOOK
from cluster.datadog.errors import AgentFailedError, AgentImageError, AgentNamespaceError
from cluster.errors import ApiError, ClusterUnreachableError
from cluster.kube.api import Kube, Object
from cluster.manifests.labels import WORKSPACES_NAMESPACE
from cluster.manifests.observed import AGENT_ENV
from templates.events import Event, StepFailed, StepStarted
from tests.fakes.kube_server import FakeKubeServer, Refuse
from tests.fakes.kube_store import Key
from tests.unit.cluster.datadog.agent.conftest import API_KEY, CONFIG

LITE = replace(CONFIG, profile="lite")


async def install(kube: Kube, config: AgentConfig = CONFIG, key: str = API_KEY) -> list[Event]:
    return [event async for event in enable(kube, config, key)]


async def remove(kube: Kube) -> list[Event]:
    return [event async for event in disable(kube)]


def keys(server: FakeKubeServer) -> set[Key]:
    """All but what a controller makes of it."""
    return {key for key in server.store.objects if key[0] != "pods"}


async def the(kube: Kube, kind: str, name: str, namespace: str | None = NAMESPACE) -> Object:
    found = await kube.get(kind, name, namespace)
    assert found is not None
    return found


async def test_enable_ends_with_ready_pods_and_disable_leaves_nothing(kube: Kube, server: FakeKubeServer) -> None:
    before = keys(server)
    events = await install(kube)

    assert [one.step for one in events if isinstance(one, StepStarted)] == ["datadog", "datadog-ready"]
    assert {one["metadata"]["labels"]["app.kubernetes.io/name"] for one in await kube.list("Pod", NAMESPACE)} == {
        AGENT,
        CLUSTER_AGENT,
    }
    assert (await the(kube, "ConfigMap", IN_WORKSPACES, WORKSPACES_NAMESPACE))["data"]["DD_TRACE_AGENT_PORT"] == "8126"
    webhook = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration"}
    await kube.create({**webhook, "metadata": {"name": WEBHOOK}})  # as the Cluster Agent does

    await remove(kube)
    assert keys(server) == before


async def test_a_second_call_changes_nothing_and_a_new_key_reaches_the_pods(kube: Kube) -> None:
    await install(kube)
    first = await the(kube, "Secret", SECRET), await the(kube, "DaemonSet", AGENT)
    await install(kube)
    second = await the(kube, "Secret", SECRET), await the(kube, "DaemonSet", AGENT)
    await install(kube, key="f" * 32)
    third = await the(kube, "Secret", SECRET), await the(kube, "DaemonSet", AGENT)

    assert [one["metadata"]["resourceVersion"] for one in first] == [
        one["metadata"]["resourceVersion"] for one in second
    ]
    assert third[0]["data"]["token"] == first[0]["data"]["token"]
    changes = [one["spec"]["template"]["metadata"]["annotations"][SECRETS_ANNOTATION] for _, one in (second, third)]
    assert changes[0] != changes[1]


async def test_lite_takes_the_cluster_agent_away_and_full_brings_it_back(kube: Kube, server: FakeKubeServer) -> None:
    await install(kube)
    full = keys(server)
    await install(kube, LITE)
    assert not [key for key in keys(server) if CLUSTER_AGENT in key[2]]
    assert [pod["spec"]["hostPID"] for pod in await kube.list("Pod", NAMESPACE)] == [False]
    await install(kube)
    assert keys(server) == full


@pytest.mark.parametrize("request_number", [0, 3, 9, 16])
async def test_cut_off_anywhere_and_called_again_it_converges(
    kube: Kube, server: FakeKubeServer, request_number: int
) -> None:
    server.faults.extend([*[None] * request_number, Refuse(400)])
    with pytest.raises(ApiError):
        await install(kube)
    server.faults.clear()
    await install(kube)
    whole = keys(server)

    server.faults.extend([*[None] * request_number, Refuse(400)])
    with pytest.raises(ApiError):
        await remove(kube)
    server.faults.clear()
    await install(kube)
    assert keys(server) == whole
    await remove(kube)
    assert not [key for key in keys(server) if "datadog" in key[2]]


async def test_an_image_that_cannot_be_pulled_is_named_with_what_helps(kube: Kube, server: FakeKubeServer) -> None:
    server.controller.waiting = ("ImagePullBackOff", "Back-off pulling image")
    with pytest.raises(AgentImageError) as raised:
        await install(kube)

    assert "agent:7" in raised.value.detail
    assert "VIBECODE_DATADOG_AGENT_IMAGE" in raised.value.hint


async def test_a_crash_loop_ends_with_its_reason_and_the_end_of_its_log(kube: Kube, server: FakeKubeServer) -> None:
    server.controller.waiting = ("ContainerCreating", "")
    events: list[Event] = []

    async def follow() -> None:
        async for event in enable(kube, CONFIG, API_KEY):
            events.append(event)

    installing = asyncio.ensure_future(follow())
    while not (pods := await kube.list("Pod", NAMESPACE)):
        await asyncio.sleep(0.01)
    for pod in pods:
        name = pod["metadata"]["name"]
        server.say(NAMESPACE, name, "ERROR: no API key")
        container = {
            "name": pod["spec"]["containers"][0]["name"],
            "restartCount": 3,
            "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s"}},
            "lastState": {"terminated": {"exitCode": 255}},
        }
        await kube.patch(
            "Pod", name, NAMESPACE, {"status": {"phase": "Unknown", "containerStatuses": [container]}},
            subresource="status",
        )  # fmt: skip
    with pytest.raises(AgentFailedError, match="exit code 255"):
        await installing
    failed = events[-1]
    assert isinstance(failed, StepFailed)
    assert failed.log == ("ERROR: no API key",)


async def test_a_namespace_of_somebody_else_is_left_alone(kube: Kube, server: FakeKubeServer) -> None:
    await kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    before = keys(server)
    for call in (install, remove):
        with pytest.raises(AgentNamespaceError):
            await call(kube)
    assert keys(server) == before


async def test_a_workspace_of_any_name_stays(kube: Kube) -> None:
    labels = {"app.kubernetes.io/managed-by": "vibecode", "app.kubernetes.io/component": "workspace"}
    metadata = {"name": NAMESPACE, "namespace": WORKSPACES_NAMESPACE, "labels": labels}
    await kube.create({"apiVersion": "v1", "kind": "Service", "metadata": metadata})
    await install(kube)
    await remove(kube)
    assert await kube.get("Service", NAMESPACE, WORKSPACES_NAMESPACE) is not None
    assert await kube.get("ConfigMap", AGENT_ENV, WORKSPACES_NAMESPACE) is None


async def test_the_key_is_in_the_secret_alone(kube: Kube, server: FakeKubeServer) -> None:
    events = await install(kube)
    told = str([one for key, one in server.store.objects.items() if key[0] != "secrets"])
    assert API_KEY not in told
    assert API_KEY not in repr(events)
    assert API_KEY not in " ".join(server.requests)


async def test_a_cluster_that_is_gone_is_told(kube: Kube, server: FakeKubeServer) -> None:
    gone = Kube(replace(server.connection, server="http://127.0.0.1:1"), timeout=0.2, patience=0.2)
    with pytest.raises(ClusterUnreachableError):
        await install(gone)
    await gone.close()
