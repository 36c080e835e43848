"""What the kubelet says about pods, as what workspaces take."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from cluster.engine import Usage
from cluster.errors import ClusterUnreachableError
from cluster.kube.api import Kube
from cluster.usage import node_usage, parse_summary
from tests.fakes.kube_server import Cut, FakeKubeServer, Refuse

NODE = "vibecode-control-plane"


def pod(name: str, namespace: str = "vibecode-workspaces", started: str = "2026-01-01T00:00:00Z", **told: Any) -> Any:
    return {"podRef": {"name": name, "namespace": namespace}, "startTime": started, **told}


def cpu(nanocores: int) -> Any:
    return {"usageNanoCores": nanocores, "usageCoreNanoSeconds": 10**12}


def memory(size: int) -> Any:
    return {"usageBytes": 9 * size, "workingSetBytes": size, "rssBytes": size // 2}


@pytest.mark.parametrize(
    ("pods", "usage"),
    [
        ([], {}),
        ([pod("shop-6f9-abcde", cpu=cpu(12_400_000), memory=memory(1000))], {"shop": Usage(12, 1000)}),
        ([pod("my-shop-2-6f9-abcde", cpu=cpu(0), memory=memory(0))], {"my-shop-2": Usage(0, 0)}),
        ([pod("shop-6f9-abcde", memory=memory(1000))], {"shop": Usage(None, 1000)}),
        ([pod("shop-6f9-abcde")], {"shop": Usage()}),
        ([pod("traefik-6f9-abcde", "vibecode-system", cpu=cpu(10**9), memory=memory(1000))], {}),
        (
            [
                pod("shop-6f9-newer", started="2026-01-01T00:00:09Z", cpu=cpu(10**9), memory=memory(2)),
                pod("shop-6f9-older", cpu=cpu(10**8), memory=memory(1)),
            ],
            {"shop": Usage(1000, 2)},
        ),
        (
            [
                pod("shop--redis-0", started="2026-01-01T00:00:09Z", cpu=cpu(10**7), memory=memory(3)),
                pod("shop-6f9-abcde", cpu=cpu(10**8), memory=memory(1)),
                pod("shop--postgresql-0"),
            ],
            {"shop": Usage(110, 4)},
        ),
    ],
)
def test_a_summary_is_told_by_workspace(pods: list[Any], usage: dict[str, Usage]) -> None:
    assert parse_summary({"node": {}, "pods": pods}) == usage


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[FakeKubeServer]:
    async with FakeKubeServer(tmp_path) as server:
        server.store.create(("nodes", "", NODE), {"apiVersion": "v1", "kind": "Node"})
        yield server


@pytest.fixture
async def kube(server: FakeKubeServer) -> AsyncIterator[Kube]:
    kube = Kube(server.connection, timeout=1, patience=1)
    yield kube
    await kube.close()


async def test_all_workspaces_are_asked_for_at_once(server: FakeKubeServer, kube: Kube) -> None:
    server.summary = [pod(f"shop{number}-6f9-abcde", cpu=cpu(10**6), memory=memory(1)) for number in range(500)]
    usage = await node_usage(kube, NODE)

    assert usage == {f"shop{number}": Usage(1, 1) for number in range(500)}
    assert server.requests == [f"GET /api/v1/nodes/{NODE}/proxy/stats/summary"]


async def test_a_kubelet_that_does_not_answer_leaves_it_unknown(server: FakeKubeServer, kube: Kube) -> None:
    server.faults.append(Refuse(403))
    assert await node_usage(kube, NODE) == {}
    server.faults.extend([Refuse(503)] * 20)
    assert await node_usage(kube, NODE) == {}


async def test_a_server_that_is_gone_is_told(server: FakeKubeServer, kube: Kube) -> None:
    server.faults.extend([Cut()] * 20)
    with pytest.raises(ClusterUnreachableError):
        await node_usage(kube, NODE)
