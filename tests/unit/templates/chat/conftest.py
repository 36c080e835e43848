"""A workspace whose files are real, on the fake engine."""

from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.files import EngineFiles
from templates.project import Manifest, Project, ProjectFile
from tests.fakes.engine import FakeEngine

APP = "def total(items):\n    return sum(items)\n\n\ndef main():\n    print(total([1, 2]))\n"
PROJECT = Project(
    Manifest("Shop"),
    (
        ProjectFile("README.md", b"# Shop\n"),
        ProjectFile("src/app.py", APP.encode()),
        ProjectFile("bin/run", b"#!/bin/sh\npython src/app.py\n", mode=0o755),
        ProjectFile(".env", b"PASSWORD=do-not-show-me\n"),
    ),
)


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    engine = FakeEngine(ClusterConfig(home=tmp_path))
    engine.put("shop", PROJECT)
    return engine


@pytest.fixture
def files(engine: FakeEngine) -> EngineFiles:
    return EngineFiles(engine, "shop")


@pytest.fixture
def folder(engine: FakeEngine) -> Path:
    return engine.config.home / "shop"
