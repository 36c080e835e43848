"""The gallery of templates: what it shows in each state, and what its keys and its form do."""

import threading
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from cluster.config import ClusterConfig
from cluster.engine import Capability
from cluster.errors import ConsentNeededError
from screens.messages import Go
from screens.modals.question import Question
from screens.shared import LazyEngines
from screens.templates.form import TemplateForm
from screens.widgets.choice_field import ChoiceField
from screens.widgets.field import Field
from screens.widgets.row_list import RowList
from screens.work import create
from templates.catalog import Catalog, Listing
from templates.render import render
from templates.rum import Rum, snippet
from templates.sources.catalog import SourcedCatalog
from templates.sources.source import Source, SourceBook
from tests.fakes.catalog import write_catalog
from tests.fakes.engine import FakeEngine
from tests.screens.stage import SIZES, Stage, put, seen, stage_of, until

Snap = Callable[..., bool]
Before = Callable[[Pilot[None]], Awaitable[None]]
ALL = ("python-tool", "python-api", "static-site", "node-express", "broken")
FEW = {"python-tool": 0, "python-api": 1}
"""How often `down` is pressed to come to a template."""


class SlowCatalog(Catalog):
    """Does not answer until it is let."""

    let = threading.Event()

    def list(self) -> Listing:
        self.let.wait()
        return super().list()


class LostCatalog(Catalog):
    def list(self) -> Listing:
        raise PermissionError(13, "Permission denied")


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    """Named by a relative path, so that it is called the same on every machine."""
    write_catalog(tmp_path / "catalog")
    monkeypatch.chdir(tmp_path)
    return Catalog(Path("catalog"))


def rows(pilot: Pilot[None]) -> RowList:
    return pilot.app.screen.query_one("#templates", RowList)


def text(pilot: Pilot[None], selector: str) -> str:
    return str(pilot.app.screen.query_one(selector, Static).content)


def reading(pilot: Pilot[None]) -> list[str]:
    """What the preview waits for."""
    running = (worker for worker in pilot.app.workers if not worker.is_finished)
    return [worker.group for worker in running if worker.group in ("preview", "file")]


def pressed(*keys: str) -> Before:
    """Once the gallery is there, presses these keys, and waits for what they ask to be read."""

    async def run(pilot: Pilot[None]) -> None:
        await seen(pilot)
        await pilot.press("2")
        await until(pilot, lambda: pilot.app.screen.id == "templates")
        await until(pilot, lambda: not pilot.app.screen.has_class("-loading"))
        for key in keys:
            await pilot.press(key)
            await until(pilot, lambda: not reading(pilot))

    return run


# What it looks like


@pytest.mark.parametrize("size", SIZES)
def test_full(stage: Stage, catalog: Catalog, snap_compare: Snap, size: str) -> None:
    assert snap_compare(stage.app(catalog=catalog), terminal_size=SIZES[size], run_before=pressed("down"))


@pytest.mark.parametrize("theme", ["vibecode-light", "vibecode-contrast", "vibecode-terminal"])
def test_themes(stage: Stage, catalog: Catalog, snap_compare: Snap, theme: str) -> None:
    app = stage.app(theme, catalog=catalog)
    assert snap_compare(app, terminal_size=SIZES["normal"], run_before=pressed("down", "right", "right"))


@pytest.mark.parametrize(
    ("keys", "size"),
    [
        (("down", "right"), "normal"),
        (("down", "right", "right"), "wide"),
        (("down", "right", "right", "right"), "small"),
        (("end",), "normal"),
        (("slash", "a", "p", "i"), "normal"),
        (("slash", "z"), "normal"),
        (("l", "l"), "normal"),
        (("down", "enter"), "normal"),
        (("down", "enter"), "small"),
        (("down", "enter", "X", "down", "backspace", "down", "right", "down", "x"), "normal"),
    ],
    ids=[
        "readme",
        "files",
        "files-small",
        "broken",
        "search",
        "nothing-found",
        "language",
        "form",
        "form-small",
        "wrong",
    ],
)
def test_after_keys(stage: Stage, catalog: Catalog, snap_compare: Snap, keys: tuple[str, ...], size: str) -> None:
    assert snap_compare(stage.app(catalog=catalog), terminal_size=SIZES[size], run_before=pressed(*keys))


