"""Services beside workspaces, by a fake API server: made once, reached by one workspace, kept, and removed whole."""

import json
from base64 import b64decode
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cluster.config import ClusterConfig, Images
from cluster.errors import ImagePullError, ServiceNotFoundError, WorkspaceFailedError, WorkspaceStoppedError
from cluster.kube.api import Kube
from cluster.manifests import packages, service, workspace
from cluster.manifests.labels import WORKSPACES_NAMESPACE, labels
from cluster.manifests.workspace import Address
from cluster.service_programs import PROGRAMS
from cluster.workspaces import KubernetesWorkspaces
from templates.events import Event, Step, StepDone, StepFailed, StepStarted, stream
from templates.project import Manifest, Project, ProjectFile
from templates.services import SERVICES, ServiceName
from templates.toolchains import ToolchainName
from tests.fakes.editor import FakeEditor
from tests.fakes.images import FakeImages
from tests.fakes.kube_server import FakeKubeServer

CONFIG = ClusterConfig(home=Path("unused"), images=Images(postgresql="mirror.example/postgres:17"))
MANIFEST = Manifest("Shop", template="shop", services=("postgresql", "redis"))
SHOP = Project(MANIFEST, (ProjectFile("README.md", b"hello"),))
NAMES = ("shop--postgresql", "shop--redis")


def container(stateful_set: Any) -> Any:
    [only] = stateful_set["spec"]["template"]["spec"]["containers"]
    return only


def named(objects: list[Any], kind: str, name: str) -> Any:
    return next(one for one in objects if (one["kind"], one["metadata"]["name"]) == (kind, name))


def selected(policy: Any) -> dict[str, str]:
    return policy["spec"]["podSelector"]["matchLabels"]


