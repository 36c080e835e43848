"""Jobs and their events: nothing is lost, nothing piles up, nobody is waited for."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from launcher.serve.errors import JobNotFoundError, TooManyRequestsError
from launcher.serve.feed import Feed
from launcher.serve.streams import Streams
from launcher.serve.told import Told, Undertaking
from launcher.serve.work import Work
from templates.errors import VibeCodeError
from templates.events import Event, Steps, stream
from tests.fakes.engine import FakeEngine
from tests.unit.launcher.serve.conftest import SHOP, Sent, Serve, Served, events_of


def now() -> datetime:
    return datetime(2026, 1, 31, tzinfo=UTC)


def undertaking(name: str, *progress: str, ends: bool = True) -> Undertaking:
    async def work(steps: Steps) -> None:
        async with steps.step("work", f"Working on {name}") as step:
            for text in progress:
                step.progress(text)
            if not ends:
                await asyncio.Event().wait()

    return Undertaking(f"Changing {name}", name, lambda: stream(work), "done")


async def read(feed: Feed, after: int = 0) -> list[int]:
    """The numbers of the events that follow."""
    sent = b"".join([piece async for piece in feed.read(after)]).decode()
    return [int(line.removeprefix("id: ")) for line in sent.splitlines() if line.startswith("id: ")]


async def test_a_feed_is_read_from_where_one_stopped() -> None:
    feed = Feed()
    for _ in range(200):
        feed.add("progress", "{}")
    feed.end("end", "{}")
    assert await read(feed) == list(range(1, 202))
    assert await read(feed, 150) == list(range(151, 202))
    assert await read(feed, 201) == []


async def test_of_passing_events_the_oldest_are_dropped_and_no_others() -> None:
    feed = Feed(kept=10)
    for number in range(1, 1001):
        feed.add("x", "{}", passing=number % 100 != 0)
    feed.end("end", "{}")
    kept = await read(feed)
    assert {*range(100, 1001, 100), 1001} <= set(kept)
    assert len(kept) <= 11 + 20
    assert kept == sorted(kept)


async def test_everybody_who_reads_a_feed_while_it_grows_gets_all_of_it() -> None:
    feed = Feed()
    readers = [asyncio.ensure_future(read(feed)) for _ in range(200)]
    for _ in range(50):
        feed.add("x", "{}")
        await asyncio.sleep(0)
    feed.end("end", "{}")
    assert all(numbers == list(range(1, 52)) for numbers in await asyncio.gather(*readers))


async def test_the_same_work_is_begun_once() -> None:
    work = Work(now)
    first = work.begin(undertaking("shop", ends=False))
    assert work.begin(undertaking("shop", ends=False)).id == first.id
    assert work.begin(undertaking("blog", ends=False)).id != first.id
    await work.close()
    assert [one.job.state for one in work.all] == ["stopped", "stopped"]


async def test_more_work_than_allowed_is_refused() -> None:
    work = Work(now, most=1)
    work.begin(undertaking("shop", ends=False))
    with pytest.raises(TooManyRequestsError):
        work.begin(undertaking("blog"))
    await work.close()


async def test_jobs_that_ended_long_ago_are_forgotten() -> None:
    work = Work(now, kept=2)
    ids = list[str]()
    for name in "abcd":
        ids.append(work.begin(undertaking(name)).id)
        await work.idle()
    assert [one.id for one in work.all] == ids[2:]
    with pytest.raises(JobNotFoundError):
        work.get(ids[0])


async def test_a_job_of_an_earlier_run_is_not_taken_for_one_of_this() -> None:
    first, second = Work(now), Work(now)
    earlier = first.begin(undertaking("shop"))
    second.begin(undertaking("blog"))
    with pytest.raises(JobNotFoundError):
        second.get(earlier.id)
    await first.idle()
    await second.idle()


async def test_what_is_told_beside_the_steps_is_in_the_feed() -> None:
    async def events() -> AsyncIterator[Event | Told]:
        yield Told("outcome", {"verified": True})

    work = Work(now)
    running = work.begin(Undertaking("Writing shop", "shop", events, "done"))
    await running.ended()
    sent = b"".join([piece async for piece in running.feed.read()]).decode()
    assert 'event: outcome\ndata: {"verified": true}\nid: 1' in sent
    assert json.loads(sent.split("event: end\ndata: ")[1].splitlines()[0])["state"] == "done"


async def test_a_job_is_followed_resumed_and_at_its_end_is_no_more(server: Served) -> None:
    begun = (await server.http.post("/api/workspaces", json={"name": "shop"})).json()
    await server.given.work.idle()
    async with server.http.stream("GET", begun["events"]) as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        all_events = [event async for event in events_of(response)]
    assert [event.number for event in all_events] == list(range(1, len(all_events) + 1))
    assert all_events[0].data["event"] == "started"
    assert all_events[-1] == Sent(len(all_events), "end", {"state": "done", "workspace": "shop", "error": None})
    async with server.http.stream("GET", begun["events"], headers={"Last-Event-ID": "3"}) as response:
        assert [event async for event in events_of(response)] == all_events[3:]
    over = await server.http.get(begun["events"], headers={"Last-Event-ID": str(len(all_events))})
    assert (over.status_code, over.content) == (204, b"")


@pytest.mark.parametrize("last", ["-1", "x", "99999999999999999999999999"])
async def test_an_event_id_that_is_none_is_refused(server: Served, last: str) -> None:
    begun = (await server.http.post("/api/workspaces", json={"name": "shop"})).json()
    answer = await server.http.get(begun["events"], headers={"Last-Event-ID": last})
    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")


async def test_a_job_is_stopped_when_asked(serve: Serve, engine: FakeEngine) -> None:
    engine = FakeEngine(engine.config, hangs=("seed",))
    async with serve(engine) as server:
        begun = (await server.http.post("/api/workspaces", json={"name": "shop"})).json()
        answer = await server.http.delete(begun["url"])
        assert answer.status_code == 202
        await server.given.work.idle()
        assert (await server.http.get(begun["url"])).json()["state"] == "stopped"
        assert (await server.http.get("/api/jobs/00000000-1")).status_code == 404


async def test_200_clients_follow_one_job_to_its_end(serve: Serve, engine: FakeEngine) -> None:
    gate = asyncio.Event()

    async def work(steps: Steps) -> None:
        async with steps.step("work", "Working") as step:
            await gate.wait()
            for number in range(100):
                step.progress(str(number))
                await asyncio.sleep(0)

    async with serve(engine) as server:
        running = server.given.work.begin(Undertaking("Changing shop", "shop", lambda: stream(work), "done"))

        async def follow() -> list[int]:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.given.address.port)
            head = f"GET /api/jobs/{running.id}/events HTTP/1.1\r\nHost: {server.authority}\r\n"
            writer.write(f"{head}Authorization: Bearer {server.token}\r\nConnection: close\r\n\r\n".encode())
            said = (await reader.read()).decode()
            writer.close()
            return [int(line.removeprefix("id: ")) for line in said.splitlines() if line.startswith("id: ")]

        followers = [asyncio.ensure_future(follow()) for _ in range(200)]
        async with asyncio.timeout(20):
            while server.given.streams.count < 200:
                await asyncio.sleep(0.01)
            gate.set()
            seen = await asyncio.gather(*followers)
        assert all(numbers == list(range(1, running.feed.last + 1)) for numbers in seen)
        assert server.given.streams.count == 0


async def drained(connection: socket.socket) -> bytes:
    """What is read to the end."""
    received = bytearray()
    while data := await asyncio.get_running_loop().sock_recv(connection, 1 << 20):
        received += data
    return bytes(received)


async def test_a_reader_that_does_not_read_is_cut_off(serve: Serve, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    for _ in range(200):
        engine.speak("shop", "x" * 65536)
    async with serve(engine, streams=Streams(patience=0.2)) as server, asyncio.timeout(10):
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(slow, ("127.0.0.1", server.given.address.port))
            head = f"GET /api/workspaces/shop/logs?follow=true HTTP/1.1\r\nHost: {server.authority}\r\n"
            await loop.sock_sendall(slow, f"{head}Authorization: Bearer {server.token}\r\n\r\n".encode())
            while not server.given.streams.count:
                await asyncio.sleep(0.01)
            while server.given.streams.count:
                await asyncio.sleep(0.01)
            received = await drained(slow)
        assert 0 < len(received) < 100 * 65536
        assert not received.endswith(b"0\r\n\r\n")
        assert (await server.http.get("/api/health")).status_code == 200


async def test_a_reader_that_leaves_ends_what_is_read_for_it(server: Served, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    async with server.http.stream("GET", "/api/workspaces/shop/logs?follow=true") as response:
        await anext(events_of(response))
        assert server.given.streams.count == 1
    async with asyncio.timeout(10):
        while server.given.streams.count:
            await asyncio.sleep(0.01)


async def test_more_streams_than_allowed_are_refused(serve: Serve, engine: FakeEngine) -> None:
    async with serve(engine, streams=Streams(most=1)) as server, server.http.stream("GET", "/api/events") as response:
        events = events_of(response)
        await anext(events)
        refused = await server.http.get("/api/events")
        assert (refused.status_code, refused.json()["code"]) == (429, "too-many-requests")


async def test_a_silent_stream_is_kept_alive(serve: Serve, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    async with serve(engine, streams=Streams(keep_alive=0.05)) as server:
        path = "/api/workspaces/shop/logs?follow=true&tail=0"
        async with server.http.stream("GET", path) as response:
            assert await anext(response.aiter_lines()) == ": alive"


async def test_an_error_in_a_stream_ends_it_and_the_server_goes_on(server: Served, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)

    async def lines(name: str, *, service: str | None, follow: bool, tail: int) -> AsyncIterator[str]:
        yield "first"
        raise VibeCodeError("The connection is lost.")

    engine.logs = lines  # type: ignore[method-assign,assignment]
    async with server.http.stream("GET", "/api/workspaces/shop/logs?follow=true") as response:
        events = [event async for event in events_of(response)]
    assert [event.name for event in events] == ["line", "error"]
    assert events[1].data["code"] == "unexpected"
