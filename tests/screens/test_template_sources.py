"""The sources of one's own templates: added, updated and removed in the gallery, and made of a workspace."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from screens.app import VibeCodeApp
from screens.forms.form import Form
from screens.modals.question import Question
from screens.templates.sources import Known, Wanted, problems
from screens.widgets.field import Field
from screens.widgets.row_list import RowList
from templates.catalog import Catalog
from templates.project import Manifest, Project, ProjectFile
from templates.sources.catalog import SourcedCatalog
from templates.sources.change import Sources
from templates.sources.source import Source, SourceBook
from tests.fakes.catalog import write_catalog
from tests.screens.stage import SIZES, Stage, put, seen, until
from tests.unit.templates.sources.conftest import add_template, commit, git

Snap = Callable[..., bool]
OURS = ("python-tool", "python-api", "static-site", "node-express", "broken")


@dataclass(frozen=True)
class Home:
    """A stage whose gallery has sources, in a home of its own."""

    stage: Stage
    book: SourceBook
    folder: Path

    def app(self) -> VibeCodeApp:
        ours = Catalog(Path("catalog"))
        catalog = SourcedCatalog(ours.folder, book=self.book)
        return self.stage.app(catalog=catalog, sources=lambda: Sources(self.book, ours.ids()))

    def names(self) -> list[str]:
        return [one.name for one in self.book.read()]


@pytest.fixture
def home(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Its gallery is named by a relative path, so that it is called the same on every machine."""
    write_catalog(tmp_path / "catalog")
    monkeypatch.chdir(tmp_path)
    book = SourceBook(tmp_path / "home" / "template-sources.json", tmp_path / "home" / "templates")
    return Home(stage, book, tmp_path)


@pytest.fixture
def team(home: Home) -> Path:
    """A folder with two templates, and one that is broken."""
    folder = home.folder / "team"
    for name in ("api", "tool"):
        add_template(folder / name)
    add_template(folder / "bad", 'title = "x"\n')
    return folder


def rows(pilot: Pilot[None]) -> RowList:
    return pilot.app.screen.query_one("#templates", RowList)


def app_of(pilot: Pilot[None]) -> VibeCodeApp:
    assert isinstance(pilot.app, VibeCodeApp)
    return pilot.app


def told(pilot: Pilot[None]) -> list[str]:
    """What the notes say."""
    return [note.message for note in pilot.app._notifications]  # pyright: ignore[reportPrivateUsage]


async def gallery(pilot: Pilot[None], *keys: str) -> None:
    await seen(pilot)
    await pilot.press("2")
    await until(pilot, lambda: in_gallery(pilot) and bool(rows(pilot).keys))
    await pilot.press(*keys)
    await pilot.pause()


async def form(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, Form))


def typed(words: str) -> tuple[str, ...]:
    names = {"/": "slash", ".": "full_stop", "-": "minus", ":": "colon", "_": "underscore", "~": "tilde"}
    return tuple(names.get(char, char) for char in words)


def in_gallery(pilot: Pilot[None]) -> bool:
    return pilot.app.screen.id == "templates"


def fill(pilot: Pilot[None], **values: str) -> None:
    for name, value in values.items():
        pilot.app.screen.query_one(f"#field-{name}", Field).value = value


# What it looks like


def test_the_form_of_a_source(home: Home, snap_compare: Snap) -> None:
    async def opened(pilot: Pilot[None]) -> None:
        await gallery(pilot, "a")
        await form(pilot)
        fill(pilot, place="https://example.com/team/templates.git")

    assert snap_compare(home.app(), terminal_size=SIZES["normal"], run_before=opened)


def test_the_form_of_a_source_that_cannot_be(home: Home, snap_compare: Snap) -> None:
    async def opened(pilot: Pilot[None]) -> None:
        await gallery(pilot, "a")
        await form(pilot)
        fill(pilot, place="https://ada:s3cret@example.com/x", name="python-api")

    assert snap_compare(home.app(), terminal_size=SIZES["small"], run_before=opened)


def test_the_form_of_a_workspaces_template(five: Stage, home: Home, snap_compare: Snap) -> None:
    async def opened(pilot: Pilot[None]) -> None:
        await seen(pilot)
        await pilot.press("w")
        await form(pilot)

    assert snap_compare(home.app(), terminal_size=SIZES["normal"], run_before=opened)


# A source is added


async def test_a_folder_is_added_listed_and_the_cursor_on_it(home: Home, team: Path) -> None:
    async with home.app().run_test(size=SIZES["normal"]) as pilot:
        await gallery(pilot, "slash", "a", "p", "i", "enter", "a")
        await form(pilot)
        await pilot.press(*typed(str(team)), "enter")
        await until(pilot, lambda: pilot.app.screen.id == "templates" and "team/api" in rows(pilot).keys)
        assert rows(pilot).highlighted == "team/api"
        assert set(rows(pilot).keys) == {*OURS, "team/api", "team/tool", "team/bad"}
        [note] = told(pilot)
        assert note.startswith("The source team is added. team/bad is left out:")


