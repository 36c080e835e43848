"""A fake cluster with our namespaces, and what to install in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.datadog.agent.config import AgentConfig
from cluster.kube.api import Kube
from cluster.manifests.system import namespaces
from tests.fakes.kube_server import FakeKubeServer

CONFIG = AgentConfig(site="datadoghq.eu", host="laptop", cluster="vibecode", version="1.2.3")
API_KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[FakeKubeServer]:
    async with FakeKubeServer(tmp_path / "pods") as server:
        yield server


@pytest.fixture
async def kube(server: FakeKubeServer) -> AsyncIterator[Kube]:
    kube = Kube(server.connection, timeout=2, patience=2)
    for one in namespaces(ClusterConfig(home=Path("unused"))):
        await kube.apply(one)
    yield kube
    await kube.close()