def test_loading(stage: Stage, catalog: Catalog, snap_compare: Snap) -> None:
    slow = SlowCatalog(catalog.folder)
    slow.let.clear()

    async def loading(pilot: Pilot[None]) -> None:
        await seen(pilot)
        await pilot.press("2")
        await until(pilot, lambda: pilot.app.screen.has_class("-loading"))
        pilot.app.workers.cancel_group(pilot.app.screen, "catalog")  # what it answers is not heard any more
        slow.let.set()

    assert snap_compare(stage.app(catalog=slow), terminal_size=SIZES["normal"], run_before=loading)


def test_no_templates(stage: Stage, catalog: Catalog, snap_compare: Snap) -> None:
    app = stage.app(catalog=Catalog(Path("nowhere")))
    assert snap_compare(app, terminal_size=SIZES["normal"], run_before=pressed())


def test_a_catalog_that_cannot_be_read(stage: Stage, catalog: Catalog, snap_compare: Snap) -> None:
    app = stage.app(catalog=LostCatalog(catalog.folder))
    assert snap_compare(app, terminal_size=SIZES["normal"], run_before=pressed())


# The gallery


async def test_the_screen_answers_while_the_catalog_is_read(stage: Stage, catalog: Catalog) -> None:
    slow = SlowCatalog(catalog.folder)
    slow.let.clear()
    async with stage.app(catalog=slow).run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        await pilot.press("2")
        await until(pilot, lambda: pilot.app.screen.has_class("-loading"))
        await pilot.press("1")
        await until(pilot, lambda: pilot.app.screen.id == "workspaces")
        slow.let.set()
        await pilot.press("2")
        await until(pilot, lambda: pilot.app.screen.id == "templates" and rows(pilot).keys == ALL)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("api", ("python-api", "node-express")),
        ("terminal", ("python-tool",)),
        ("html", ("static-site",)),
        ("python service", ("python-api",)),
        ("own minute", ("static-site",)),
        ("broken", ("broken",)),
        ("zzz", ()),
    ],
)
async def test_search_narrows_as_it_is_typed(
    stage: Stage, catalog: Catalog, typed: str, found: tuple[str, ...]
) -> None:
    async with stage.app(catalog=catalog).run_test(size=SIZES["normal"]) as pilot:
        await pressed("slash", *("space" if char == " " else char for char in typed))(pilot)
        assert rows(pilot).keys == found


async def test_the_arrows_move_in_the_list_while_the_search_is_typed(stage: Stage, catalog: Catalog) -> None:
    async with stage.app(catalog=catalog).run_test(size=SIZES["normal"]) as pilot:
        await pressed("slash", "a", "p", "i", "down", "enter")(pilot)
        assert rows(pilot).highlighted == "node-express"
        assert rows(pilot).has_focus


async def test_the_best_found_is_taken_and_kept_when_the_search_is_left(stage: Stage, catalog: Catalog) -> None:
    async with stage.app(catalog=catalog).run_test(size=SIZES["normal"]) as pilot:
        await pressed("end", "slash", "a", "p", "i")(pilot)
        assert rows(pilot).highlighted == rows(pilot).keys[0] == "python-api"
        await pilot.press("escape")
        assert rows(pilot).highlighted == "python-api"
        assert rows(pilot).keys[0] != "python-api"


async def test_a_second_enter_is_for_what_was_found_however_soon_it_comes(stage: Stage, catalog: Catalog) -> None:
    async with stage.app(catalog=catalog).run_test(size=SIZES["normal"]) as pilot:
        await pressed("slash", "t", "e", "r", "m")(pilot)
        for _ in range(2):
            pilot.app.post_message(events.Key("enter", "\r"))
        await until(pilot, lambda: isinstance(pilot.app.screen, TemplateForm))


