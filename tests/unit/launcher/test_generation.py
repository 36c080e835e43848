"""A prompt becomes a workspace with nobody to ask, told in steps alone."""

from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from launcher.generation import generate_unattended
from launcher.paths import Paths
from launcher.settings import Settings
from templates.events import Event, StepDone, StepFailed, StepStarted
from templates.generation.journal import unfinished
from templates.models.errors import NoCreditError
from tests.fakes.engine import FakeEngine
from tests.fakes.model_server import ModelServer, Script, refuses, says, serving
from tests.fakes.secrets import MemorySecrets
from tests.unit.launcher.test_ai import FILES, PLAN


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "logs")


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    return FakeEngine(ClusterConfig(home=tmp_path / "engine"))


async def generated(
    paths: Paths, engine: FakeEngine, *script: Script, run: bool = False
) -> tuple[list[Event], ModelServer]:
    async with serving(*script, models=[{"id": "m"}]) as server:
        settings = Settings(ai_url=server.url)
        events = [
            event
            async for event in generate_unattended(
                settings, paths, MemorySecrets(), {}, engine, "shop", "a script that says hello", run=run
            )
        ]
        return events, server


async def test_each_part_is_a_step_and_the_last_says_whether_it_works(paths: Paths, engine: FakeEngine) -> None:
    events, server = await generated(paths, engine, says(PLAN), says(FILES))

    assert (await engine.workspace("shop")).state == "running"
    done = [event for event in events if isinstance(event, StepDone)]
    assert [event.title for event in done if event.step == "file"] == ["hello.sh", "test.sh"]
    assert {"plan", "write", "ready", "apply", "test"} <= {event.step for event in done}
    assert (done[-1].step, done[-1].note) == ("verified", "its commands succeed")
    assert len([event for event in events if isinstance(event, StepStarted)]) == len(done)
    assert len(server.requests) == 2
    assert unfinished(paths.generations) == ()


async def test_without_isolation_and_without_a_word_nothing_is_run(paths: Paths, engine: FakeEngine) -> None:
    engine.lacks = {"network-isolation": "Workspaces here are processes of yours."}
    events, _ = await generated(paths, engine, says(PLAN), says(FILES))
    assert isinstance(events[-1], StepDone)
    assert events[-1].note == "not known, since nothing of it was run"


async def test_without_isolation_a_word_is_enough(paths: Paths, engine: FakeEngine) -> None:
    engine.lacks = {"network-isolation": "Workspaces here are processes of yours."}
    events, _ = await generated(paths, engine, says(PLAN), says(FILES), run=True)
    assert isinstance(events[-1], StepDone)
    assert events[-1].note == "its commands succeed"


async def test_what_does_not_work_is_said(paths: Paths, engine: FakeEngine) -> None:
    broken = says(FILES.replace("grep hello", "grep goodbye"))
    events, _ = await generated(paths, engine, says(PLAN), broken, says("no idea"))
    assert [event.step for event in events if isinstance(event, StepFailed)] == ["test"]
    assert isinstance(events[-1], StepDone)
    assert events[-1].note == "not all of its commands succeed yet"


async def test_called_again_it_goes_on_and_asks_nothing_twice(paths: Paths, engine: FakeEngine) -> None:
    with pytest.raises(NoCreditError):
        await generated(paths, engine, says(PLAN), refuses(402, "no credit"))
    events, server = await generated(paths, engine, says(FILES))
    assert isinstance(events[-1], StepDone)
    assert events[-1].note == "its commands succeed"
    assert len(server.requests) == 1
