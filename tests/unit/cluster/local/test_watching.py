"""The local engine's watch, what its workspaces take, and what its host tells, without any process of a workspace."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from cluster.config import ClusterConfig
from cluster.engine import Activity, Workspace
from cluster.local.activity import activity
from cluster.local.contact import Contact
from cluster.local.editor import MARKER
from cluster.local.folders import LocalFolder, Sockets
from cluster.local.hosting import find_host
from cluster.local.listing import Listing
from cluster.local.news import KEPT, News, Piece
from cluster.local.parts import code_server_version
from cluster.local.processes import identify
from cluster.local.records import Record, write_record
from cluster.local.trees import remove_tree
from cluster.local.usage import Meter
from cluster.local.watching import pause_after, watched

SHOP = Record("digest", datetime(2026, 1, 1, tzinfo=UTC), "shop", (8000,), seeded=True)


@pytest.fixture
def listing(tmp_path: Path) -> Listing:
    return Listing(LocalFolder(tmp_path), ClusterConfig(home=tmp_path))


def put(listing: Listing, name: str, record: Record = SHOP) -> None:
    folder = listing.folder.workspace(name)
    folder.path.mkdir(parents=True, exist_ok=True)
    write_record(folder, record)


def states(told: tuple[Workspace, ...]) -> dict[str, Any]:
    return {one.name: one.state for one in told}


class Host:
    """Answers what a host is asked; `known` are its editors."""

    def __init__(self) -> None:
        self.news = News()
        self.known: dict[str, dict[str, str]] = {}
        self.questions: list[str] = []
        self.speaks_of_news = True
        self._answering = set[asyncio.Task[None]]()

    def set(self, name: str, state: str, reason: str = "") -> None:
        self.known[name] = {"state": state, "reason": reason}
        self.news.add(name, state, reason)

    @asynccontextmanager
    async def serve(self, listing: Listing) -> AsyncGenerator[None]:
        sockets, me = Sockets(listing.folder.home), identify(os.getpid())
        assert me is not None
        contact = Contact(me, sockets, "vibecode.localhost", 8080)
        listing.folder.path.mkdir(exist_ok=True)
        listing.folder.host.write_bytes(contact.encode())
        async with await asyncio.start_unix_server(self._meet, sockets.control):
            yield
        for one in self._answering:
            one.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answering = asyncio.ensure_future(self._answer(reader, writer))
        self._answering.add(answering)
        answering.add_done_callback(self._answering.discard)
        answering.add_done_callback(lambda _: writer.close())

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        question = json.loads(await reader.readline())
        self.questions.append(question["ask"])
        answer: dict[str, Any] = {"workspaces": self.known, "news": self.news.number}
        if question["ask"] == "news":
            if self.speaks_of_news:
                await self.news.other_than(question["other_than"])
                answer["news"] = self.news.number
            else:
                answer = {"error": {"code": "unexpected", "title": "", "detail": "what?", "hint": ""}}
        if question["ask"] == "history":
            answer = {"history": [piece.encode() for piece in self.news.kept]}
        writer.write(json.dumps(answer).encode() + b"\n")


async def test_records_are_told_at_once_and_as_they_change(listing: Listing) -> None:
    async with aclosing(watched(listing)) as watch:
        assert await anext(watch) == ()
        put(listing, "shop", replace(SHOP, wanted="stopped"))
        assert states(await anext(watch)) == {"shop": "stopped"}
        put(listing, "blog", replace(SHOP, seeded=False))
        assert states(await anext(watch)) == {"blog": "creating", "shop": "stopped"}
        put(listing, "shop", replace(SHOP, wanted="stopped", ports=(3000,)))
        assert [one.ports for one in await anext(watch) if one.name == "shop"] == [
            {3000: "http://3000-shop.vibecode.localhost:8080/"}
        ]
        remove_tree(listing.folder.workspace("blog").path)
        assert states(await anext(watch)) == {"shop": "stopped"}


async def test_a_look_that_had_to_wait_for_its_turn_does_not_put_off_the_next(listing: Listing) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    async with aclosing(watched(listing)) as watch:
        assert await anext(watch) == ()
        await asyncio.to_thread(sleep, 0.5)  # the only thread is busy
        put(listing, "shop", replace(SHOP, wanted="stopped"))
        async with asyncio.timeout(10):
            assert states(await anext(watch)) == {"shop": "stopped"}


@pytest.mark.parametrize(("took", "pause"), [(0.0, 0.1), (0.0001, 0.1), (0.002, 0.4), (0.5, 2.0)])
def test_records_are_looked_at_less_often_where_that_takes_long(took: float, pause: float) -> None:
    assert pause_after(took) == pytest.approx(pause)


@pytest.mark.parametrize("speaks", [True, False])
async def test_what_the_host_knows_is_told_as_it_changes(listing: Listing, speaks: bool) -> None:
    """A host of an earlier version, which tells no news, is asked now and then."""
    put(listing, "shop")
    host = Host()
    host.speaks_of_news = speaks
    host.set("shop", "starting", "the editor is starting")
    async with aclosing(watched(listing)) as watch:
        assert states(await anext(watch)) == {"shop": "stopped"}
        async with host.serve(listing):
            assert states(await anext(watch)) == {"shop": "creating"}
            host.set("shop", "running")
            assert states(await anext(watch)) == {"shop": "running"}
            host.set("shop", "failed", "it ended")
            [shop] = await anext(watch)
            assert (shop.state, shop.reason) == ("failed", "it ended")
            host.set("shop", "running")
            assert states(await anext(watch)) == {"shop": "running"}
        assert states(await anext(watch)) == {"shop": "stopped"}


async def test_a_host_with_nothing_new_is_not_asked_again(listing: Listing) -> None:
    put(listing, "shop")
    host = Host()
    host.set("shop", "running")
    async with host.serve(listing), aclosing(watched(listing)) as watch:
        assert states(await anext(watch)) == {"shop": "running"}
        for number in range(3):
            put(listing, "shop", replace(SHOP, ports=(number + 1,)))
            assert [list(one.ports) for one in await anext(watch)] == [[number + 1]]
        assert host.questions.count("news") <= 2


async def test_what_became_of_editors_is_told_with_how_often_they_were_started_again(listing: Listing) -> None:
    host = Host()
    host.set("blog", "running")
    host.set("shop", "starting", "the editor is starting")
    for _ in range(2):
        host.set("shop", "starting", "The editor ended with exit code 3; it is started again.")
    host.set("shop", "failed", "The editor ended with exit code 3 (it was started 3 times).")
    async with host.serve(listing):
        found = await find_host(listing.folder)
        assert found is not None
        found[1]["pid"] = 1
        every, shop = [await activity(listing.folder, found, name) for name in (None, "shop")]

    assert [(one.workspace, one.state, one.restarts) for one in every.units] == [
        (None, "running", 0),
        ("blog", "running", 0),
        ("shop", "failed", 2),
    ]
    assert [(one.reason, one.warning) for one in shop.occurrences] == [
        ("Starting", False),
        ("Starting", True),
        ("Starting", True),
        ("Failed", True),
    ]
    assert len(every.occurrences) == 5
    assert await activity(listing.folder, None, None) == Activity()


async def test_the_last_news_are_kept_and_survive_the_way() -> None:
    news = News()
    for number in range(KEPT + 5):
        news.add("shop", "starting", str(number))
    assert (news.number, len(news.kept)) == (KEPT + 5, KEPT)
    assert [piece.reason for piece in news.kept][-1] == str(KEPT + 4)
    assert [Piece.decode(json.loads(json.dumps(one.encode()))) for one in news.kept] == list(news.kept)


@pytest.fixture
def busy(listing: Listing) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of the workspace `shop` whose child is busy, and has 32 MiB of its own."""
    script = "import os, sys; data = os.urandom(1 << 25); os.environ.clear(); print(flush=True)\nwhile True: pass"
    env = {MARKER: str(listing.folder.workspace("shop").path), "PATH": os.environ["PATH"]}
    command = ["sh", "-c", f"env -i {sys.executable} -I -c '{script}'; true"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        os.killpg(process.pid, 9)


async def test_all_that_runs_in_a_workspace_is_counted(
    listing: Listing, busy: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cluster.local.usage.SHORTEST", 0.1)
    put(listing, "shop")
    put(listing, "blog")
    meter = Meter(listing.folder)
    first = meter.read()
    assert list(first) == ["shop"]
    assert first["shop"].cpu is None
    assert first["shop"].memory is not None
    assert 2**25 < first["shop"].memory < 2**27
    async with asyncio.timeout(10):
        while not (cpu := meter.read()["shop"].cpu):
            await asyncio.sleep(0.05)
    assert 0 < cpu < 1500


@pytest.mark.parametrize(
    ("place", "package", "version"),
    [
        ("bin/code-server", {"name": "code-server", "version": "4.139.1"}, "4.139.1"),
        ("out/node/entry.js", {"name": "code-server", "version": "4.139.1"}, "4.139.1"),
        ("bin/code-server", {"name": "another", "version": "1"}, None),
        ("bin/code-server", ["no", "package"], None),
        ("bin/code-server", None, None),
    ],
)
def test_code_servers_version_is_read_from_its_package(
    tmp_path: Path, place: str, package: Any, version: str | None
) -> None:
    program = tmp_path / "code-server-4" / place
    program.parent.mkdir(parents=True)
    program.touch()
    if package is not None:
        (tmp_path / "code-server-4" / "package.json").write_text(json.dumps(package))
    link = tmp_path / "link"
    link.symlink_to(program)
    assert code_server_version(link) == version