async def test_languages_one_after_the_other(stage: Stage, catalog: Catalog) -> None:
    async with stage.app(catalog=catalog).run_test(size=SIZES["normal"]) as pilot:
        await pressed("l")(pilot)
        assert rows(pilot).keys == ("python-tool", "python-api")
        await pilot.press("l")
        assert rows(pilot).keys == ("static-site",)
        await pilot.press("escape")
        assert rows(pilot).keys == ALL


async def test_a_language_is_chosen_by_a_click(stage: Stage, catalog: Catalog) -> None:
    async with stage.app(catalog=catalog).run_test(size=SIZES["normal"]) as pilot:
        await pressed()(pilot)
        await pilot.click("LanguageBar", offset=(14, 0))
        await pilot.pause()
        assert rows(pilot).keys == ("python-tool", "python-api")


async def test_escape_leaves_one_thing_after_the_other(stage: Stage, catalog: Catalog) -> None:
    async with stage.app(catalog=catalog).run_test(size=SIZES["small"]) as pilot:
        await pressed("l", "slash", "a", "p", "i", "enter", "right")(pilot)
        assert not rows(pilot).display or not rows(pilot).region
        await pilot.press("escape")
        assert rows(pilot).keys == ("python-api",)
        await pilot.press("escape")
        assert rows(pilot).keys == ("python-tool", "python-api")
        await pilot.press("escape")
        assert rows(pilot).keys == ALL
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen.id == "workspaces")


async def test_a_broken_template_is_named_and_the_rest_works(stage: Stage, catalog: Catalog) -> None:
    async with stage.app(catalog=catalog).run_test(size=SIZES["normal"]) as pilot:
        await pressed("end")(pilot)
        assert "broken/template.toml" in text(pilot, "ErrorPanel")
        assert "line 2: language" in text(pilot, "ErrorPanel")
        await pilot.press("enter")
        assert pilot.app.screen.id == "templates"
        await pilot.press("home", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TemplateForm))


async def test_what_was_mended_meanwhile_is_seen_the_next_time(stage: Stage, catalog: Catalog) -> None:
    async with stage.app(catalog=catalog).run_test(size=SIZES["normal"]) as pilot:
        await pressed()(pilot)
        manifest = catalog.folder / "broken" / "template.toml"
        manifest.write_text('title = "Mended"\ndescription = "It works."\nlanguage = "Python"\n')
        await pilot.press("1", "2")
        await until(pilot, lambda: rows(pilot).keys[:3] == ("python-tool", "python-api", "broken"))


async def test_another_place_can_send_to_a_template(stage: Stage, catalog: Catalog) -> None:
    async with stage.app(catalog=catalog).run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        pilot.app.post_message(Go("templates", "static-site"))
        await until(pilot, lambda: pilot.app.screen.id == "templates" and rows(pilot).highlighted == "static-site")


# The preview


async def test_the_preview_shows_the_project_as_it_is_made(stage: Stage, catalog: Catalog) -> None:
    async with stage.app(catalog=catalog).run_test(size=SIZES["normal"]) as pilot:
        await pressed("down", "right", "right")(pilot)
        tree = pilot.app.screen.query_one("#tree", RowList)
        assert tree.keys == (
            ".vscode",
            ".vscode/settings.json",
            "app",
            "app/__init__.py",
            "app/main.py",
            "tests",
            "tests/test_home.py",
            "README.md",
        )
        await pilot.press("tab")
        assert tree.has_focus
        await pilot.press("down")
        await until(pilot, lambda: 'FastAPI(title="Notes")' in text(pilot, "#code"))
        assert text(pilot, "#file-name") == "app/main.py"


async def test_in_a_narrow_window_the_preview_takes_the_place_of_the_list(stage: Stage, catalog: Catalog) -> None:
    async with stage.app(catalog=catalog).run_test(size=SIZES["small"]) as pilot:
        await pressed("down", "right")(pilot)
        assert pilot.app.screen.query_one("#preview").region
        assert not rows(pilot).region
        await pilot.press("left")
        await until(pilot, lambda: bool(rows(pilot).region))
        assert rows(pilot).has_focus


# The form


