"""The place Cluster: its engines, what happens in them, and the doctor; what its keys do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from cluster.config import ClusterConfig
from cluster.doctor.check import Check, Diagnosis
from cluster.engine import Occurrence
from cluster.engines import Engines
from cluster.errors import ClusterUnreachableError, DockerDownError
from screens.app import VibeCodeApp
from screens.cluster.screen import ClusterScreen
from screens.modals.question import Question
from screens.widgets.page import Page
from screens.widgets.row_list import RowList
from templates.events import Event, Steps, stream
from tests.fakes.engine import FakeEngine
from tests.screens.stage import NOW, SIZES, Stage, put, seen, until

Snap = Callable[..., bool]
Before = Callable[[Pilot[None]], Awaitable[None]]
LOST = ClusterUnreachableError("127.0.0.1:6443 does not answer.")
PARTS = {
    "node": "vibecode-control-plane (ready), 8 CPUs, 15.6 GiB of memory",
    "kubernetes": "v1.36.1",
    "ingress": "http://*.vibecode.localhost on 127.0.0.1:8080",
    "traefik": "v3.7.8 (ready)",
    "code-server": "4.127.0",
    "storage": "standard (rancher.io/local-path), 5 volumes: 5 of 5Gi",
}
LACKS = {
    "network-isolation": "Local workspaces are processes of this user, on this machine's own network.",
    "autoscaling": "There is one process for each local workspace, and no cluster to add more.",
    "datadog-cluster-agent": "The Cluster Agent watches Kubernetes, which is not there for local workspaces.",
}
WELL = Diagnosis(
    (
        Check("docker", "Docker", "ok", "Version 29.1.2 answers at /var/run/docker.sock."),
        Check("kind", "kind", "ok", "Version 0.33.0 at /usr/local/bin/kind."),
        Check("cluster", "Cluster", "ok", "vibecode is running."),
        Check("ports", "Ports", "ok", "8080 and 8443 on 127.0.0.1 are the cluster's own."),
        Check("memory", "Memory", "ok", "Docker has 16 GB."),
        Check("names", "Names", "ok", "api.vibecode.localhost leads to 127.0.0.1."),
    )
)
KIND = Check(
    "kind",
    "kind",
    "failed",
    "`kind` is neither on PATH nor among VibeCode's own programs.",
    "`vibecode doctor --fix` downloads it with its checksum; or install it from https://kind.sigs.k8s.io.",
)
INOTIFY = Check(
    "inotify",
    "File watches",
    "warning",
    "128 watchers for each user; a cluster with several workspaces wants 512.",
    "`sudo sysctl fs.inotify.max_user_instances=512`.",
)
ILL = Diagnosis((*WELL.checks[:1], KIND, *WELL.checks[2:4], INOTIFY, *WELL.checks[4:]))


class LocalFake(FakeEngine):
    """The second engine."""

    name = "local"
    lacks = LACKS


async def docker_answers() -> None: ...


class Ground:
    """A stage with both engines, and a doctor that finds what `found` says."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.kind, self.found = stage.engine, WELL
        self.kind.parts = PARTS
        self.local = LocalFake(ClusterConfig(home=folder / "local"))
        self.examined = 0
        self.mended: list[Diagnosis] = []
        self._stage = stage

    def app(self, theme: str = "vibecode-dark", **services: Any) -> VibeCodeApp:
        outside = {"engines": self._engines, "examine": self._examine, "repair": self._repair, **services}
        return self._stage.app(theme, **outside)

    def _engines(self) -> Engines:
        return Engines((self.kind, self.local), docker_answers)

    async def _examine(self) -> Diagnosis:
        self.examined += 1
        return self.found

    def _repair(self, diagnosis: Diagnosis) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            async with steps.step("kind", "Downloading kind"):
                self.mended.append(diagnosis)
                self.found = WELL

        return stream(work)


@pytest.fixture
def ground(five: Stage, tmp_path: Path) -> Ground:
    """Five workspaces in kind, where things happen, and nothing in local yet."""
    happen(five, "api", 12, "Unhealthy", "it did not answer when its health was asked for", "Readiness probe", count=3)
    happen(five, "worker", 40, "Scheduled", "a place on the node was found")
    happen(five, "worker", 38, "Pulled", "the image is there")
    happen(five, "dashboard", 200, "OOMKilling", "it was ended, since the memory was used up", "Memory cgroup", count=2)
    return Ground(five, tmp_path)


def happen(
    stage: Stage, name: str, seconds: int, reason: str, words: str, message: str = "", *, count: int = 1
) -> None:
    at = NOW - timedelta(seconds=seconds)
    warning = bool(message)
    message = f"{message} of {name}-0" if message else words
    stage.engine.happen(
        Occurrence(at, "Pod", f"{name}-0", reason, message, words, count=count, warning=warning, workspace=name)
    )


