"""`templates add`, `update`, `remove` and `new`, and `new` from a source: what people and scripts see."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from cluster.config import ClusterConfig
from cluster.engine import Capability
from templates.project import Manifest, Project, ProjectFile
from tests.fakes.engine import FakeEngine
from tests.unit.launcher.conftest import Cli
from tests.unit.templates.sources.conftest import add_template, commit, git


class OpenEngine(FakeEngine):
    """Isolates nothing, as processes of the person do."""

    name = "local"
    lacks: Mapping[Capability, str] = {"network-isolation": "Processes of this user."}


@pytest.fixture
def team(tmp_path: Path) -> Path:
    folder = tmp_path / "team"
    add_template(folder / "api")
    add_template(folder / "bad", 'title = "x"\nlanguge = "Go"\n')
    return folder


@pytest.fixture
def local(vibecode: Cli, tmp_path: Path) -> FakeEngine:
    """The only engine, and one without isolation."""
    engine = OpenEngine(ClusterConfig(home=tmp_path / "local"))
    vibecode.environ["VIBECODE_ENGINE"] = "local"
    vibecode.services["local"] = lambda _: engine
    return engine


def ids(vibecode: Cli) -> list[str]:
    return [one["id"] for one in vibecode("templates", "--json").document if one["source"]]


def test_a_folder_is_added_listed_and_removed(vibecode: Cli, team: Path) -> None:
    added = vibecode("templates", "add", str(team), "--json")
    assert added.code == 0, added.out
    assert added.document == {
        "name": "team",
        "folder": str(team),
        "url": None,
        "commit": None,
        "templates": ["team/api"],
        "broken": {
            "team/bad": f"{team}/bad/template.toml: description is missing; language is missing; "
            "line 2: languge is not a field of a template."
        },
    }
    listed = vibecode("templates")
    assert "team/api" in listed.out
    assert "team/bad is left out" in listed.err
    assert "VibeCode" in listed.out
    assert vibecode("templates", "show", "team/api", "--json").document["source"] == "team"
    removed = vibecode("templates", "remove", "team")
    assert removed.out == f"team is removed. {team} stays as it is.\n"
    assert ids(vibecode) == []


def test_git_is_added_and_updated(vibecode: Cli, team: Path) -> None:
    git(team, "init", "--quiet", "--initial-branch=main")
    first = commit(team)
    added = vibecode("templates", "add", team.as_uri(), "--name", "ours")
    assert "ours is added" in added.out
    assert f"ours is as it was, at {first[:12]}" in vibecode("templates", "update", "ours").out
    last = commit(team)
    assert vibecode("templates", "update", "ours", "--json").document["commit"] == last
    assert ids(vibecode) == ["ours/api"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("add", "https://ada:s3cret@example.com/x"), "template-source"),
        (("add", "ext::sh -c id"), "template-source"),
        (("add", "nowhere"), "template-source"),
        (("update", "nobody"), "template-source-not-found"),
        (("remove", "nobody"), "template-source-not-found"),
        (("new", "x", "--from", "nobody"), "workspace-not-found"),
    ],
)
def test_what_cannot_be_done_is_told(vibecode: Cli, arguments: tuple[str, ...], code: str) -> None:
    result = vibecode("templates", *arguments, "--json")
    assert (result.code, result.document["error"]["code"]) == (1, code)
    assert "s3cret" not in result.out + result.err


def test_in_isolation_a_sources_template_is_made_without_a_question(vibecode: Cli, team: Path) -> None:
    vibecode("templates", "add", str(team))
    made = vibecode("new", "api", "--no-open", "--json")
    assert made.code == 0, made.err
    assert (made.document["name"], made.document["template"]) == ("api", "team/api")


def test_without_isolation_it_is_made_only_after_a_yes_that_shows_what_runs(
    vibecode: Cli, local: FakeEngine, team: Path
) -> None:
    vibecode("templates", "add", str(team))
    asked = vibecode("new", "team/api", "--no-open")
    assert asked.code == 2
    assert "--run" in asked.err
    assert "run: go run ." in asked.err
    assert vibecode("list", "--json").document == []
    assert vibecode("new", "team/api", "--no-open", "--run").code == 0
    assert [one["template"] for one in vibecode("list", "--json").document] == ["team/api"]
    assert vibecode("new", "static-site", "--no-open").code == 0


def test_it_does_not_leave_isolation_without_a_yes(vibecode: Cli, engine: FakeEngine, local: FakeEngine) -> None:
    engine.put("shop", Project(Manifest("Shop", "team/api"), (ProjectFile(".vscode/settings.json", b"{}"),)))
    asked = vibecode("move", "shop", "--to", "local")
    assert asked.code == 2
    assert "settings of the editor: .vscode/settings.json" in asked.err
    assert "--run" in asked.err
    assert vibecode("list", "--json").document == []


FILES = (
    ProjectFile(".gitignore", b"dist/\n"),
    ProjectFile("README.md", b"# {{ name }}\n"),
    ProjectFile("run.sh", b"#!/bin/sh\n", mode=0o755),
    ProjectFile("tests/data.bin", bytes(range(256))),
)


def test_a_template_of_a_workspace_gives_the_same_files(vibecode: Cli, engine: FakeEngine, tmp_path: Path) -> None:
    manifest = Manifest("Shop", "python-fastapi", language="Python", run="./run.sh", ports=(8000,))
    engine.put("shop", Project(manifest, (*FILES, ProjectFile(".env", b"TOKEN=abc\n"))))
    home = engine.config.home / ".homes" / "shop" / ".vibecode"
    home.mkdir(parents=True)
    (home / "manifest.json").write_text(json.dumps(asdict(manifest)))
    made = vibecode("templates", "new", "mine", "--from", "shop", "--json")
    assert made.code == 0, made.out
    document: Any = made.document
    assert (document["id"], document["files"]) == ("mine/mine", 4)
    assert ".env" in document["left_out"][0]
    assert ids(vibecode) == ["mine/mine"]
    assert vibecode("new", "mine", "copy", "--no-open").code == 0
    folder = engine.config.home / "copy"
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert {name: (path.read_bytes(), path.stat().st_mode & 0o777) for name, path in found.items()} == {
        file.path: (file.content, file.mode) for file in FILES
    }
    refused = vibecode("templates", "remove", "mine")
    assert (refused.code, "--yes" in refused.err) == (2, True)
    assert vibecode("templates", "remove", "mine", "--yes").code == 0
    assert not Path(document["folder"]).exists()


def test_it_is_written_where_one_wants_it_and_stays_there(vibecode: Cli, engine: FakeEngine, tmp_path: Path) -> None:
    engine.put("shop", Project(Manifest("Shop"), FILES))
    made = vibecode("templates", "new", "mine", "--from", "shop", "--output", str(tmp_path / "out"))
    assert made.code == 0, made.err
    assert (tmp_path / "out" / "files" / "run.sh").stat().st_mode & 0o100
    assert vibecode("templates", "remove", "mine").code == 0
    assert (tmp_path / "out" / "template.toml").exists()
    again = vibecode("templates", "new", "mine", "--from", "shop", "--output", str(tmp_path / "out"))
    assert (again.code, "already" in again.err) == (1, True)
