"""A stage for each test."""

from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from tests.fakes.engine import FakeEngine
from tests.screens.stage import Stage, put_five, stage_of


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """An engine that was never brought up."""
    return stage_of(FakeEngine(ClusterConfig(home=tmp_path / "engine")), Path("/home/you/vibecode.log"))


@pytest.fixture
def five(stage: Stage) -> Stage:
    """Five workspaces, in every state."""
    put_five(stage.engine)
    return stage
