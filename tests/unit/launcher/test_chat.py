"""`chat`, `undo` and `redo`, as scripts and people see them, on a fake engine and a scripted model over real HTTP."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from launcher.experience import ExperienceFile
from templates.edits.formats import Experience
from templates.project import Manifest, Project, ProjectFile
from tests.fakes.engine import FakeEngine
from tests.fakes.model_server import KEY, ModelServer, Script, says
from tests.fakes.secrets import MemorySecrets
from tests.unit.launcher.conftest import Cli
from tests.unit.launcher.model_thread import model_server

APP = "def hello():\n    return 'hello'\n"
EDIT = """\
I make it French.

app.py
<<<<<<< SEARCH
    return 'hello'
=======
    return 'salut'
>>>>>>> REPLACE
"""
FRENCH = APP.replace("hello'", "salut'")
ADDED = "notes.md\n<<<<<<< SEARCH\n=======\n# Notes\n>>>>>>> REPLACE\n"
WRONG = EDIT.replace("return 'hello'", "return greeting(everybody)")


@pytest.fixture
def folder(engine: FakeEngine) -> Path:
    engine.put("shop", Project(Manifest("Shop"), (ProjectFile("app.py", APP.encode()), ProjectFile(".env", b"A=b"))))
    return engine.config.home / "shop"


@contextmanager
def asking(vibecode: Cli, *script: Script) -> Iterator[ModelServer]:
    vibecode.services["secrets"] = MemorySecrets
    with model_server(*script) as server:
        vibecode.environ |= {"VIBECODE_AI_URL": server.url, "VIBECODE_AI_KEY": KEY}
        yield server


def test_without_apply_the_proposal_is_answered_and_nothing_written(vibecode: Cli, folder: Path) -> None:
    with asking(vibecode, says(EDIT + ADDED + "```run\npytest\n```\n", cost=0.01)):
        result = vibecode("chat", "shop", "in French", "--json")

    assert result.code == 0, result.out
    document = result.document
    assert (document["name"], document["applied"], document["turn"]) == ("shop", False, None)
    assert [(one["path"], one["kind"]) for one in document["files"]] == [("app.py", "changed"), ("notes.md", "added")]
    assert "-    return 'hello'\n+    return 'salut'\n" in document["files"][0]["diff"]
    assert document["commands"] == ["pytest"]
    assert document["context"]["files"] == ["app.py"]
    assert document["context"]["withheld"] == [".env"]
    assert (document["model"], document["cost"]) == ("some/model", 0.01)
    assert (folder / "app.py").read_text() == APP
    assert not (folder / "notes.md").exists()


def test_in_words_the_diff_and_the_cost_are_shown(vibecode: Cli, folder: Path) -> None:
    with asking(vibecode, says(EDIT, cost=0.01)):
        result = vibecode("chat", "shop", "in French")

    assert "I make it French." in result.out
    assert "    2 -     return 'hello'\n    2 +     return 'salut'" in result.out
    assert "Nothing is written; --apply writes it. Cost: $0.01" in result.out
    assert "Shown to some/model: 1 of 2 files" in result.err
    assert "may hold secrets: .env" in result.err
    assert (folder / "app.py").read_text() == APP


def test_apply_writes_and_undo_and_redo_switch(vibecode: Cli, folder: Path) -> None:
    with asking(vibecode, says(EDIT + ADDED)):
        result = vibecode("chat", "shop", "in French", "--apply", "--json")
    assert (result.document["applied"], result.document["turn"]) == (True, 1)
    assert (folder / "app.py").read_text() == FRENCH

    undone = vibecode("undo", "shop", "--json")
    assert undone.document == {
        "name": "shop",
        "turn": 1,
        "instruction": "in French",
        "undone": True,
        "files": ["app.py", "notes.md"],
    }
    assert ((folder / "app.py").read_text(), (folder / "notes.md").exists()) == (APP, False)

    assert "Done again: in French (2 files)" in vibecode("redo", "shop").out
    assert ((folder / "app.py").read_text(), (folder / "notes.md").exists()) == (FRENCH, True)
    assert vibecode("redo", "shop", "--json").document["error"]["code"] == "nothing-to-redo"


def test_undo_is_refused_where_a_file_was_edited_since(vibecode: Cli, folder: Path) -> None:
    with asking(vibecode, says(EDIT)):
        vibecode("chat", "shop", "in French", "--apply")
    (folder / "app.py").write_text("mine\n")

    result = vibecode("undo", "shop")

    assert result.code == 1
    assert "+mine" in result.err
    assert (folder / "app.py").read_text() == "mine\n"


def test_apply_writes_nothing_where_an_edit_has_no_place(vibecode: Cli, folder: Path) -> None:
    with asking(vibecode, says(WRONG + ADDED), says(WRONG)):
        result = vibecode("chat", "shop", "in French", "--apply", "--json")

    assert result.code == 1
    assert result.document["error"]["code"] == "edits-not-placed"
    assert "app.py" in result.document["error"]["detail"]
    assert not (folder / "notes.md").exists()


def test_experience_with_a_model_chooses_the_format(vibecode: Cli, folder: Path, own_home: Path) -> None:
    with asking(vibecode, *[says(WRONG)] * 10, says("Yes.")) as server:
        for _ in range(5):
            vibecode("chat", "shop", "in French")
        vibecode("chat", "shop", "in French")

    assert "search/replace block" in server.requests[0]["messages"][0]["content"]
    assert "WHOLE new content" in server.requests[-1]["messages"][0]["content"]
    kept = ExperienceFile(own_home / "vibecode" / "data" / "edit-formats.json")
    assert kept.of("some/model") == {"blocks": Experience(0, 5)}


def test_an_experience_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    kept = ExperienceFile(tmp_path / "file.json")
    for content in ("", "[]", '{"m": {"blocks": 3}}', '{"m": {"blocks": ["x", 1]}}'):
        kept.file.write_text(content)
        assert kept.of("m") == {}
    kept.add("m", "whole", 2, 1)
    kept.add("m", "whole", 1, 0)
    assert kept.of("m") == {"whole": Experience(3, 1)}


def test_conversations_are_listed_gone_on_with_exported_and_deleted(vibecode: Cli, folder: Path) -> None:
    with asking(vibecode, says("First."), says("Second."), says("Third.")) as server:
        chat = vibecode("chat", "shop", "one", "--json").document["chat"]
        assert vibecode("chat", "shop", "two", "--continue", "--json").document["chat"] == chat
        assert vibecode("chat", "shop", "three", "--json").document["chat"] != chat
    assert [one["content"] for one in server.requests[1]["messages"][1:3]] == ["one", "First."]

    listed = vibecode("chat", "shop", "--list", "--json").document
    assert {one["chat"]: (one["title"], one["messages"]) for one in listed}[chat] == ("one", 2)
    assert "one" in vibecode("chat", "shop", "--list").out
    text = vibecode("chat", "shop", "--export", chat).out
    assert "First." in text
    assert "Second." in text
    assert vibecode("chat", "shop", "--delete", chat, "--json").document == {"deleted": chat}
    assert vibecode("chat", "shop", "--export", chat, "--json").document["error"]["code"] == "chat-not-found"
    assert vibecode("chat", "shop", "x", "--chat", "nope", "--json").document["error"]["code"] == "chat-not-found"


@pytest.mark.parametrize("arguments", [[], ["x", "--list"], ["--list", "--export", "a"], [" "]])
def test_wrong_usage_is_told(vibecode: Cli, folder: Path, arguments: list[str]) -> None:
    assert vibecode("chat", "shop", *arguments).code == 2


def test_a_commit_for_each_change_where_it_is_wanted(vibecode: Cli, folder: Path) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.test"]
    subprocess.run([*git, "init", "--quiet"], cwd=folder, check=True)
    for name, value in (("user.name", "a"), ("user.email", "a@b.test")):
        subprocess.run(["git", "config", name, value], cwd=folder, check=True)
    subprocess.run([*git, "add", "app.py"], cwd=folder, check=True)
    subprocess.run([*git, "commit", "--quiet", "-m", "first"], cwd=folder, check=True)
    vibecode.environ["VIBECODE_AI_COMMIT"] = "yes"

    with asking(vibecode, says(EDIT + ADDED)):
        assert vibecode("chat", "shop", "in French", "--apply").code == 0
    vibecode("undo", "shop")

    log = subprocess.run([*git, "log", "--format=%s"], cwd=folder, check=True, capture_output=True, text=True).stdout
    assert log.splitlines() == ["Undone: in French", "in French", "first"]
    status = subprocess.run([*git, "status", "--short"], cwd=folder, check=True, capture_output=True, text=True).stdout
    assert status == "?? .env\n"


def test_what_steers_a_terminal_does_not_reach_it(vibecode: Cli, folder: Path) -> None:
    with asking(vibecode, says(f"Hi \x1b]0;title\x07 \x1b[2J\n{EDIT.replace('salut', chr(27) + '[31msalut')}")):
        result = vibecode("chat", "shop", "in French")

    assert "\x1b" not in result.out + result.err
    assert "\x07" not in result.out + result.err


def test_a_workspace_that_is_not_there_is_told_before_the_model_is_asked(vibecode: Cli, folder: Path) -> None:
    with asking(vibecode, says("Yes.")) as server:
        result = vibecode("chat", "nope", "hello", "--json")

    assert result.document["error"]["code"] == "workspace-not-found"
    assert server.requests == []
    assert json.dumps(result.document).count(KEY) == 0
