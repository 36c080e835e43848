"""The harness that proves templates, on a place that a test makes up."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from templates.catalog import Catalog, Template
from templates.project import Project
from tests.catalog.place import LOCAL, WORKSPACE, Answer, Ended, LocalFolder, Page, Running
from tests.catalog.proofs import PROOFS, Proof
from tests.catalog.prove import Record, prove
from tests.catalog.results import README, RESULTS, catalog_table, merged, read, table, with_catalog_table, write

MANIFEST = """
title = "T"
description = "D"
language = "Shell"
install = "install"
test = "test"
run = "run"
"""
PROOF = Proof(shows="hello", file="text", old="hello", new="goodbye", then="goodbye")


@dataclass
class Started:
    output: str
    code: int | None


@dataclass
class Stage:
    """A place where commands end as a test says, and what runs shows the file `text`."""

    ends: Mapping[str, int] = field(default_factory=dict[str, int])
    files: dict[str, str] = field(default_factory=dict[str, str])
    ran: list[str] = field(default_factory=list[str])
    serving: bool = False
    stuck: bool = False
    name: str = "stage"

    async def put(self, project: Project) -> None:
        self.files = {file.path: b"".join(file.chunks()).decode() for file in project.files}
        self.shown = self.files["text"]

    async def run(self, command: str) -> Ended:
        self.ran.append(command)
        return Ended(self.ends.get(command, 0), f"{command} said")

    @asynccontextmanager
    async def start(self, command: str) -> AsyncGenerator[Running]:
        self.ran.append(command)
        self.serving = True
        yield Started(self.files["text"], self.ends.get(command))
        self.serving = False

    async def read(self, path: str) -> str:
        return self.files[path]

    async def write(self, path: str, text: str) -> None:
        self.files[path] = text

    async def get(self, port: int, path: str) -> Answer | None:
        return Answer(200, self.shown if self.stuck else self.files["text"]) if self.serving else None

    def browse(self, port: int, path: str) -> Page:
        raise AssertionError("no page is looked at here")


@pytest.fixture
def template(tmp_path: Path) -> Template:
    folder = tmp_path / "shop"
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "text").write_text("hello")
    (folder / "template.toml").write_text(MANIFEST)
    return Catalog(tmp_path).load("shop")


@pytest.fixture
def serving(template: Template) -> Template:
    path = template.folder / "template.toml"
    path.write_text(MANIFEST + "ports = [8000]\n")
    return Catalog(template.folder.parent).load("shop")


async def test_a_program_is_proven_by_what_it_prints_before_and_after_a_change(template: Template) -> None:
    stage = Stage()
    record = await prove(template, PROOF, stage)
    assert (record.failed, stage.ran) == ("", ["install", "test", "run", "run"])
    assert record.lint is None
    assert None not in (record.install, record.test, record.run, record.change)


async def test_a_server_is_proven_by_what_it_answers_while_it_runs(serving: Template) -> None:
    stage = Stage()
    record = await prove(serving, PROOF, stage)
    assert (record.failed, stage.ran) == ("", ["install", "test", "run"])
    assert record.change is not None


async def test_the_first_step_that_fails_ends_the_proof_and_says_why(template: Template) -> None:
    stage = Stage(ends={"test": 3})
    record = await prove(template, PROOF, stage)
    assert record.failed == "test: `test` ended with 3\ntest said"
    assert stage.ran == ["install", "test"]
    assert record.install is not None
    assert record.run is None


async def test_a_server_that_ends_without_the_change_is_no_proof(serving: Template) -> None:
    record = await prove(serving, PROOF, Stage(ends={"run": 1}, stuck=True))
    assert record.failed.startswith("change: / does not show 'goodbye'")
    assert "it ended with 1" in record.failed


async def test_a_port_that_something_else_has_is_said(serving: Template) -> None:
    assert (await prove(serving, PROOF, Stage(serving=True))).failed == "run: something else answers on port 8000"


async def test_what_cannot_be_changed_as_the_proof_says_is_said(template: Template) -> None:
    proof = Proof(shows="hello", file="text", old="l", new="L", then="heLLo")
    assert (await prove(template, proof, Stage())).failed == "change: text has 'l' 2 times"


async def test_without_something_to_be_seen_it_is_not_started(template: Template) -> None:
    stage = Stage()
    record = await prove(template, Proof(unproven="run: it needs a cluster"), stage)
    assert (record.run, record.unproven, stage.ran) == (None, "run: it needs a cluster", ["install", "test"])


async def test_a_folder_of_this_machine_runs_commands_and_ends_what_they_started(tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path)
    assert await folder.run("echo one >file; cat file; exit 3") == Ended(3, "one\n")
    async with folder.start("sleep 600 & echo $! >pid; wait") as running:
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            await folder.run("true")
        assert running.code is None
    child = Path("/proc") / (tmp_path / "pid").read_text().strip() / "stat"
    async with asyncio.timeout(10):  # what was killed is not gone at once
        while _lives(child):
            await asyncio.sleep(0)


def _lives(stat: Path) -> bool:
    try:
        return stat.read_text().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_the_newest_record_of_each_template_and_place_is_kept(tmp_path: Path) -> None:
    old = [Record("b", "x", test=1.0), Record("a", "x", test=1.0)]
    new = [Record("a", "x", test=2.0), Record("a", "y", failed="run: no\nmore")]
    kept = merged(old, new)
    assert [(one.template, one.place, one.test) for one in kept] == [("a", "x", 2.0), ("a", "y", None), ("b", "x", 1.0)]
    write(tmp_path / "results.json", kept)
    assert read(tmp_path / "results.json") == kept
    assert read(tmp_path / "nothing.json") == []
    assert table(kept).splitlines()[3] == "| `a` |  |  |  |  |  | run: no |"


@pytest.mark.parametrize("proof", PROOFS.values(), ids=PROOFS)
def test_a_proof_sees_the_change_and_not_what_was_there(proof: Proof) -> None:
    if proof.shows:
        assert proof.file
        assert proof.then not in proof.shows
        assert proof.then not in proof.old
    else:
        assert proof.unproven


@pytest.mark.parametrize(("template_id", "proof"), PROOFS.items(), ids=PROOFS)
def test_what_a_proof_changes_is_in_the_file_once(template_id: str, proof: Proof) -> None:
    if proof.file:
        folder = Catalog().load(template_id).files
        variables = Catalog().load(template_id).manifest.variables
        text = (folder / proof.file).read_text(encoding="utf-8")
        for name, variable in variables.items():
            text = text.replace(f"{{{{ {name} }}}}", variable.default_text)
        assert text.count(proof.old) == 1


def test_every_result_is_a_proof_that_was_kept() -> None:
    results = {one.template: one for one in read(RESULTS)}
    assert results.keys() == PROOFS.keys()
    assert [one.template for one in results.values() if one.failed] == []


def test_the_readmes_table_is_made_from_the_results() -> None:
    text = README.read_text(encoding="utf-8")
    assert with_catalog_table(text, catalog_table(Catalog().list().templates, read(RESULTS))) == text


def test_the_times_in_a_workspace_count_more_than_those_in_a_folder() -> None:
    template = Catalog().load("static-site")
    inside = Record(template.id, WORKSPACE, install=3.0, run=4.0)
    shown = catalog_table([template], [inside, Record(template.id, LOCAL, install=1.0, run=2.0)])
    assert shown.splitlines()[-1].endswith("| 3 s |  | 4 s |")