@pytest.mark.parametrize("name", SERVICES)
def test_its_pod_is_restricted_and_its_image_a_setting(name: ServiceName) -> None:
    made = service.stateful_set("shop", name, CONFIG)
    pod = made["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container(made)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert set(container(made)["resources"]) == {"requests", "limits"}
    assert container(made)["image"] == getattr(CONFIG.images, name)


@pytest.mark.parametrize("name", SERVICES)
def test_the_password_is_in_its_secret_alone(name: ServiceName) -> None:
    made = [service.stateful_set("shop", name, CONFIG), *service.parts("shop", name, CONFIG)]
    secret = service.secret("shop", name, "s3cr3t", CONFIG)

    assert "s3cr3t" not in json.dumps(made)
    assert secret["stringData"]["url"] == PROGRAMS[name].url(f"shop--{name}", PROGRAMS[name].port, "s3cr3t")
    assert f":s3cr3t@shop--{name}:{PROGRAMS[name].port}/" in secret["stringData"]["url"]


@pytest.mark.parametrize("name", SERVICES)
def test_it_and_its_workspace_reach_each_other_on_one_port_and_nobody_else(name: ServiceName) -> None:
    made = service.parts("shop", name, CONFIG)
    way_in = named(made, "NetworkPolicy", f"shop--{name}")
    way_out = named(made, "NetworkPolicy", f"shop--{name}-client")
    port = [{"protocol": "TCP", "port": PROGRAMS[name].port}]
    editor = labels("code-server", instance="shop", component="workspace", version="1")
    pod = service.stateful_set("shop", name, CONFIG)["spec"]["template"]["metadata"]["labels"]

    assert selected(way_in).items() <= pod.items()
    assert selected(way_out).items() <= editor.items()
    assert way_in["spec"]["policyTypes"] == ["Ingress", "Egress"]
    assert "egress" not in way_in["spec"]
    assert way_in["spec"]["ingress"] == [{"from": [{"podSelector": {"matchLabels": selected(way_out)}}], "ports": port}]
    assert way_out["spec"]["egress"] == [{"to": [{"podSelector": {"matchLabels": selected(way_in)}}], "ports": port}]


def test_the_workspaces_code_is_told_where_they_are() -> None:
    made = workspace.deployment(Address("shop", "x.test", 80), MANIFEST, "d1g3st", "image:1", CONFIG)
    told = {one["name"]: one.get("valueFrom") for one in container(made)["env"]}
    assert told["DATABASE_URL"] == {"secretKeyRef": {"name": "shop--postgresql", "key": "url"}}
    assert told["REDIS_URL"] == {"secretKeyRef": {"name": "shop--redis", "key": "url"}}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[FakeKubeServer]:
    async with FakeKubeServer(tmp_path / "volumes") as server:
        yield server


@pytest.fixture
async def kube(server: FakeKubeServer) -> AsyncIterator[Kube]:
    kube = Kube(server.connection, timeout=5, patience=5)
    await kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": WORKSPACES_NAMESPACE}})
    yield kube
    await kube.close()


@pytest.fixture
def images() -> FakeImages:
    return FakeImages()


@pytest.fixture
async def workspaces(kube: Kube, images: FakeImages, tmp_path: Path) -> AsyncIterator[KubernetesWorkspaces]:
    async def mend_image(_: Sequence[ToolchainName], __: Step) -> bool:
        return False

    async with FakeEditor() as editor:
        config = ClusterConfig(home=tmp_path, base_domain="x.test")
        yield KubernetesWorkspaces(kube, config, "kind", "our/image:1", editor.port, mend_image, images.bring)


async def create(workspaces: KubernetesWorkspaces, project: Project = SHOP, name: str = "shop") -> list[Event]:
    return [event async for event in stream(lambda steps: workspaces.create(name, project, steps))]


async def done(events: AsyncIterator[Event]) -> list[str]:
    return [event.step async for event in events if isinstance(event, StepDone)]


async def replicas(kube: Kube) -> dict[str, int]:
    found = await kube.list("StatefulSet", WORKSPACES_NAMESPACE)
    return {one["metadata"]["name"]: one["spec"]["replicas"] for one in found}


async def claims(kube: Kube) -> set[str]:
    """Of workspaces and their services; what all workspaces share is none of theirs."""
    found = await kube.list("PersistentVolumeClaim", WORKSPACES_NAMESPACE)
    return {one["metadata"]["uid"] for one in found if one["metadata"]["name"] != packages.CLAIM}


def password(server: FakeKubeServer, name: str) -> str:
    secret = server.store.get(("secrets", WORKSPACES_NAMESPACE, name))
    encoded = secret.get("data", {}).get("password")
    return b64decode(encoded).decode() if encoded else secret["stringData"]["password"]


async def test_they_are_made_with_their_workspace(
    workspaces: KubernetesWorkspaces, server: FakeKubeServer, kube: Kube, images: FakeImages
) -> None:
    events = await create(workspaces)

    assert {event.step for event in events if isinstance(event, StepDone)} >= {"postgresql", "redis", "ready"}
    assert sorted(images.brought) == ["postgres:17", "redis:8"]
    assert await replicas(kube) == dict.fromkeys(NAMES, 1)
    assert [one.name for one in await workspaces.list()] == ["shop"]
    units = {one.name: one.words for one in (await workspaces.activity("shop")).units}
    assert [units[f"{name}-0"] for name in NAMES] == ["postgresql runs", "redis runs"]
    assert len({password(server, name) for name in NAMES}) == 2


async def test_a_workspace_without_any_has_none(workspaces: KubernetesWorkspaces, kube: Kube) -> None:
    await create(workspaces, replace(SHOP, manifest=Manifest("Shop")))
    assert await replicas(kube) == {}
    assert await kube.list("Secret", WORKSPACES_NAMESPACE) == []


async def test_they_stop_and_start_with_it_and_keep_what_they_have(
    workspaces: KubernetesWorkspaces, kube: Kube, images: FakeImages
) -> None:
    await create(workspaces)
    before = await claims(kube)

    await done(stream(lambda steps: workspaces.stop("shop", steps)))
    assert await replicas(kube) == dict.fromkeys(NAMES, 0)
    assert await kube.list("Pod", WORKSPACES_NAMESPACE) == []

    images.brought.clear()
    steps_done = await done(stream(lambda steps: workspaces.start("shop", steps)))
    assert set(steps_done) == {"ready", "postgresql", "redis"}
    assert await replicas(kube) == dict.fromkeys(NAMES, 1)
    assert sorted(images.brought) == ["postgres:17", "redis:8"]
    assert await claims(kube) == before
    assert len(before) == 3


async def test_nothing_of_them_is_left_once_it_is_deleted(
    workspaces: KubernetesWorkspaces, server: FakeKubeServer
) -> None:
    await create(workspaces)
    await create(workspaces, name="shop-2")
    await done(stream(lambda steps: workspaces.delete("shop", steps)))
    left = {key[2] for key in server.store.objects if key[1] == WORKSPACES_NAMESPACE} - {packages.CLAIM}
    assert left
    assert {name for name in left if not name.startswith("shop-2")} == set()


@pytest.mark.parametrize("step", ["workspace", "postgresql", "redis", "ready"])
@pytest.mark.parametrize("event", [StepStarted, StepDone])
async def test_a_creation_that_was_cut_off_goes_on_with_the_same_password(
    workspaces: KubernetesWorkspaces, server: FakeKubeServer, step: str, event: type[Event], kube: Kube
) -> None:
    async with aclosing(stream(lambda steps: workspaces.create("shop", SHOP, steps))) as events:
        async for one in events:
            if isinstance(one, event) and one.step == step:
                break
    kept = {one["metadata"]["name"]: one for one in await kube.list("Secret", WORKSPACES_NAMESPACE)}

    await create(workspaces)

    assert (await workspaces.get("shop")).state == "running"
    assert await replicas(kube) == dict.fromkeys(NAMES, 1)
    now = {one["metadata"]["name"]: one for one in await kube.list("Secret", WORKSPACES_NAMESPACE)}
    assert {name: now[name] for name in kept} == kept


async def test_an_image_that_cannot_be_had_fails_by_its_name_and_the_same_call_goes_on(
    workspaces: KubernetesWorkspaces, images: FakeImages
) -> None:
    images.absent = {"redis:8"}
    events: list[Event] = []

    async def collect() -> None:
        async for event in stream(lambda steps: workspaces.create("shop", SHOP, steps)):
            events.append(event)

    with pytest.raises(ImagePullError, match="redis:8"):
        await collect()
    assert "redis" in {event.step for event in events if isinstance(event, StepFailed)}

    images.absent = set()
    await create(workspaces)
    assert (await workspaces.get("shop")).state == "running"


async def test_one_that_does_not_start_is_told_by_its_own_name(
    workspaces: KubernetesWorkspaces, server: FakeKubeServer, kube: Kube
) -> None:
    await create(workspaces)
    await done(stream(lambda steps: workspaces.stop("shop", steps)))
    server.controller.waiting = ("CrashLoopBackOff", "")
    with pytest.raises(WorkspaceFailedError, match=r"(postgresql|redis|the editor) ends as soon as it starts"):
        await done(stream(lambda steps: workspaces.start("shop", steps)))
    told = (await workspaces.activity("shop")).units
    assert "redis does not start (CrashLoopBackOff)" in {one.words for one in told}


async def states(workspaces: KubernetesWorkspaces) -> dict[str, tuple[str, bool]]:
    [listed] = await workspaces.list()
    assert (await workspaces.get("shop")).services == listed.services
    async with aclosing(workspaces.watch()) as watch:
        assert (await anext(watch))[0].services == listed.services
    return {one.name: (one.state, one.reason is None) for one in listed.services}


async def test_the_state_of_each_is_told_with_its_workspace(
    workspaces: KubernetesWorkspaces, server: FakeKubeServer
) -> None:
    await create(workspaces)
    assert await states(workspaces) == {"postgresql": ("running", True), "redis": ("running", True)}

    await done(stream(lambda steps: workspaces.stop("shop", steps)))
    assert await states(workspaces) == {"postgresql": ("stopped", True), "redis": ("stopped", True)}

    server.controller.waiting = ("CrashLoopBackOff", "")
    with pytest.raises(WorkspaceFailedError):
        await done(stream(lambda steps: workspaces.start("shop", steps)))
    [shop] = await workspaces.list()
    redis = next(one for one in shop.services if one.name == "redis")
    assert redis.state == "failed"
    assert "redis does not start (CrashLoopBackOff)" in (redis.reason or "")


async def test_each_has_a_log_of_its_own(workspaces: KubernetesWorkspaces, server: FakeKubeServer) -> None:
    await create(workspaces, replace(SHOP, manifest=replace(MANIFEST, services=("redis",))))
    server.say(WORKSPACES_NAMESPACE, "shop--redis-0", "ready to accept connections")
    assert [line async for line in workspaces.logs("shop", service="redis")] == ["ready to accept connections"]
    with pytest.raises(ServiceNotFoundError, match="PostgreSQL"):
        [line async for line in workspaces.logs("shop", service="postgresql")]
    await done(stream(lambda steps: workspaces.stop("shop", steps)))
    with pytest.raises(WorkspaceStoppedError):
        [line async for line in workspaces.logs("shop", service="redis")]