async def test_a_form_makes_a_workspace_shows_it_and_opens_it(stage: Stage, catalog: Catalog) -> None:
    async with stage.app(catalog=catalog).run_test(size=SIZES["normal"]) as pilot:
        await pressed("down", "enter")(pilot)
        name = pilot.app.screen.query_one("#field-name", Field)
        assert name.value == "python-api"
        name.value = ""
        await pilot.press(*"shop", "down", *"Board", "down", "right", "down", "backspace", "4", "down", "left", "enter")
        await until(pilot, lambda: pilot.app.screen.id == "progress")
        await until(pilot, lambda: bool(stage.browser.opened))
        assert stage.browser.opened == ["http://shop.vibecode.localhost:8080/"]
        main = (stage.engine.config.home / "shop" / "app" / "main.py").read_text()
        assert "WORKERS = 4" in main
        assert 'title="NotesBoard"' in main


async def test_the_pages_of_a_new_project_tell_datadog_of_their_use_where_that_is_set(stage: Stage) -> None:
    rum = Rum("1111-2222", "pub0123456789", "datadoghq.eu")
    async with stage.app(rum=lambda: rum).run_test(size=SIZES["normal"]) as pilot:
        await pressed("slash", *"static-site", "enter", "enter")(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: bool(stage.browser.opened))
        page = (stage.engine.config.home / "static-site" / "site" / "index.html").read_text()
        assert snippet(rum, "static-site") in page


async def test_what_is_wrong_is_said_and_nothing_begins(stage: Stage, catalog: Catalog) -> None:
    async with stage.app(catalog=catalog).run_test(size=SIZES["normal"]) as pilot:
        await pressed("down", "enter", "down", "down", "down", "9", "up", "up", "up", "X")(pilot)
        form = pilot.app.screen
        assert isinstance(form, TemplateForm)
        said = [str(one.content) for one in form.query(".problem").results(Static)]
        assert "starts with a letter" in said[0]
        assert said[1:3] == ["", ""]
        assert "It must be at most 9." in said[3]
        await pilot.press("down", "enter")
        assert pilot.app.screen is form
        assert form.query_one("#field-name").has_focus
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen.id == "templates")
        assert await stage.engine.workspaces() == ()


async def test_a_name_of_its_own_is_proposed_and_one_that_is_taken_refused(stage: Stage, catalog: Catalog) -> None:
    put(stage.engine, "python-api")
    async with stage.app(catalog=catalog).run_test(size=SIZES["normal"]) as pilot:
        await pressed("down", "enter")(pilot)
        name = pilot.app.screen.query_one("#field-name", Field)
        assert name.value == "python-api-2"
        name.value = "python-api"
        await pilot.pause()
        assert "There is a workspace python-api already." in text(pilot, ".problem")
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, TemplateForm)


async def test_choices_are_taken_by_a_click_too(stage: Stage, catalog: Catalog) -> None:
    async with stage.app(catalog=catalog).run_test(size=SIZES["normal"]) as pilot:
        await pressed("down", "enter")(pilot)
        field = pilot.app.screen.query_one("#field-license", ChoiceField)
        await pilot.click("#field-license", offset=(11, 0))
        assert field.value == "Apache-2.0"
        await pilot.press("right", "right")
        assert field.value == "MIT"


async def test_leaving_the_form_makes_nothing(stage: Stage, catalog: Catalog) -> None:
    async with stage.app(catalog=catalog).run_test(size=SIZES["normal"]) as pilot:
        await pressed("down", "enter", "escape")(pilot)
        await until(pilot, lambda: pilot.app.screen.id == "templates")
        assert await stage.engine.workspaces() == ()


# What must not break it


@pytest.mark.parametrize(
    "keys", [("slash",), ("down", "enter"), ("down", "enter", "down")], ids=["search", "name", "title"]
)
async def test_a_paste_of_a_megabyte_leaves_the_field_short(
    stage: Stage, catalog: Catalog, keys: tuple[str, ...]
) -> None:
    async with stage.app(catalog=catalog).run_test(size=SIZES["normal"]) as pilot:
        await pressed(*keys)(pilot)
        field = pilot.app.focused
        assert isinstance(field, Field)
        field.post_message(events.Paste("x\x1b[31m" * 200_000))
        await pilot.pause()
        assert len(field.value) <= 200


