"""Workspaces as they change, through a fake API server; and what ends a watch."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from cluster.config import ClusterConfig
from cluster.engine import Workspace
from cluster.errors import ApiError, ClusterUnreachableError
from cluster.kind.engine import KindEngine
from cluster.kind.record import Record, State
from cluster.kube.api import Kube
from cluster.manifests.labels import EDITORS, SEEDED_ANNOTATION, WORKSPACE_LABEL, WORKSPACES_NAMESPACE
from cluster.watching import watched
from cluster.workspaces import KubernetesWorkspaces
from templates.events import Step
from templates.toolchains import ToolchainName
from tests.fakes.images import FakeImages
from tests.fakes.kube_server import FakeKubeServer, Refuse, Silence

Watch = AsyncGenerator[tuple[Workspace, ...]]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[FakeKubeServer]:
    async with FakeKubeServer(tmp_path / "volumes") as server:
        server.store.create(("namespaces", "", WORKSPACES_NAMESPACE), {"apiVersion": "v1", "kind": "Namespace"})
        yield server


@pytest.fixture
async def workspaces(server: FakeKubeServer, tmp_path: Path) -> AsyncIterator[KubernetesWorkspaces]:
    async def mend_image(_: Sequence[ToolchainName], __: Step) -> bool:
        raise AssertionError

    kube = Kube(server.connection, timeout=1, patience=1)
    yield KubernetesWorkspaces(
        kube, ClusterConfig(home=tmp_path), "kind", "our/image:1", 8080, mend_image, FakeImages().bring
    )
    await kube.close()


def key(name: str) -> tuple[str, str, str]:
    return "deployments", WORKSPACES_NAMESPACE, name


def put(server: FakeKubeServer, name: str, replicas: int = 1) -> None:
    labels = {**EDITORS, WORKSPACE_LABEL: name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "editor", "image": "some/image"}]}}
    metadata = {"labels": labels, "annotations": {SEEDED_ANNOTATION: "true"}}
    spec = {"replicas": replicas, "template": template}
    server.store.create(key(name), {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec})
    if replicas:
        server.controller.settle()


def scale(server: FakeKubeServer, name: str, replicas: int) -> None:
    server.store.patch(key(name), {"spec": {"replicas": replicas}})
    server.controller.settle()


def states(told: tuple[Workspace, ...]) -> dict[str, Any]:
    return {one.name: one.state for one in told}


async def until(watch: Watch, wanted: dict[str, Any]) -> None:
    async for told in watch:
        if states(told) == wanted:
            return


async def test_all_are_told_at_once_and_each_change_within_a_tenth_of_a_second(
    server: FakeKubeServer, workspaces: KubernetesWorkspaces
) -> None:
    put(server, "shop")
    put(server, "blog", replicas=0)
    async with aclosing(workspaces.watch()) as watch:
        assert states(await anext(watch)) == {"blog": "stopped", "shop": "running"}
        await server.watched()
        for change, wanted in (
            (lambda: scale(server, "shop", 0), {"blog": "stopped", "shop": "stopped"}),
            (lambda: scale(server, "blog", 1), {"blog": "running", "shop": "stopped"}),
            (lambda: server.store.delete(key("shop")), {"blog": "running"}),
        ):
            began = monotonic()
            change()
            await until(watch, wanted)
            assert monotonic() - began < 0.1


async def test_a_cluster_without_workspaces_says_so(workspaces: KubernetesWorkspaces) -> None:
    async with aclosing(workspaces.watch()) as watch:
        assert await anext(watch) == ()


async def test_many_changes_are_told_together_and_cost_no_request(
    server: FakeKubeServer, workspaces: KubernetesWorkspaces
) -> None:
    names = [f"shop-{number}" for number in range(50)]
    async with aclosing(workspaces.watch()) as watch:
        assert await anext(watch) == ()
        for name in names:
            put(server, name, replicas=0)
        told = 0
        async for every in watch:
            told += 1
            if states(every) == dict.fromkeys(sorted(names), "stopped"):
                break
    assert told < 10
    assert len([request for request in server.requests if "deployments" in request]) == 2  # one list, one watch
    assert len([request for request in server.requests if "pods" in request]) == 2


async def test_only_what_changed_is_looked_at_again(server: FakeKubeServer, workspaces: KubernetesWorkspaces) -> None:
    looked: list[str] = []

    def make(deployment: Any, pods: Any) -> Workspace:
        looked.append(name := deployment["metadata"]["name"])
        return Workspace(name, "", "stopped" if not pods else "running", "kind")

    for name in ("blog", "shop", "zoo"):
        put(server, name)
    async with aclosing(watched(workspaces.kube, make)) as watch:
        assert await anext(watch)
        looked.clear()
        scale(server, "shop", 0)
        await until(watch, {"blog": "running", "shop": "stopped", "zoo": "running"})
    assert set(looked) == {"shop"}


async def test_what_happened_while_the_server_forgot_is_told(
    server: FakeKubeServer, workspaces: KubernetesWorkspaces
) -> None:
    put(server, "shop")
    put(server, "blog")
    async with aclosing(workspaces.watch()) as watch:
        assert states(await anext(watch)) == {"blog": "running", "shop": "running"}
        await server.watched()
        server.store.delete(key("shop"))
        scale(server, "blog", 0)
        server.store.forget()
        await until(watch, {"blog": "stopped"})


async def test_a_cut_connection_is_made_again(server: FakeKubeServer, workspaces: KubernetesWorkspaces) -> None:
    put(server, "shop")
    async with aclosing(workspaces.watch()) as watch:
        assert states(await anext(watch)) == {"shop": "running"}
        await server.watched()
        server.cut_all()
        scale(server, "shop", 0)
        await until(watch, {"shop": "stopped"})


async def test_a_server_that_stays_away_is_told(server: FakeKubeServer, workspaces: KubernetesWorkspaces) -> None:
    async with aclosing(workspaces.watch()) as watch:
        assert await anext(watch) == ()
        await server.watched()
        server.faults.extend([Silence()] * 100)
        server.cut_all()
        with pytest.raises(ClusterUnreachableError):
            await anext(watch)
    await server.unwatched()


async def test_a_server_that_falls_silent_is_told(server: FakeKubeServer, workspaces: KubernetesWorkspaces) -> None:
    async with aclosing(watched(workspaces.kube, workspaces.seen, beat=0.05)) as watch:
        assert await anext(watch) == ()
        await server.watched()
        server.faults.extend([Silence()] * 100)
        with pytest.raises(ClusterUnreachableError):
            await anext(watch)
    await server.unwatched()


async def test_a_refusal_is_told_as_what_it_is(server: FakeKubeServer, workspaces: KubernetesWorkspaces) -> None:
    server.faults.append(Refuse(403))
    async with aclosing(workspaces.watch()) as watch:
        with pytest.raises(ApiError):
            await anext(watch)


async def test_who_leaves_ends_all_connections(server: FakeKubeServer, workspaces: KubernetesWorkspaces) -> None:
    watch = workspaces.watch()
    assert await anext(watch) == ()
    await server.watched()
    waiting = asyncio.ensure_future(anext(watch))
    await asyncio.sleep(0)

    waiting.cancel()
    await asyncio.wait([waiting])

    assert waiting.cancelled()
    await server.unwatched()


async def test_a_cluster_that_comes_later_is_waited_for(server: FakeKubeServer, tmp_path: Path) -> None:
    put(server, "shop")
    engine = KindEngine(ClusterConfig(home=tmp_path))
    async with aclosing(engine.watch()) as watch:
        assert await anext(watch) == ()
        assert server.requests == []

        record = Record(tmp_path / "clusters" / "vibecode")
        record.write(State("created", 8080, 8443))
        (record.folder / "connection.json").write_text(json.dumps({"server": server.connection.server}))

        [shop] = await anext(watch)
        assert (shop.name, shop.state, shop.url) == ("shop", "running", "http://shop.vibecode.localhost:8080/")
    await engine.close()
    await server.unwatched()
