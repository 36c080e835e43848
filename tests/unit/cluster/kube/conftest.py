"""A fake API server with a running pod, and a client that does not wait long."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cluster.kube.api import Kube, Object
from tests.fakes.kube_server import FakeKubeServer

NAMESPACE = "shop"
POD = "box"


def config_map(name: str, **data: str) -> Object:
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[FakeKubeServer]:
    async with FakeKubeServer(tmp_path) as server:
        start_pod(server)
        yield server


@pytest.fixture
async def kube(server: FakeKubeServer) -> AsyncIterator[Kube]:
    """Silence ends an attempt after 0.3 s."""
    kube = Kube(server.connection, timeout=0.3, patience=10.0)
    yield kube
    await kube.close()


def start_pod(server: FakeKubeServer) -> None:
    server.store.create(("namespaces", "", NAMESPACE), {"apiVersion": "v1", "kind": "Namespace"})
    spec = {"containers": [{"name": "main", "image": "any"}]}
    server.store.create(("pods", NAMESPACE, POD), {"apiVersion": "v1", "kind": "Pod", "spec": spec})
