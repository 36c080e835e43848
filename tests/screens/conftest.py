"""A stage for each test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cluster.config import ClusterConfig
from tests.fakes.engine import FakeEngine
from tests.screens.stage import Stage, put_five, stage_of


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
