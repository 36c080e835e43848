"""A cluster's parts in words."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from cluster.config import Images
from cluster.kind.parts import node_words, parts, storage_words
from cluster.kube.api import Kube
from cluster.manifests.labels import EDITORS, SYSTEM_NAMESPACE, WORKSPACES_NAMESPACE
from tests.fakes.kube_server import FakeKubeServer

CAPACITY = {"cpu": "2", "memory": "8388608Ki"}


def node(capacity: Any, **conditions: str) -> Any:
    told = [{"type": kind, "status": status} for kind, status in conditions.items()]
    status = {"conditions": told, "capacity": capacity, "nodeInfo": {"kubeletVersion": "v1.34.4"}}
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "status": status}


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (node(CAPACITY, Ready="True", DiskPressure="False"), "n (ready), 2 CPUs, 8.0 GiB of memory"),
        (node({}, Ready="Unknown"), "n (not ready)"),
        (node({}), "n (not ready)"),
        (
            node({}, Ready="True", DiskPressure="True", MemoryPressure="True"),
            "n (ready), its memory is nearly used up, its disk is nearly full",
        ),
    ],
)
def test_a_node_is_told_with_what_it_runs_short_of(one: Any, words: str) -> None:
    assert node_words(one) == words


def claim(name: str, size: str) -> Any:
    metadata = {"name": name, "namespace": WORKSPACES_NAMESPACE, "labels": EDITORS}
    spec = {"resources": {"requests": {"storage": size}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec}


STANDARD = {"metadata": {"name": "standard"}, "provisioner": "rancher.io/local-path"}


@pytest.mark.parametrize(
    ("classes", "sizes", "words"),
    [
        ([], [], "none, 0 volumes"),
        ([STANDARD], ["10Gi"], "standard (rancher.io/local-path), 1 volume: 1 of 10Gi"),
        (
            [STANDARD],
            ["10Gi", "5Gi", "10Gi"],
            "standard (rancher.io/local-path), 3 volumes: 2 of 10Gi, 1 of 5Gi",
        ),
    ],
)
def test_storage_is_told_with_what_is_taken(classes: list[Any], sizes: list[str], words: str) -> None:
    assert storage_words(classes, [claim("shop", size) for size in sizes]) == words


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[FakeKubeServer]:
    async with FakeKubeServer(tmp_path) as server:
        for namespace in (SYSTEM_NAMESPACE, WORKSPACES_NAMESPACE):
            server.store.create(("namespaces", "", namespace), {"apiVersion": "v1", "kind": "Namespace"})
        server.store.create(("nodes", "", "n"), node(CAPACITY, Ready="True"))
        server.store.create(("persistentvolumeclaims", WORKSPACES_NAMESPACE, "shop"), claim("shop", "10Gi"))
        yield server


@pytest.mark.parametrize(
    ("images", "editor"),
    [
        (Images(), "4.139.1"),
        (Images(code_server="mirror:5000/code-server:4.1@sha256:abc"), "4.1"),
        (Images(code_server="mirror:5000/code-server"), "mirror:5000/code-server"),
        (Images(workspace="mine:1"), "in mine:1"),
    ],
)
async def test_all_parts_are_told(server: FakeKubeServer, images: Images, editor: str) -> None:
    template = {"metadata": {}, "spec": {"containers": [{"name": "traefik", "image": "traefik:v3.7.13"}]}}
    key = ("deployments", SYSTEM_NAMESPACE, "traefik")
    kube = Kube(server.connection)

    before = await parts(kube, images, "here")
    server.store.create(key, {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": template}})
    server.controller.settle()
    after = await parts(kube, images, "here")

    await kube.close()
    assert before["traefik"] == "not there"
    assert after == {
        "node": "n (ready), 2 CPUs, 8.0 GiB of memory",
        "kubernetes": "v1.34.4",
        "ingress": "here",
        "traefik": "v3.7.13 (ready)",
        "code-server": editor,
        "storage": "none, 1 volume: 1 of 10Gi",
    }
