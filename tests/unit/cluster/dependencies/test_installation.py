"""An install command in its workspace: begun early, followed or left, told of, gone on with where it was cut off."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.dependencies.installation import Installation, installation
from cluster.engine import ExecSession, TerminalSize
from cluster.errors import DependenciesError, WorkspaceStoppedError
from templates.events import Event, StepDone, StepFailed, StepProgress, Steps, StepStarted, stream
from templates.project import Manifest, Project
from tests.fakes.engine import FakeEngine

COUNTED = 'echo "begun" >>runs; '
"""What a command begins with, so that its runs can be counted."""


class Reluctant(FakeEngine):
    """Runs nothing in a workspace before its editor runs, as the `local` engine does."""

    async def exec(self, name: str, command: Sequence[str], *, terminal: TerminalSize | None = None) -> ExecSession:
        if (await self.workspace(name)).state != "running":
            raise WorkspaceStoppedError("It is not running yet.")
        return await super().exec(name, command, terminal=terminal)


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    engine = FakeEngine(ClusterConfig(home=tmp_path))
    engine.put("shop", Project(Manifest("Shop"), ()))
    return engine


@pytest.fixture
def folder(engine: FakeEngine) -> Path:
    return engine.config.home / "shop"


@pytest.fixture
def gate(folder: Path) -> Path:
    """Whoever opens it waits for another who does."""
    os.mkfifo(folder / "gate")
    return folder / "gate"


def runs(folder: Path) -> int:
    return (folder / "runs").read_text().count("begun")


async def told(events: AsyncIterator[Event]) -> list[Event]:
    return [event async for event in events]


async def reached(gate: Path) -> str:
    """Returns once a command writes to the gate."""
    return await asyncio.to_thread(gate.read_text)


async def test_it_runs_in_the_projects_folder_and_tells_what_it_prints(engine: FakeEngine, folder: Path) -> None:
    started, *progress, done = await told(Installation(engine, "shop", f"{COUNTED}echo fetching; pwd").follow())

    assert isinstance(started, StepStarted)
    assert started.step == "install"
    assert isinstance(done, StepDone)
    assert done.note is not None
    assert done.note.startswith("it took ")
    assert all(isinstance(one, StepProgress) for one in progress)
    log = engine.config.home / ".homes" / "shop" / ".vibecode" / "install" / "log"
    assert log.read_text() == f"fetching\n{folder}\n"
    assert log.stat().st_mode & 0o077 == 0


async def test_one_that_failed_says_why_and_how_it_is_repeated_and_then_is_repeated(
    engine: FakeEngine, folder: Path
) -> None:
    broken = Installation(engine, "shop", f"{COUNTED}echo no such package; [ -e mended ] || exit 7")
    with pytest.raises(DependenciesError) as failed:
        await told(broken.follow())
    assert "exit code 7" in failed.value.detail
    assert "~/.vibecode/install/log" in failed.value.detail
    assert failed.value.hint == f"`{broken.again}` runs it again."

    (folder / "mended").touch()
    assert isinstance((await told(broken.follow()))[-1], StepDone)
    assert runs(folder) == 2


@pytest.mark.parametrize(("packages", "asked"), [("/shared", ["offline", "online"]), ("", ["online"])])
async def test_a_shared_cache_is_asked_first_and_the_registries_where_it_does_not_do(
    engine: FakeEngine, folder: Path, monkeypatch: pytest.MonkeyPatch, packages: str, asked: list[str]
) -> None:
    monkeypatch.setenv("VIBECODE_PACKAGES", packages)
    command = 'echo "${UV_OFFLINE:+offline}${UV_OFFLINE:-online}" >>asked; uv sync; [ -z "$UV_OFFLINE" ]'

    assert isinstance((await told(Installation(engine, "shop", command).follow()))[-1], StepDone)

    assert [one.removesuffix("true") for one in (folder / "asked").read_text().split()] == asked


async def test_what_a_shared_cache_has_is_asked_for_once(
    engine: FakeEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIBECODE_PACKAGES", "/shared")
    await told(Installation(engine, "shop", f"{COUNTED}npm install").follow())
    assert runs(folder) == 1


async def test_a_failure_brings_the_end_of_its_log(engine: FakeEngine) -> None:
    events: list[Event] = []

    async def follow() -> None:
        async for event in Installation(engine, "shop", "seq 100; exit 1").follow():
            events.append(event)

    with pytest.raises(DependenciesError):
        await follow()
    assert isinstance(events[-1], StepFailed)
    assert events[-1].log == tuple(map(str, range(81, 101)))


async def test_whoever_leaves_loses_nothing(engine: FakeEngine, folder: Path, gate: Path) -> None:
    slow = Installation(engine, "shop", f"{COUNTED}echo under way; cat gate >/dev/null; echo there >done")
    async with aclosing(slow.follow()) as events:
        async for event in events:
            if isinstance(event, StepProgress) and event.text == "under way":
                break
    await asyncio.to_thread(gate.write_text, "go on")

    assert isinstance((await told(slow.follow()))[-1], StepDone)
    assert ((folder / "done").read_text(), runs(folder)) == ("there\n", 1)


async def test_two_at_once_follow_the_same(engine: FakeEngine, folder: Path) -> None:
    both = Installation(engine, "shop", COUNTED), Installation(engine, "shop", COUNTED)
    await asyncio.gather(*(told(one.follow()) for one in both))
    assert runs(folder) == 1


async def test_it_begins_again_where_it_was_killed(engine: FakeEngine, folder: Path, gate: Path) -> None:
    command = f"{COUNTED}if [ ! -e again ]; then touch again; echo $$ >gate; cat gate; fi"
    following = asyncio.ensure_future(told(Installation(engine, "shop", command).follow()))
    pid = int(await reached(gate))
    os.killpg(os.getpgid(pid), signal.SIGKILL)

    assert isinstance((await following)[-1], StepDone)
    assert runs(folder) == 2


async def test_one_whose_workspace_was_stopped_is_not_brought_back(
    engine: FakeEngine, folder: Path, gate: Path
) -> None:
    command = f"{COUNTED}echo $$ >gate; cat gate"
    following = asyncio.ensure_future(told(Installation(engine, "shop", command).follow()))
    pid = int(await reached(gate))
    engine.change("shop", state="stopped")
    os.killpg(os.getpgid(pid), signal.SIGKILL)

    with pytest.raises(DependenciesError, match="cut off"):
        await following
    assert runs(folder) == 1


async def test_one_whose_workspace_was_deleted_says_so(engine: FakeEngine, gate: Path) -> None:
    following = asyncio.ensure_future(told(Installation(engine, "shop", "echo $$ >gate; sleep 60").follow()))
    pid = int(await reached(gate))
    await told(engine.delete("shop"))
    os.killpg(os.getpgid(pid), signal.SIGKILL)

    with pytest.raises(DependenciesError, match="shop was deleted while"):
        await following


async def test_it_begins_once_the_files_are_there_and_nobody_waits_for_the_editor(tmp_path: Path) -> None:
    engine = FakeEngine(ClusterConfig(home=tmp_path), hangs=("ready",))
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    needed = Installation(engine, "blog", f"echo begun >'{gate}'")
    making = asyncio.ensure_future(told(needed.beside(engine.create("blog", Project(Manifest("Blog"), ())))))

    assert await reached(gate) == "begun\n"
    assert not making.done()
    making.cancel()
    await asyncio.gather(making, return_exceptions=True)


async def test_where_nothing_runs_before_the_editor_it_begins_with_it(tmp_path: Path) -> None:
    engine = Reluctant(ClusterConfig(home=tmp_path))
    needed = Installation(engine, "blog", COUNTED)

    made = await told(needed.beside(engine.create("blog", Project(Manifest("Blog"), ()))))
    log = tmp_path / ".homes" / "blog" / ".vibecode" / "install" / "log"
    assert log.exists()
    await told(needed.follow())

    assert [event.step for event in made if isinstance(event, StepDone)] == ["cluster", "workspace", "seed", "ready"]
    assert runs(tmp_path / "blog") == 1


async def test_it_waits_for_the_programs_that_are_brought_along(engine: FakeEngine, folder: Path) -> None:
    async def making(steps: Steps) -> None:
        async with steps.step("tools", "Looking for uv"):
            for name in ("seed", "ready"):
                async with steps.step(name, name):
                    pass
            await asyncio.sleep(0)
            (folder / "uv").write_text("uv is there")

    needed = Installation(engine, "shop", "cat uv >found")
    await told(needed.beside(stream(making)))
    await told(needed.follow())

    assert (folder / "found").read_text() == "uv is there"


def test_what_needs_nothing_has_no_installation(engine: FakeEngine) -> None:
    assert installation(engine, "shop", Manifest("Shop")) is None
    needed = installation(engine, "shop", Manifest("Shop", install="uv sync && npm install"))
    assert needed is not None
    assert needed.again == "vibecode exec shop -- sh -c 'uv sync && npm install'"
