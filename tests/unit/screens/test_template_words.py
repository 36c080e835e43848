"""Templates in, rows, facts, fields and trees out."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cluster.engine import EngineState, EngineStatus, Workspace, WorkspaceState
from screens.forms.naming import destination, proposal, taken_names
from screens.jobs import Job, Task
from screens.store import EngineView, Snapshot
from screens.templates import presenter, reading
from screens.templates.fields import fields_of, problem
from templates.catalog import Catalog, Template
from templates.errors import TemplateError
from templates.project import ProjectFile
from tests.fakes.catalog import write_catalog

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog(write_catalog(tmp_path))


@pytest.fixture
def api(catalog: Catalog) -> Template:
    return catalog.load("python-api")


def workspace(name: str, state: WorkspaceState = "running", template: str = "python-api") -> Workspace:
    return Workspace(name, f"http://{name}/", state, "kind", template, NOW)


def job(name: str) -> Job:
    return Job("1", Task(f"Creating {name}", lambda: (_ for _ in ()), "", name), NOW)  # type: ignore[arg-type, return-value]


# The gallery


def test_by_language_then_title_and_the_broken_last(catalog: Catalog) -> None:
    found = presenter.entries(catalog.list())

    assert [one.id for one in found] == ["python-tool", "python-api", "static-site", "node-express", "broken"]
    assert presenter.languages(found) == (("Python", 2), ("HTML", 1), ("JavaScript", 1))


@pytest.mark.parametrize(
    ("words", "language", "found"),
    [
        ("", None, 5),
        ("API", None, 2),
        ("api", "Python", 1),
        ("backend others", None, 1),
        ("node-express", None, 1),
        ("sqlite javascript", None, 0),
    ],
)
def test_matching(catalog: Catalog, words: str, language: str | None, found: int) -> None:
    assert len(presenter.matching(presenter.entries(catalog.list()), words, language)) == found


@pytest.mark.parametrize("width", [20, 44, 90])
def test_a_row_is_as_wide_as_there_is_room(catalog: Catalog, width: int) -> None:
    for one in presenter.entries(catalog.list()):
        assert all(line.cell_length <= width for line in presenter.line(one, width))


def test_a_broken_manifest_cannot_steer_the_terminal() -> None:
    one = presenter.Entry("bad", error=TemplateError("\x1b[2J\x07 gone"))
    assert "\x1b" not in "".join(line.plain for line in presenter.line(one, 40))


def test_languages_keep_their_names_and_leave_their_counts_where_there_is_no_room(catalog: Catalog) -> None:
    found = presenter.entries(catalog.list())

    assert presenter.language_bar(found, None, 60).plain == " all 4   Python 2   HTML 1   JavaScript 1 "
    assert presenter.language_bar(found, None, 33).plain == " all  Python  HTML  JavaScript "
    assert presenter.language_bar(found, None, 12).cell_length <= 12
    assert presenter.language_bar(found, "JavaScript", 18).plain.startswith(" all  JavaScript ")


def test_what_takes_several_lines_stays_in_its_column(api: Template) -> None:
    lines = presenter.overview(api, (), 44).plain.splitlines()
    run = next(number for number, line in enumerate(lines) if line.startswith("Run"))

    assert lines[run].startswith("Run        uv run uvicorn")
    assert lines[run + 1].startswith(" " * 11 + "--host")
    assert max(map(len, lines[run : run + 3])) <= 44


def test_a_toolchain_is_told_with_where_it_comes_from_and_whether_it_is_there(api: Template) -> None:
    manifest = api.manifest.model_copy(update={"toolchains": ("go",)})
    template = replace(api, manifest=manifest)

    there = presenter.overview(template, ("java",), 200).plain
    lacking = presenter.overview(template, ("go", "java"), 200).plain

    assert "Toolchain  Go: prepared once for the cluster; locally taken from PATH.\n" in there
    assert "locally taken from PATH. Go is not on PATH: https://go.dev/doc/install\n" in lacking
    assert "Toolchain" not in presenter.overview(api, ("go",), 200).plain


# The tree


def test_folders_before_files_and_each_in_its_place() -> None:
    nodes = presenter.tree(["b.py", "a/z.py", "a/B/c.py", ".github/x.yml", "A.md"])

    assert [node.path for node in nodes] == [
        *(".github", ".github/x.yml", "a", "a/B", "a/B/c.py", "a/z.py", "A.md", "b.py"),
    ]
    assert [node.path for node in nodes if node.folder] == [".github", "a", "a/B"]
    assert presenter.first_file(nodes) == "a/B/c.py"


def test_a_tree_of_nothing() -> None:
    assert presenter.tree([]) == ()
    assert presenter.first_file(()) == ""


# What is read


def test_the_preview_is_the_project_with_its_own_values(api: Template) -> None:
    preview = reading.read_preview(api)

    assert preview.readme.startswith("# python-api\n")
    main = preview.file("app/main.py")
    assert main is not None
    assert 'FastAPI(title="Notes")' in reading.colours(main).plain


def test_a_sources_template_is_read_as_ours_and_steers_no_terminal(api: Template) -> None:
    (api.files / "README.md").write_text("# {{ name }}\n\x1b]52;c;x\x07 \x1b[2J\n")
    preview = reading.read_preview(replace(api, id="team/api"))

    assert preview.readme.startswith("# api\n")
    assert preview.project.manifest.template == "team/api"
    assert not any(ord(char) < 32 and char != "\n" for char in preview.readme)


def test_words_of_the_language_have_their_colour(api: Template) -> None:
    main = reading.read_preview(api).file("app/main.py")
    assert main is not None
    content = reading.colours(main)

    assert "$accent" in {span.style for span in content.spans if content.plain[span.start : span.end] == "from"}


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (ProjectFile("logo.png", content=b"\x89PNG\0\0"), "Not a text: 6 bytes."),
        (ProjectFile("link", link="../else"), "A link to ../else."),
        (ProjectFile("big.txt", content=b"x" * 100_000), "The first 64.0 KiB of 97.7 KiB."),
        (ProjectFile("odd.txt", content=b"a\x1b[2Jb"), "a [2Jb"),
    ],
)
def test_what_is_no_text_is_said(file: ProjectFile, said: str) -> None:
    assert said in reading.colours(file).plain


# The form


def test_a_field_for_the_name_and_each_variable(api: Template) -> None:
    fields = fields_of(api, "shop")

    assert [one.name for one in fields] == ["name", "title", "license", "workers", "admin"]
    assert fields[0].value == "shop"
    assert fields[2].choices == (("MIT", "MIT"), ("Apache-2.0", "Apache-2.0"), ("BSD-3-Clause", "BSD-3-Clause"))
    assert fields[4].choices == (("true", "yes"), ("false", "no"))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("name", "shop", ""),
        ("name", "", "It needs a name."),
        ("name", "Shop", "Lower-case letters"),
        ("name", "9lives", "starts with a letter"),
        ("name", "a-", "Lower-case letters"),
        ("name", "auth", "reserved"),
        ("name", "x" * 41, "Lower-case letters"),
        ("name", "api", "There is a workspace api already."),
        ("title", "Board", ""),
        ("title", "x" * 21, "at most 20"),
        ("title", 'a "b"', "must do without"),
        ("license", "GPL", "must be one of"),
        ("workers", "0", "at least 1"),
        ("workers", "ten", "whole number"),
    ],
)
def test_what_is_wrong_is_a_sentence(api: Template, name: str, value: str, said: str) -> None:
    found = problem(api, name, value, {"api"})
    assert (said in found) if said else (found == "")


def test_a_workspace_whose_making_was_cut_off_can_be_gone_on_with() -> None:
    there = (workspace("whole"), workspace("begun", "creating"), workspace("other", "creating", "node-express"))

    assert taken_names(there, (job("busy"),), "python-api") == {"whole", "other", "busy"}
    assert proposal("python-api", (workspace("python-api"),), (job("python-api-2"),)) == "python-api-3"


@pytest.mark.parametrize(
    ("state", "said"),
    [("absent", "It is made first, once."), ("stopped", "It is started first."), ("running", "answers.")],
)
def test_where_it_goes(state: EngineState, said: str) -> None:
    status = EngineStatus("kind", state, "")
    snapshot = Snapshot((EngineView("kind", status),), "kind", "Docker answers")

    assert destination(snapshot).endswith(said)
    assert "looks" in destination(replace(snapshot, chosen=None))


def test_what_is_called_so_comes_before_what_is_only_said_to_be(catalog: Catalog) -> None:
    found = presenter.matching(presenter.entries(catalog.list()), "api", None)
    assert [one.id for one in found] == ["python-api", "node-express"]
    found = presenter.matching(presenter.entries(catalog.list()), "py", None)
    assert [one.id for one in found][:2] == ["python-tool", "python-api"]
