"""Watches that heal, and the differences that they tell after the server forgot."""

import asyncio
from contextlib import aclosing
from time import monotonic
from typing import Any

import pytest

from cluster.errors import ApiError, ClusterUnreachableError
from cluster.kube.api import Kube, WatchEvent
from cluster.kube.watch import Known, differences
from tests.fakes.kube_server import Cut, FakeKubeServer, Refuse, Silence
from tests.unit.cluster.kube.conftest import NAMESPACE, config_map


def put(server: FakeKubeServer, name: str, **data: str) -> None:
    key = ("configmaps", NAMESPACE, name)
    if key in server.store.objects:
        server.store.patch(key, {"data": data})
    else:
        server.store.create(key, config_map(name, **data))


def drop(server: FakeKubeServer, name: str) -> None:
    server.store.delete(("configmaps", NAMESPACE, name))


def said(event: WatchEvent) -> tuple[str, str, Any]:
    return event.type, event.object["metadata"]["name"], event.object["data"].get("a")


def obj(name: str, uid: str, version: str) -> dict[str, Any]:
    return {"metadata": {"namespace": "n", "name": name, "uid": uid, "resourceVersion": version}}


A1, A2, B1, OTHER_A = obj("a", "1", "1"), obj("a", "1", "2"), obj("b", "2", "1"), obj("a", "9", "9")


@pytest.mark.parametrize(
    ("known", "listed", "events"),
    [
        ([], [], []),
        ([], [A1, B1], [("ADDED", A1), ("ADDED", B1)]),
        ([A1, B1], [A1, B1], []),
        ([A1, B1], [A2, B1], [("MODIFIED", A2)]),
        ([A1, B1], [B1], [("DELETED", A1)]),
        ([A1], [OTHER_A], [("DELETED", A1), ("ADDED", OTHER_A)]),
        ([A1], [B1], [("ADDED", B1), ("DELETED", A1)]),
    ],
)
def test_differences(known: list[Any], listed: list[Any], events: list[tuple[str, Any]]) -> None:
    knowledge: Known = {("n", one["metadata"]["name"]): one for one in known}

    assert [(event.type, event.object) for event in differences(knowledge, listed)] == events
    assert list(knowledge.values()) == listed or sorted(map(str, knowledge.values())) == sorted(map(str, listed))


async def test_what_happened_while_the_server_forgot_is_told(server: FakeKubeServer, kube: Kube) -> None:
    for name in ("changed", "gone", "kept", "replaced"):
        put(server, name, a="1")
    async with aclosing(kube.watch("ConfigMap", NAMESPACE)) as events:
        assert [said(await anext(events)) for _ in range(4)] == [
            ("ADDED", name, "1") for name in ("changed", "gone", "kept", "replaced")
        ]
        put(server, "kept", a="2")
        assert said(await anext(events)) == ("MODIFIED", "kept", "2")

        put(server, "changed", a="3")
        drop(server, "gone")
        drop(server, "replaced")
        put(server, "replaced", a="4")
        put(server, "new", a="5")
        server.store.forget()

        seen = [said(await anext(events)) for _ in range(5)]
        put(server, "new", a="6")
        seen.append(said(await anext(events)))

    assert seen == [
        ("MODIFIED", "changed", "3"),
        ("ADDED", "new", "5"),
        ("DELETED", "replaced", "1"),
        ("ADDED", "replaced", "4"),
        ("DELETED", "gone", "1"),
        ("MODIFIED", "new", "6"),
    ]


async def test_a_forgotten_version_is_also_told_before_the_watch_begins(server: FakeKubeServer, kube: Kube) -> None:
    put(server, "one", a="1")
    async with aclosing(kube.watch("ConfigMap", NAMESPACE)) as events:
        assert said(await anext(events)) == ("ADDED", "one", "1")
        put(server, "one", a="2")
        server.store.forget()
        assert said(await anext(events)) == ("MODIFIED", "one", "2")

    assert [request for request in server.requests if "configmaps" in request][:3] == [
        f"GET /api/v1/namespaces/{NAMESPACE}/configmaps"
    ] * 3


@pytest.mark.parametrize("how", ["cut_all", "end_watches"])
async def test_a_watch_goes_on_where_it_was(server: FakeKubeServer, kube: Kube, how: str) -> None:
    put(server, "one", a="0")
    async with aclosing(kube.watch("ConfigMap", NAMESPACE)) as events:
        assert said(await anext(events)) == ("ADDED", "one", "0")
        for number in range(3):
            put(server, "one", a=f"while watched {number}")
            assert said(await anext(events)) == ("MODIFIED", "one", f"while watched {number}")
            getattr(server, how)()
            put(server, "one", a=f"while not {number}")
            assert said(await anext(events)) == ("MODIFIED", "one", f"while not {number}")


async def test_bookmarks_move_a_watch_on(server: FakeKubeServer, kube: Kube) -> None:
    """Other kinds' changes make versions too; what is old by then is known by the bookmarks alone."""
    put(server, "one", a="1")
    async with aclosing(kube.watch("ConfigMap", NAMESPACE)) as events:
        assert said(await anext(events)) == ("ADDED", "one", "1")
        following = asyncio.ensure_future(anext(events))
        await server.watched()
        for _ in range(3):
            server.store.patch(
                ("namespaces", "", NAMESPACE), {"metadata": {"labels": {"v": str(server.store.version)}}}
            )
        marked = server.store.version
        await server.bookmarked(marked)
        server.cut_all()
        server.store.forgotten = marked
        put(server, "one", a="2")

        assert said(await following) == ("MODIFIED", "one", "2")
    assert sum(request.endswith("/configmaps") for request in server.requests) == 3  # one list, two watches


async def test_failures_between_two_connections_pass(server: FakeKubeServer, kube: Kube) -> None:
    put(server, "one", a="1")
    async with aclosing(kube.watch("ConfigMap", NAMESPACE)) as events:
        assert said(await anext(events)) == ("ADDED", "one", "1")
        following = asyncio.ensure_future(anext(events))
        await server.watched()
        server.faults.extend([Refuse(500), Cut(), Silence(), Refuse(429, retry_after=0)])
        server.cut_all()
        put(server, "one", a="2")

        assert said(await following) == ("MODIFIED", "one", "2")


async def test_a_server_that_stays_away_ends_a_watch_within_its_bound(server: FakeKubeServer) -> None:
    kube = Kube(server.connection, timeout=0.1, patience=0.5)
    put(server, "one", a="1")
    async with aclosing(kube.watch("ConfigMap", NAMESPACE)) as events:
        assert said(await anext(events)) == ("ADDED", "one", "1")
        server.faults.extend([Silence()] * 100)
        server.cut_all()
        start = monotonic()
        with pytest.raises(ClusterUnreachableError):
            await anext(events)
        assert monotonic() - start < 3.0
    await kube.close()


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_watch_ends(server: FakeKubeServer, kube: Kube, status: int) -> None:
    put(server, "one", a="1")
    async with aclosing(kube.watch("ConfigMap", NAMESPACE)) as events:
        assert said(await anext(events)) == ("ADDED", "one", "1")
        server.faults.append(Refuse(status))
        with pytest.raises(ApiError) as refused:
            await anext(events)
    assert refused.value.status == status


async def test_closing_a_watch_ends_it_at_once(server: FakeKubeServer, kube: Kube) -> None:
    events = kube.watch("ConfigMap", NAMESPACE)
    waiting = asyncio.ensure_future(anext(events))
    await server.watched()

    waiting.cancel()
    await asyncio.wait([waiting])
    await events.aclose()

    await server.unwatched()