async def test_a_tiny_terminal(stage: Stage, catalog: Catalog) -> None:
    async with stage.app(catalog=catalog).run_test(size=(20, 5)) as pilot:
        await pressed("down", "right", "right", "right", "left", "enter", "escape")(pilot)
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert rows(pilot).keys == ALL


# One's own


class OpenEngine(FakeEngine):
    """Isolates nothing, as processes of the person do."""

    lacks: Mapping[Capability, str] = {"network-isolation": "Local workspaces are processes of this user."}


@pytest.fixture
def own(catalog: Catalog) -> Catalog:
    """With a source, and another that has gone."""
    home, service = Path("home"), Path("team") / "service"
    (service / "files").mkdir(parents=True)
    (service / "template.toml").write_text(_SERVICE)
    (service / "files" / "README.md").write_text("# Service\n")
    book = SourceBook(home / "template-sources.json", home / "templates")
    home.mkdir()
    book.write((Source("team", service.parent.absolute()), Source("gone", Path("/srv/gone"))))
    return SourcedCatalog(catalog.folder, book=book)


_SERVICE = """\
title = "Service of the team"
description = "What the team begins every service with."
language = "Go"
run = "go run ."
"""


@pytest.fixture
def open_stage(tmp_path: Path) -> Stage:
    return stage_of(OpenEngine(ClusterConfig(home=tmp_path / "open")), Path("/home/you/vibecode.log"))


async def chosen(pilot: Pilot[None]) -> None:
    """The template of the team, up to the question."""
    await pressed("slash", "t", "e", "a", "m", "enter", "enter", "enter")(pilot)
    await until(pilot, lambda: isinstance(pilot.app.screen, Question))


@pytest.mark.parametrize(
    "keys",
    [("slash", "t", "e", "a", "m"), ("slash", "t", "e", "a", "m", "enter", "escape", "right"), ("end",)],
    ids=["own", "readme", "gone"],
)
def test_own_templates(stage: Stage, own: Catalog, snap_compare: Snap, keys: tuple[str, ...]) -> None:
    assert snap_compare(stage.app(catalog=own), terminal_size=SIZES["normal"], run_before=pressed(*keys))


def test_without_isolation_a_yes_is_asked_for(open_stage: Stage, own: Catalog, snap_compare: Snap) -> None:
    assert snap_compare(open_stage.app(catalog=own), terminal_size=SIZES["normal"], run_before=chosen)


@pytest.mark.parametrize(("answer", "made"), [("y", ["team/service"]), ("n", [])])
async def test_only_a_yes_begins_it(open_stage: Stage, own: Catalog, answer: str, made: list[str]) -> None:
    app = open_stage.app(catalog=own)
    async with app.run_test(size=SIZES["normal"]) as pilot:
        await chosen(pilot)
        await pilot.press(answer)
        await until(pilot, lambda: not isinstance(pilot.app.screen, Question) and not app.shared.jobs.active)
        assert [one.template for one in await open_stage.engine.workspaces()] == made
        assert len(app.shared.jobs.all) == len(made)


async def test_in_isolation_nothing_is_asked(stage: Stage, own: Catalog) -> None:
    app = stage.app(catalog=own)
    async with app.run_test(size=SIZES["normal"]) as pilot:
        await pressed("slash", "t", "e", "a", "m", "enter", "enter", "enter")(pilot)
        await until(pilot, lambda: bool(app.shared.jobs.all) and not app.shared.jobs.active)
        assert [one.template for one in await stage.engine.workspaces()] == ["team/service"]


async def test_a_task_that_nobody_agreed_to_makes_nothing(open_stage: Stage, own: Catalog) -> None:
    template = own.load("team/service")
    engines = LazyEngines(open_stage.services.engines)
    task = create(engines, "service", lambda: render(template, {"name": "service"}))
    with pytest.raises(ConsentNeededError):
        async for _ in task.events():
            pass
    assert await open_stage.engine.workspaces() == ()