def place(pilot: Pilot[None]) -> ClusterScreen:
    assert isinstance(pilot.app.screen, ClusterScreen)
    return pilot.app.screen


def rows(pilot: Pilot[None]) -> RowList:
    return place(pilot).query_one("#rows", RowList)


def words(pilot: Pilot[None], widget: str = "#ground") -> str:
    return str(pilot.app.screen.query_one(widget, Static).content)


def visited(*pressed: str) -> Before:
    """Goes there once everything is seen, waits for doctor and activity, and presses these keys."""

    async def run(pilot: Pilot[None]) -> None:
        await seen(pilot)
        await pilot.press("6")
        await until(pilot, lambda: isinstance(pilot.app.screen, ClusterScreen))
        await until(pilot, lambda: "check:docker" in rows(pilot).keys)
        await pilot.press(*pressed)
        await pilot.pause()

    return run


def live(*pressed: str) -> Before:
    """The same, with what runs and what happened."""

    async def run(pilot: Pilot[None]) -> None:
        await visited(*pressed)(pilot)
        await until(pilot, lambda: "What happened" in words(pilot, "#happened"))

    return run


# What it looks like


@pytest.mark.parametrize("size", SIZES)
def test_full(ground: Ground, snap_compare: Snap, size: str) -> None:
    before = visited() if size == "small" else live()  # a small window has the list alone
    assert snap_compare(ground.app(), terminal_size=SIZES[size], run_before=before)


def test_full_detail_in_a_small_window(ground: Ground, snap_compare: Snap) -> None:
    assert snap_compare(ground.app(), terminal_size=SIZES["small"], run_before=live("right"))


def test_light(ground: Ground, snap_compare: Snap) -> None:
    assert snap_compare(ground.app("vibecode-light"), terminal_size=SIZES["normal"], run_before=live())


def test_an_engine_that_lacks_something(ground: Ground, snap_compare: Snap) -> None:
    assert snap_compare(ground.app(), terminal_size=SIZES["normal"], run_before=visited("down"))


@pytest.mark.parametrize("pressed", [("down", "down"), ("down", "down", "down", "down")], ids=["doctor", "finding"])
def test_ill(ground: Ground, snap_compare: Snap, pressed: tuple[str, ...]) -> None:
    ground.found = ILL
    assert snap_compare(ground.app(), terminal_size=SIZES["normal"], run_before=visited(*pressed))


def test_examining(ground: Ground, snap_compare: Snap) -> None:
    async def forever() -> Diagnosis:
        await asyncio.Event().wait()
        return WELL

    async def run(pilot: Pilot[None]) -> None:
        await seen(pilot)
        await pilot.press("6")
        await until(pilot, lambda: isinstance(pilot.app.screen, ClusterScreen))
        await pilot.press("end")
        await until(pilot, lambda: "Looking at Docker" in words(pilot))

    assert snap_compare(ground.app(examine=forever), terminal_size=SIZES["normal"], run_before=run)


def test_not_made(stage: Stage, tmp_path: Path, snap_compare: Snap) -> None:
    assert snap_compare(Ground(stage, tmp_path).app(), terminal_size=SIZES["normal"], run_before=visited())


def test_removal(ground: Ground, snap_compare: Snap) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await live()(pilot)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))

    assert snap_compare(ground.app(), terminal_size=SIZES["normal"], run_before=run)


def test_error(stage: Stage, tmp_path: Path, snap_compare: Snap) -> None:
    stage.engine.lose(DockerDownError("There is no socket at /var/run/docker.sock."))
    assert snap_compare(Ground(stage, tmp_path).app(), terminal_size=SIZES["normal"], run_before=visited())


def test_stale(ground: Ground, snap_compare: Snap) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await live()(pilot)
        ground.kind.lose(LOST)
        await until(pilot, lambda: "lost" in words(pilot))

    assert snap_compare(ground.app(), terminal_size=SIZES["normal"], run_before=run)


# What it follows, and what its keys do


async def test_a_lost_cluster_says_so_with_the_age_and_heals_by_itself(ground: Ground) -> None:
    async with ground.app().run_test(size=SIZES["normal"]) as pilot:
        await live()(pilot)
        ground.kind.lose(LOST)
        await until(pilot, lambda: "The connection is lost. What is shown is 0s old" in words(pilot))
        assert "a place on the node was found" in words(pilot, "#happened")
        ground.kind.recover()
        await until(pilot, lambda: "lost" not in words(pilot))


async def test_the_doctor_looks_at_the_first_visit_and_on_demand(ground: Ground) -> None:
    async with ground.app().run_test(size=SIZES["normal"]) as pilot:
        await visited("1")(pilot)
        await pilot.press("6")
        await until(pilot, lambda: isinstance(pilot.app.screen, ClusterScreen))
        assert ground.examined == 1
        ground.found = ILL
        await pilot.press("r")
        await until(pilot, lambda: "check:inotify" in rows(pilot).keys)
        assert ground.examined == 2