async def test_it_is_added_by_the_name_that_is_typed(home: Home, team: Path) -> None:
    async with home.app().run_test(size=SIZES["normal"]) as pilot:
        await gallery(pilot, "a")
        await form(pilot)
        await pilot.press(*typed(str(team)), "down", *typed("my-own"), "enter")
        await until(pilot, lambda: in_gallery(pilot) and rows(pilot).highlighted == "my-own/api")
        assert home.names() == ["my-own"]


async def test_a_place_that_is_not_there_says_why_and_what_was_typed_is_kept(home: Home, team: Path) -> None:
    async with home.app().run_test(size=SIZES["normal"]) as pilot:
        await gallery(pilot, "a")
        await form(pilot)
        await pilot.press(*typed(f"{team}x"), "enter")
        await until(pilot, lambda: bool(told(pilot)))
        assert told(pilot) == ["Adding the source teamx failed; 5 shows why."]
        [job] = app_of(pilot).shared.jobs.all
        assert job.error is not None
        assert job.error.detail == f"{team}x cannot be opened: No such file or directory."
        await pilot.press("a")
        await form(pilot)
        assert pilot.app.screen.query_one("#field-place", Field).value == f"{team}x"
        await pilot.press("end", "backspace", "enter")
        await until(pilot, lambda: in_gallery(pilot) and rows(pilot).highlighted == "team/api")
        await pilot.press("a")
        await form(pilot)
        assert pilot.app.screen.query_one("#field-place", Field).value == ""


async def test_a_wrong_field_takes_the_focus_and_nothing_begins(home: Home, team: Path) -> None:
    async with home.app().run_test(size=SIZES["normal"]) as pilot:
        await gallery(pilot, "a")
        await form(pilot)
        await pilot.press("enter")
        assert pilot.app.screen.query_one("#field-place").has_focus
        fill(pilot, place=str(team), name="Team")
        await pilot.press("enter")
        assert pilot.app.screen.query_one("#field-name").has_focus
        said = [str(one.content) for one in pilot.app.screen.query(".problem").results(Static)]
        assert said[0] == ""
        assert "Lower-case letters" in said[1]
        await pilot.press("escape")
        await until(pilot, lambda: in_gallery(pilot))
        assert app_of(pilot).shared.jobs.all == ()
        assert home.names() == []


@pytest.mark.parametrize(
    ("place", "name", "expected"),
    [
        ("", "", {"place": "It needs a folder or an address."}),
        ("/srv/more", "", {}),
        ("git@example.com:ada/more.git", "", {}),
        ("http://example.com/x", "", {"place": "Nothing is fetched by 'http' like this."}),
        ("https://ada:s@example.com/x", "", {"place": "The address has a password or a token in it"}),
        ("/srv/team", "other", {"place": "It is the source team already."}),
        ("/srv/x/../team/", "other", {"place": "It is the source team already."}),
        ("/srv/team-2/team", "", {"name": "There is a source team already: /srv/team."}),
        ("/srv/python-api", "", {"name": "python-api is one of VibeCode's own templates."}),
        ("/srv/3d", "", {"name": "Lower-case letters"}),
        ("/", "", {"name": "It needs a name."}),
        ("/srv/A b", "a b", {"name": "Lower-case letters"}),
        ("/srv/more", "a" * 41, {"name": "Lower-case letters"}),
    ],
)
def test_what_is_said_while_it_is_typed(place: str, name: str, expected: dict[str, str]) -> None:
    there = Known((Source("team", Path("/srv/team")),), ours=frozenset(("python-api",)))
    found = problems(Wanted(place, name), there)
    assert found.keys() == expected.keys()
    assert all(found[key].startswith(words) for key, words in expected.items())


# A source is updated and removed


async def test_what_git_has_now_is_fetched(home: Home, team: Path) -> None:
    git(team, "init", "--quiet", "--initial-branch=main")
    commit(team)
    async with home.app().run_test(size=SIZES["normal"]) as pilot:
        await gallery(pilot, "a")
        await form(pilot)
        fill(pilot, place=team.as_uri())
        await pilot.press("enter")
        await until(pilot, lambda: in_gallery(pilot) and rows(pilot).highlighted == "team/api")
        add_template(team / "web")
        last = commit(team)
        await pilot.press("u")
        await until(pilot, lambda: "team/web" in rows(pilot).keys)
        assert rows(pilot).highlighted == "team/api"
        assert home.book.named("team").commit == last
        assert f"It is at {last[:12]} now" in told(pilot)[-1]


@pytest.mark.parametrize(("answer", "left"), [("y", []), ("n", ["team"])])
async def test_removing_asks_and_leaves_the_folder(home: Home, team: Path, answer: str, left: list[str]) -> None:
    home.book.kept.mkdir(parents=True)
    home.book.write([Source("team", team)])
    async with home.app().run_test(size=SIZES["normal"]) as pilot:
        await gallery(pilot)
        rows(pilot).highlight("team/tool")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        assert f"{team} stays as it is." in said_in_question(pilot)
        await pilot.press(answer)
        await until(pilot, lambda: in_gallery(pilot) and ("team/tool" in rows(pilot).keys) == bool(left))
        assert home.names() == left
        assert (team / "api" / "template.toml").exists()


