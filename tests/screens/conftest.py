"""A stage for each test."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cluster.config import ClusterConfig
from screens import watching
from screens.app import VibeCodeApp
from tests.fakes.engine import FakeEngine
from tests.screens.stage import Stage, put_five, stage_of


@pytest.fixture(autouse=True)
def same_everywhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a person has set for terminals and clocks changes no picture."""
    for name in ("NO_COLOR", "COLORTERM", "TEXTUAL_THEME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setattr(watching, "USAGE", 3600.0)  # a slow machine takes no second look at what workspaces take
    monkeypatch.setattr(VibeCodeApp, "NOTIFICATION_TIMEOUT", 3600.0)  # nor has it forgotten what was told
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def stage_with(tmp_path: Path) -> Callable[..., Stage]:
    """Makes a stage whose engine fails or hangs as the arguments of `FakeEngine` say."""

    def make(**engine: Any) -> Stage:
        return stage_of(FakeEngine(ClusterConfig(home=tmp_path / "engine"), **engine), Path("/home/you/vibecode.log"))

    return make


@pytest.fixture
def stage(stage_with: Callable[..., Stage]) -> Stage:
    """An engine that was never brought up."""
    return stage_with()


@pytest.fixture
def five(stage: Stage) -> Stage:
    """Five workspaces, in every state."""
    put_five(stage.engine)
    return stage
