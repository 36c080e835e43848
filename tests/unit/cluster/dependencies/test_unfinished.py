"""An installation that was cut off is found, and what of it a person has to agree to."""

import asyncio
import os
import signal
from collections.abc import Mapping
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.dependencies.installation import Installation
from cluster.dependencies.unfinished import LONGEST, unfinished
from cluster.engine import Capability
from cluster.errors import DependenciesError
from templates.project import Manifest, Project
from tests.fakes.engine import FakeEngine

ALONE: Mapping[Capability, str] = {"network-isolation": "They are processes."}


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    engine = FakeEngine(ClusterConfig(home=tmp_path))
    engine.put("shop", Project(Manifest("Shop", template="python-fastapi"), ()))
    return engine


def begun(engine: FakeEngine, command: str) -> None:
    """What is left of an installation that was ended from outside."""
    state = engine.config.home / ".homes" / "shop" / ".vibecode" / "install"
    state.mkdir(parents=True)
    (state / "command").write_text(f"{command}\n")


async def followed(needed: Installation) -> None:
    async for _ in needed.follow():
        pass


async def test_one_that_was_killed_is_found_and_goes_on(engine: FakeEngine) -> None:
    folder = engine.config.home / "shop"
    os.mkfifo(folder / "gate")
    command = "if [ ! -e again ]; then touch again; echo $$ >gate; cat gate; fi; touch done"
    following = asyncio.ensure_future(followed(Installation(engine, "shop", command)))
    pid = int(await asyncio.to_thread((folder / "gate").read_text))
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    os.killpg(os.getpgid(pid), signal.SIGKILL)

    found = await unfinished(engine, "shop")
    assert found is not None
    assert found.installation == Installation(engine, "shop", command)
    await followed(found.installation)

    assert (folder / "done").exists()
    assert await unfinished(engine, "shop") is None


async def test_what_was_never_begun_and_what_somebody_was_told_to_have_failed_is_not_gone_on_with(
    engine: FakeEngine,
) -> None:
    assert await unfinished(engine, "shop") is None
    with pytest.raises(DependenciesError):
        await followed(Installation(engine, "shop", "exit 1"))
    assert await unfinished(engine, "shop") is None


async def test_a_workspace_that_runs_nothing_says_nothing(engine: FakeEngine) -> None:
    begun(engine, "uv sync")
    engine.change("shop", state="stopped")
    assert await unfinished(engine, "shop") is None
    assert await unfinished(engine, "gone") is None


@pytest.mark.parametrize(
    ("template", "command", "lacks", "asked"),
    [("python-fastapi", "uv sync", ALONE, False), ("python-fastapi", "uv sync; rm -r ~", ALONE, True),
     ("team/service", "uv sync", ALONE, True), (None, "uv sync", ALONE, True), ("of-old", "uv sync", ALONE, True),
     (None, "uv sync", {}, False)],
)  # fmt: skip
async def test_only_what_is_word_for_word_ours_runs_without_isolation_unasked(
    engine: FakeEngine, template: str | None, command: str, lacks: Mapping[Capability, str], asked: bool
) -> None:
    begun(engine, command)
    engine.change("shop", template=template)
    engine.lacks = lacks

    found = await unfinished(engine, "shop")

    assert found is not None
    assert (found.reason == "They are processes.") is asked


@pytest.mark.parametrize("command", ["uv sync\nrm -r ~", "uv sync \x1b[2K", f"echo {'a' * LONGEST}"])
async def test_what_no_question_can_show_is_left(engine: FakeEngine, command: str) -> None:
    begun(engine, command)
    assert await unfinished(engine, "shop") is None