async def test_removing_what_is_here_alone_says_so(home: Home) -> None:
    add_template(home.book.made / "mine")
    home.book.write([Source("mine", (home.book.made / "mine").resolve())])
    async with home.app().run_test(size=SIZES["normal"]) as pilot:
        await gallery(pilot)
        rows(pilot).highlight("mine/mine")
        await pilot.press("delete")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        assert "which is nowhere else than in" in said_in_question(pilot)
        await pilot.press("y")
        await until(pilot, lambda: in_gallery(pilot) and "mine/mine" not in rows(pilot).keys)
        assert not (home.book.made / "mine").exists()


async def test_a_source_that_has_gone_can_be_removed(home: Home) -> None:
    home.book.kept.mkdir(parents=True)
    home.book.write([Source("gone", home.folder / "gone")])
    async with home.app().run_test(size=SIZES["normal"]) as pilot:
        await gallery(pilot, "end")
        assert rows(pilot).highlighted == "gone"
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        await pilot.press("y")
        await until(pilot, lambda: in_gallery(pilot) and rows(pilot).keys == OURS)


async def test_ours_have_no_source_to_update_or_remove(home: Home) -> None:
    async with home.app().run_test(size=SIZES["normal"]) as pilot:
        await gallery(pilot, "u", "d")
        enabled = {name: pilot.app.screen.check_action(f"{name}_source", ()) for name in ("add", "update", "remove")}
        assert enabled == {"add": True, "update": None, "remove": None}
        assert in_gallery(pilot)
        assert app_of(pilot).shared.jobs.all == ()


def said_in_question(pilot: Pilot[None]) -> str:
    return "\n".join(str(one.content) for one in pilot.app.screen.query(Static).results(Static))


# A template of a workspace


def put_shop(stage: Stage) -> None:
    key = b"API_KEY = 'sk-or-v1-" + b"0123456789abcdef" * 4 + b"'\n"
    files = {"README.md": b"# Shop\n", ".env": b"TOKEN=abc\n", "app.py": key, ".gitignore": b"dist/\n"}
    project = Project(Manifest("Shop"), tuple(ProjectFile(name, content) for name, content in files.items()))
    stage.engine.put("shop", project)


async def test_a_template_is_made_of_a_workspace_and_what_stayed_behind_is_said(home: Home) -> None:
    put_shop(home.stage)
    async with home.app().run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        await pilot.press("w")
        await form(pilot)
        assert pilot.app.screen.query_one("#field-name", Field).value == "shop"
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.id == "progress")
        jobs = app_of(pilot).shared.jobs
        await until(pilot, lambda: not jobs.active)
        [job] = jobs.all
        assert job.error is None
        behind = "Files that may hold secrets stay behind: .env."
        look = "Look at these before you share it, since they seem to have a password or a key in them: app.py."
        folder = home.book.made / "shop"
        words = f"shop is among your templates. shop/shop has 3 files, in {folder}. {behind} {look}"
        assert job.task.said == words
        assert [line.text for line in job.waterfall.steps[-1].log] == [behind, look]
        assert behind in "".join(str(one.content) for one in pilot.app.screen.query("#heading").results(Static))
        await pilot.press("2")
        await until(pilot, lambda: in_gallery(pilot) and "shop/shop" in rows(pilot).keys)
        assert not (folder / "files" / ".env").exists()


async def test_a_name_that_is_taken_is_not_proposed_and_is_refused(home: Home) -> None:
    put(home.stage.engine, "python-api")
    async with home.app().run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        await pilot.press("w")
        await form(pilot)
        assert pilot.app.screen.query_one("#field-name", Field).value == ""
        fill(pilot, name="python-api")
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, Form)
        assert "VibeCode's own" in said_in_question(pilot)


async def test_a_name_that_is_taken_meanwhile_makes_nothing(home: Home) -> None:
    put_shop(home.stage)
    async with home.app().run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        await pilot.press("w")
        await form(pilot)
        home.book.kept.mkdir(parents=True)
        home.book.write([Source("shop", home.folder / "other")])
        await pilot.press("enter")
        jobs = app_of(pilot).shared.jobs
        await until(pilot, lambda: bool(jobs.all) and not jobs.active)
        [job] = jobs.all
        assert job.error is not None
        assert job.error.code == "template-source-taken"
        assert home.names() == ["shop"]


async def test_no_template_of_what_does_not_run(five: Stage, home: Home) -> None:
    async with home.app().run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        possible: list[bool | None] = []
        for _ in range(3):  # api runs, blog is stopped, dashboard failed
            possible.append(pilot.app.screen.check_action("template", ()))
            await pilot.press("down")
        assert possible == [True, None, None]