async def test_fix_mends_and_looks_again(ground: Ground) -> None:
    ground.found = ILL
    async with ground.app().run_test(size=SIZES["normal"]) as pilot:
        await visited("f")(pilot)
        await until(pilot, lambda: ground.mended == [ILL])
        await until(pilot, lambda: pilot.app.screen.id == "progress")
        await pilot.press("6")
        await until(pilot, lambda: isinstance(pilot.app.screen, ClusterScreen))
        await until(pilot, lambda: "check:inotify" not in rows(pilot).keys)


async def test_there_is_nothing_to_fix_where_all_is_well(ground: Ground) -> None:
    async with ground.app().run_test(size=SIZES["normal"]) as pilot:
        await visited("f")(pilot)
        assert pilot.app.screen.id == "cluster"
        assert ground.mended == []


async def test_the_line_that_mends_is_copied(ground: Ground) -> None:
    ground.found = ILL
    async with ground.app().run_test(size=SIZES["normal"]) as pilot:
        await visited()(pilot)
        rows(pilot).highlight("check:inotify")
        await pilot.press("c")
        await until(pilot, lambda: pilot.app.clipboard == "sudo sysctl fs.inotify.max_user_instances=512")


async def test_removing_names_what_is_lost_and_needs_a_clear_yes(ground: Ground) -> None:
    async with ground.app().run_test(size=SIZES["normal"]) as pilot:
        await visited("d")(pilot)
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        said = " ".join(str(one.content) for one in pilot.app.screen.query(Static))
        assert "api, blog, dashboard, shop, worker" in said
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ClusterScreen))
        assert len(await ground.kind.workspaces()) == 5
        await pilot.press("d", "y")
        await until(pilot, lambda: not ground.kind.running)
        await until(pilot, lambda: pilot.app.screen.id == "progress")


async def test_up_makes_the_engine_that_the_cursor_is_on(stage: Stage, tmp_path: Path) -> None:
    ground = Ground(stage, tmp_path)
    async with ground.app().run_test(size=SIZES["normal"]) as pilot:
        await visited("down", "u")(pilot)
        await until(pilot, lambda: ground.local.running)
        assert not ground.kind.running


async def test_what_is_not_there_cannot_be_removed_and_what_runs_not_started(ground: Ground) -> None:
    async with ground.app().run_test(size=SIZES["normal"]) as pilot:
        await visited("u", "down", "d")(pilot)
        assert pilot.app.screen.id == "cluster"


async def test_a_doctor_that_breaks_is_told_and_asked_again(ground: Ground) -> None:
    async def broken() -> Diagnosis:
        raise OSError("no such thing")

    async with ground.app(examine=broken).run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        await pilot.press("6")
        await until(pilot, lambda: isinstance(pilot.app.screen, ClusterScreen))
        await pilot.press("end")
        await until(pilot, lambda: "Something unexpected went wrong" in words(pilot))
        assert place(pilot).check_action("examine", ()) is True


async def test_a_new_workspace_shows_among_what_runs(ground: Ground) -> None:
    async with ground.app().run_test(size=SIZES["normal"]) as pilot:
        await live()(pilot)
        put(ground.kind, "zebra")
        await until(pilot, lambda: "zebra" in words(pilot, "#happened"))


async def test_the_detail_scrolls_and_escape_leads_back_to_the_list(ground: Ground) -> None:
    async with ground.app().run_test(size=SIZES["small"]) as pilot:
        await live("right", "down", "down")(pilot)
        page = place(pilot).query_one(Page)
        await until(pilot, lambda: page.scroll_y > 0)
        assert rows(pilot).highlighted == "kind"
        await pilot.press("escape")
        assert rows(pilot).has_focus
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen.id == "workspaces")


@pytest.mark.parametrize("size", [(20, 5), (60, 14)])
async def test_any_window_and_any_words_from_the_cluster_break_nothing(
    stage: Stage, tmp_path: Path, size: tuple[int, int]
) -> None:
    put(stage.engine, "api")
    happen(stage, "api", 5, "Odd\x1b[2J", "it \x1b]0;title\x07failed\u202e", "x" * 100_000, count=10**9)
    ground = Ground(stage, tmp_path)
    ground.kind.parts = {"node": "n\x1b[31m" + "o" * 5000, "unheard-of": ""}
    async with ground.app().run_test(size=size) as pilot:
        await visited("right")(pilot)
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: "What happened" in words(pilot, "#happened"))
        assert "\x1b" not in words(pilot) + words(pilot, "#happened")
        await pilot.resize_terminal(20, 5)
        await pilot.pause()
