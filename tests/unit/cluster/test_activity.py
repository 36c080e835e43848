"""Pods and events in a person's words."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cluster.activity import activity, occurrence, unit, workspace_activity
from cluster.engine import Occurrence, Unit
from cluster.kube.api import Kube
from cluster.manifests.labels import MANAGED_BY, SYSTEM_NAMESPACE, WORKSPACE_LABEL, WORKSPACES_NAMESPACE
from cluster.names import workspace_of
from tests.fakes.kube_server import FakeKubeServer

AT = datetime(2026, 1, 1, tzinfo=UTC)
CREATED = "2026-01-01T00:00:00Z"


def pod(name: str, container: str = "editor", *, workspace: str | None = None, **status: Any) -> Any:
    labels = MANAGED_BY | ({WORKSPACE_LABEL: workspace} if workspace else {})
    spec = {"containers": [{"name": container, "image": "some/image:1"}]}
    return {"metadata": {"name": name, "creationTimestamp": CREATED, "labels": labels}, "spec": spec, "status": status}


def container(name: str = "editor", *, restarts: int = 0, **told: Any) -> Any:
    return [{"name": name, "image": "some/image:1", "restartCount": restarts, **told}]


RUNNING = {"state": {"running": {}}}
WAITING = {"state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}}


@pytest.mark.parametrize(
    ("one", "state", "words", "restarts"),
    [
        (pod("p"), "starting", "preparing the volume", 0),
        (pod("p", containerStatuses=container(**RUNNING)), "running", "the editor is starting", 0),
        (pod("p", containerStatuses=container(**RUNNING, ready=True)), "running", "the editor runs", 0),
        (
            pod("p", containerStatuses=container(**RUNNING, started=True, ready=False)),
            "running",
            "the editor runs, but does not answer",
            0,
        ),
        (
            pod("p", "traefik", containerStatuses=container("traefik", restarts=2, **RUNNING, ready=True)),
            "running",
            "traefik runs",
            2,
        ),
        (
            pod("p", "traefik", containerStatuses=container("traefik", restarts=5, **WAITING)),
            "failed",
            "traefik does not start (CrashLoopBackOff)",
            5,
        ),
        (
            pod("p", phase="Failed", reason="Evicted", message="no memory"),
            "failed",
            "the pod was ended (Evicted): no memory",
            0,
        ),
    ],
)
def test_a_pod_is_told_as_what_it_does(one: Any, state: Any, words: str, restarts: int) -> None:
    assert unit(one) == Unit("Pod", "p", state, words, AT, restarts)


def test_a_pod_that_is_being_deleted_is_ending() -> None:
    one = pod("p", workspace="shop", containerStatuses=container(**RUNNING, ready=True))
    one["metadata"]["deletionTimestamp"] = CREATED
    assert (unit(one).state, unit(one).words, unit(one).workspace) == ("ending", "the old pod is ending", "shop")


def event(
    kind: str, name: str, reason: str, *, number: int = 0, namespace: str = WORKSPACES_NAMESPACE, **told: Any
) -> Any:
    metadata = {"name": f"{name}.{number:016x}", "namespace": namespace, "creationTimestamp": CREATED}
    return {"metadata": metadata, "involvedObject": {"kind": kind, "name": name}, "reason": reason, **told}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            event("Pod", "my-shop-6f9-abcde", "FailedScheduling", type="Warning", message="0/1 nodes ", count=3),
            Occurrence(AT, "Pod", "my-shop-6f9-abcde", "FailedScheduling", "0/1 nodes",
                       "there is no place on the node", 3, True, "my-shop"),
        ),
        (
            event("PersistentVolumeClaim", "my-shop", "Provisioning", type="Normal",
                  firstTimestamp="2025-12-31T00:00:00Z", lastTimestamp=CREATED),
            Occurrence(AT, "PersistentVolumeClaim", "my-shop", "Provisioning", "", "the volume is being made",
                       workspace="my-shop"),
        ),
        (
            event("Pod", "a-b-c", "Unheard", message="of", eventTime="2025-12-31T00:00:00.000001Z",
                  series={"count": 7, "lastObservedTime": "2026-01-01T00:00:00.000000Z"}),
            Occurrence(AT, "Pod", "a-b-c", "Unheard", "of", "of", 7, workspace="a"),
        ),
        (
            event("Node", "n", "Starting", namespace="default", message=None, lastTimestamp=None, count=None),
            Occurrence(AT, "Node", "n", "Starting", "", "Starting"),
        ),
    ],
)  # fmt: skip
def test_an_event_is_told_in_words(told: Any, expected: Occurrence) -> None:
    assert occurrence(told) == expected


@pytest.mark.parametrize(
    ("kind", "name", "workspace"),
    [
        ("Deployment", "my-shop-2", "my-shop-2"),
        ("ReplicaSet", "my-shop-2-6f9", "my-shop-2"),
        ("Pod", "my-shop-2-6f9-abcde", "my-shop-2"),
        ("PersistentVolumeClaim", "shop", "shop"),
        ("PersistentVolumeClaim", "my-shop--redis", "my-shop"),
        ("Pod", "my-shop--redis-0", "my-shop"),
    ],
)
def test_whose_an_object_is(kind: str, name: str, workspace: str) -> None:
    assert workspace_of(kind, name) == workspace


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[FakeKubeServer]:
    async with FakeKubeServer(tmp_path) as server:
        for namespace in (SYSTEM_NAMESPACE, WORKSPACES_NAMESPACE):
            server.store.create(("namespaces", "", namespace), {"apiVersion": "v1", "kind": "Namespace"})
        put(server, "pods", WORKSPACES_NAMESPACE, pod("shop-6f9-abcde", workspace="shop"))
        put(server, "pods", WORKSPACES_NAMESPACE, pod("shop-2-6f9-abcde", workspace="shop-2"))
        put(server, "pods", SYSTEM_NAMESPACE, pod("traefik-6f9-abcde", "traefik"))
        put(server, "pods", "default", pod("stranger"))
        for told in (
            event("Pod", "shop-6f9-abcde", "Started", number=2, lastTimestamp=CREATED),
            event("Pod", "shop-6f9-abcde", "Created", number=1, lastTimestamp=CREATED),
            event("Pod", "shop-6f9-abcde", "Killing", number=0, lastTimestamp="2026-01-01T00:00:05Z"),
            event("Pod", "shop-2-6f9-abcde", "BackOff", number=3, lastTimestamp=CREATED),
            event("Node", "n", "NodeReady", number=4, namespace="default", lastTimestamp=CREATED),
            event("Pod", "stranger", "Started", number=5, namespace="default", lastTimestamp=CREATED),
            event("Pod", "traefik-6f9-abcde", "Pulled", number=6, namespace=SYSTEM_NAMESPACE, lastTimestamp=CREATED),
        ):
            put(server, "events", told["metadata"]["namespace"], told)
        yield server


@pytest.fixture
async def kube(server: FakeKubeServer) -> AsyncIterator[Kube]:
    kube = Kube(server.connection)
    yield kube
    await kube.close()


def put(server: FakeKubeServer, plural: str, namespace: str, one: Any) -> None:
    server.store.create((plural, namespace, one["metadata"]["name"]), one)


async def test_what_is_ours_is_told_the_newest_last(kube: Kube) -> None:
    told = await activity(kube)

    assert [(one.workspace, one.name) for one in told.units] == [
        (None, "traefik-6f9-abcde"),
        ("shop", "shop-6f9-abcde"),
        ("shop-2", "shop-2-6f9-abcde"),
    ]
    reasons = ["Created", "Started", "BackOff", "NodeReady", "Pulled", "Killing"]
    assert [one.reason for one in told.occurrences] == reasons


async def test_of_one_workspace_only_its_own_is_told(kube: Kube) -> None:
    told = await workspace_activity(kube, "shop")

    assert [one.name for one in told.units] == ["shop-6f9-abcde"]
    assert [one.reason for one in told.occurrences] == ["Created", "Started", "Killing"]
