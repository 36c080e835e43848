"""What is read of a workspace, and what stays behind and is said."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.errors import WorkspaceStoppedError
from cluster.workspace_project import read_project, read_what_runs
from templates.errors import TooLargeError
from templates.limits import Limits
from templates.project import Manifest, Project, ProjectFile
from tests.fakes.engine import FakeEngine

FILES = (
    ProjectFile(".gitignore", b"dist/\n"),
    ProjectFile(".env", b"TOKEN=abc\n"),
    ProjectFile(".env.example", b"TOKEN=\n"),
    ProjectFile(".npmrc", b"//example.com/:_authToken=abc\n"),
    ProjectFile(".ssh/config", b"Host x\n"),
    ProjectFile(".vscode/tasks.json", b"{}"),
    ProjectFile("app.py", b'password = "correct-horse-battery"\n'),
    ProjectFile("data.bin", bytes(range(256)) * 10),
    ProjectFile("dist/app.js", b"built\n"),
    ProjectFile("key.pem", b"-----\n"),
    ProjectFile("run.sh", b"#!/bin/sh\n", mode=0o755),
)
KEPT = [".env.example", ".gitignore", ".vscode/tasks.json", "app.py", "data.bin", "run.sh"]
MANIFEST = Manifest("Shop", "python-fastapi", language="Python", run="uv run app", ports=(8000,))


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    engine = FakeEngine(ClusterConfig(home=tmp_path))
    engine.put("shop", Project(MANIFEST, FILES))
    return engine


def remember(engine: FakeEngine, manifest: Manifest) -> None:
    """As seeding does it in the workspace's home."""
    folder = engine.config.home / ".homes" / "shop" / ".vibecode"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(asdict(manifest)))


async def test_its_own_files_come_and_what_stays_behind_is_said(engine: FakeEngine) -> None:
    remember(engine, MANIFEST)
    (engine.config.home / "shop" / "link").symlink_to("app.py")
    told: list[str] = []
    found = await read_project(engine, "shop", told.append)
    files = {file.path: file for file in found.project.files}
    assert sorted(files) == KEPT
    for file in FILES:
        if file.path in files:
            assert (files[file.path].content, files[file.path].mode) == (file.content, file.mode)
    assert found.project.manifest == MANIFEST
    secret, ignored = found.project.left_out
    assert all(name in secret for name in (".env", ".npmrc", ".ssh/config", "key.pem"))
    assert "1" in ignored
    assert found.suspicious == ("app.py",)
    assert told[-1] == "7 of 7 files"


async def test_one_that_does_not_remember_is_guessed(engine: FakeEngine) -> None:
    manifest = (await read_project(engine, "shop", lambda _: None)).project.manifest
    assert (manifest.title, manifest.template) == ("shop", None)


async def test_too_much_is_refused(engine: FakeEngine) -> None:
    with pytest.raises(TooLargeError):
        await read_project(engine, "shop", lambda _: None, Limits(files=3))
    with pytest.raises(TooLargeError):
        await read_project(engine, "shop", lambda _: None, Limits(bytes=100))


async def test_a_stopped_one_is_not_read(engine: FakeEngine) -> None:
    engine.change("shop", state="stopped")
    with pytest.raises(WorkspaceStoppedError):
        await read_project(engine, "shop", lambda _: None)


async def test_what_runs_is_judged_by_the_engines_record(engine: FakeEngine) -> None:
    remember(engine, MANIFEST)
    project = await read_what_runs(engine, "shop", "team/api")
    assert project.manifest.template == "team/api"
    assert project.manifest.run == "uv run app"
    assert [file.path for file in project.files] == [".vscode/tasks.json"]
