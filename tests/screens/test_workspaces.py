"""The home place: what it shows in each state, and what its keys do."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from cluster.engines import Engines
from cluster.errors import ClusterUnreachableError, EngineUnavailableError
from screens.app import VibeCodeApp
from screens.messages import Ask, Open
from screens.modals.code import Code
from screens.modals.failure import Failure
from screens.modals.question import Question
from screens.widgets.error_panel import ErrorPanel
from screens.widgets.field import LONGEST, Field
from screens.widgets.row_list import RowList
from tests.screens.stage import SIZES, Stage, put, seen, until

Snap = Callable[..., bool]
Before = Callable[[Pilot[None]], Awaitable[None]]
LOST = ClusterUnreachableError("127.0.0.1:6443 does not answer.")


def pressed(*keys: str) -> Before:
    """Once everything is there, presses these keys."""

    async def run(pilot: Pilot[None]) -> None:
        await seen(pilot)
        await pilot.press(*keys)
        await pilot.pause()

    return run


def app_of(pilot: Pilot[None]) -> VibeCodeApp:
    assert isinstance(pilot.app, VibeCodeApp)
    return pilot.app


def rows(pilot: Pilot[None]) -> RowList:
    return pilot.app.screen.query_one("#rows", RowList)


async def state(stage: Stage, name: str) -> str:
    return (await stage.engine.workspace(name)).state


# What it looks like


@pytest.mark.parametrize("size", SIZES)
def test_full(five: Stage, snap_compare: Snap, size: str) -> None:
    assert snap_compare(five.app(), terminal_size=SIZES[size], run_before=seen)


@pytest.mark.parametrize("theme", ["vibecode-light", "vibecode-contrast", "vibecode-terminal"])
def test_themes(five: Stage, snap_compare: Snap, theme: str) -> None:
    assert snap_compare(five.app(theme), terminal_size=SIZES["normal"], run_before=seen)


@pytest.mark.parametrize("size", ["normal", "small"])
def test_first_run(stage: Stage, snap_compare: Snap, size: str) -> None:
    assert snap_compare(stage.app(), terminal_size=SIZES[size], run_before=seen)


def test_a_cluster_without_workspaces(stage: Stage, snap_compare: Snap) -> None:
    stage.engine.running = True
    assert snap_compare(stage.app(), terminal_size=SIZES["normal"], run_before=seen)


def test_loading(five: Stage, snap_compare: Snap) -> None:
    five.engine.watch = _never  # type: ignore[method-assign]

    async def home(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: pilot.app.screen.id == "workspaces")

    assert snap_compare(five.app(), terminal_size=SIZES["normal"], run_before=home)


async def _never():  # type: ignore[no-untyped-def]
    await asyncio.Event().wait()
    yield ()


def test_error(stage: Stage, snap_compare: Snap) -> None:
    stage.engine.lose(LOST)
    assert snap_compare(stage.app(), terminal_size=SIZES["normal"], run_before=seen)


def test_stale(five: Stage, snap_compare: Snap) -> None:
    async def lost(pilot: Pilot[None]) -> None:
        await seen(pilot)
        five.engine.lose(LOST)
        await until(pilot, lambda: any(view.stale for view in app_of(pilot).shared.store.snapshot.engines))

    assert snap_compare(five.app(), terminal_size=SIZES["normal"], run_before=lost)


@pytest.mark.parametrize(
    ("keys", "size"),
    [
        (("slash", "s", "h"), "normal"),
        (("slash", "z"), "normal"),
        (("space", "space"), "normal"),
        (("down", "down"), "normal"),
        (("right",), "small"),
        (("d",), "normal"),
        (("u",), "normal"),
        (("ctrl+p",), "normal"),
        (("ctrl+o",), "normal"),
    ],
    ids=["filter", "nothing-found", "selected", "failed", "detail", "delete", "qr-code", "palette", "jump"],
)
def test_after_keys(five: Stage, snap_compare: Snap, keys: tuple[str, ...], size: str) -> None:
    assert snap_compare(five.app(), terminal_size=SIZES[size], run_before=pressed(*keys))


def test_cannot_be_opened(five: Stage, snap_compare: Snap) -> None:
    async def failed(pilot: Pilot[None]) -> None:
        await pressed("down", "down", "enter")(pilot)
        await until(pilot, lambda: isinstance(pilot.app.screen, Failure))

    assert snap_compare(five.app(), terminal_size=SIZES["normal"], run_before=failed)


# What it follows


async def test_what_somebody_else_makes_and_removes_shows_by_itself(five: Stage) -> None:
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        put(five.engine, "another")
        await until(pilot, lambda: "another" in rows(pilot).keys)
        async for _ in five.engine.delete("api"):
            pass
        await until(pilot, lambda: "api" not in rows(pilot).keys)


async def test_the_cursor_stays_on_its_workspace_when_others_come(five: Stage) -> None:
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("down", "down", "down")(pilot)
        assert rows(pilot).highlighted == "shop"
        put(five.engine, "aaa")
        await until(pilot, lambda: "aaa" in rows(pilot).keys)
        assert rows(pilot).highlighted == "shop"


async def test_a_lost_connection_shows_the_age_and_heals(five: Stage) -> None:
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        banner = pilot.app.screen.query_one("#stale", Static)
        five.engine.lose(LOST)
        await until(pilot, lambda: banner.display)
        assert "connection to kind is lost" in str(banner.content)
        assert rows(pilot).keys == ("api", "blog", "dashboard", "shop", "worker")
        five.engine.recover()
        await until(pilot, lambda: not banner.display)


async def test_a_setting_that_allows_no_engine_is_told(stage: Stage) -> None:
    def none() -> Engines:
        raise EngineUnavailableError("The engine `context` is not there yet.")

    async with stage.app(engines=none).run_test(size=SIZES["normal"]) as pilot:
        await until(pilot, lambda: app_of(pilot).shared.store.snapshot.error is not None)
        await until(pilot, lambda: pilot.app.screen.query_one(ErrorPanel).is_on_screen)
        assert "`context` is not there yet" in str(pilot.app.screen.query_one(ErrorPanel).content)


# What its keys do


async def test_stop_and_start(five: Stage) -> None:
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("x")(pilot)
        await until(pilot, lambda: "stopped" in [one.state for one in five_of(pilot) if one.name == "api"])
        await pilot.press("s")
        await until(pilot, lambda: "running" in [one.state for one in five_of(pilot) if one.name == "api"])


def five_of(pilot: Pilot[None]):  # type: ignore[no-untyped-def]
    return app_of(pilot).shared.store.snapshot.workspaces


@pytest.mark.parametrize("isolated", [True, False])
async def test_a_start_goes_on_with_what_was_being_installed(five: Stage, isolated: bool) -> None:
    five.engine.change("api", template=None, state="stopped")
    five.engine.lacks = {} if isolated else {"network-isolation": "They are processes."}
    kept = five.engine.config.home / ".homes" / "api" / ".vibecode" / "install"
    kept.mkdir(parents=True)
    (kept / "command").write_text("npm install\n")
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("s")(pilot)
        jobs = app_of(pilot).shared.jobs
        if not isolated:
            await until(pilot, lambda: isinstance(pilot.app.screen, Question))
            words = " ".join(str(one.content) for one in pilot.app.screen.query(Static))
            assert "Go on installing what api needs, as you?" in words
            assert "They are processes.\n\nnpm install" in words
            assert [one.task.title for one in jobs.all] == ["Starting api"]
            await pilot.press("y")
        await until(pilot, lambda: not jobs.active and len(jobs.all) == 2)
        installed = jobs.all[-1]
        assert (installed.task.title, installed.state) == ("Installing what api needs", "done")


async def test_what_is_selected_is_acted_on_together(five: Stage) -> None:
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("space", "down", "down", "space", "x")(pilot)
        await until(pilot, lambda: {one.name for one in five_of(pilot) if one.state == "stopped"} >= {"api", "shop"})
        assert rows(pilot).marked == ()


async def test_delete_asks_and_no_is_the_answer_at_hand(five: Stage) -> None:
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("d")(pilot)
        assert isinstance(pilot.app.screen, Question)
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.id == "workspaces")
        assert "api" in rows(pilot).keys
        await pilot.press("d", "y")
        await until(pilot, lambda: "api" not in rows(pilot).keys)


async def test_enter_opens_the_editor_and_p_what_it_serves(five: Stage) -> None:
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("enter")(pilot)
        await until(pilot, lambda: five.browser.opened == ["http://api.vibecode.localhost:8080/"])
        await pilot.press("p")
        await until(pilot, lambda: five.browser.opened[1:] == ["http://8000-api.vibecode.localhost:8080/"])


async def test_without_a_browser_the_address_shows_with_the_reason(five: Stage) -> None:
    five.browser.reason = "this is an SSH session without a display"
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("enter")(pilot)
        await until(pilot, lambda: isinstance(pilot.app.screen, Code))
        words = " ".join(str(widget.content) for widget in pilot.app.screen.query(Static))
        assert "this is an SSH session without a display" in words
        assert "http://api.vibecode.localhost:8080/" in words
        assert five.browser.opened == []


async def test_an_address_covers_no_question_that_somebody_answers(five: Stage) -> None:
    five.browser.reason = "this is an SSH session without a display"
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        pilot.app.post_message(Ask("Delete api?", "", "Delete it", lambda: None))
        await until(pilot, lambda: pilot.app.screen.is_modal)
        question = pilot.app.screen
        pilot.app.post_message(Open("api"))
        await until(pilot, lambda: len(pilot.app._notifications) == 1)
        [note] = pilot.app._notifications
        assert "http://api.vibecode.localhost:8080/" in note.message
        assert "this is an SSH session without a display" in note.message
        assert pilot.app.screen is question


async def test_copy_puts_the_address_on_the_clipboard(five: Stage) -> None:
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("c")(pilot)
        await until(pilot, lambda: pilot.app.clipboard == "http://api.vibecode.localhost:8080/")


async def test_a_shell_where_none_can_be_given_says_what_else_works(five: Stage) -> None:
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("t")(pilot)
        await until(pilot, lambda: isinstance(pilot.app.screen, Failure))
        assert "vibecode exec" in str(pilot.app.screen.query_one(Static).content)
        assert five.shells == []


async def test_a_shell_of_what_is_stopped_says_how_to_start_it(five: Stage) -> None:
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("down", "t")(pilot)
        await until(pilot, lambda: isinstance(pilot.app.screen, Failure))
        assert "to start it" in str(pilot.app.screen.query_one(Static).content)


async def test_the_filter_narrows_and_escape_takes_it_away(five: Stage) -> None:
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("slash", *"stopped")(pilot)
        assert rows(pilot).keys == ("blog",)
        await pilot.press("escape")
        await pilot.pause()
        assert len(rows(pilot).keys) == 5
        assert rows(pilot).has_focus


async def test_keys_without_a_workspace_do_nothing(stage: Stage) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("enter", "s", "x", "d", "l", "t", "c", "u", "p", "space", "a")(pilot)
        assert pilot.app.screen.id == "workspaces"


async def test_in_a_narrow_window_the_detail_is_a_screen_of_its_own(five: Stage) -> None:
    async with five.app().run_test(size=SIZES["small"]) as pilot:
        await pressed("right")(pilot)
        assert not rows(pilot).is_on_screen
        await pilot.press("escape")
        await pilot.pause()
        assert rows(pilot).is_on_screen


# What must not break it


async def test_a_huge_paste_is_cut(five: Stage) -> None:
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("slash")(pilot)
        field = pilot.app.screen.query_one("#filter", Field)
        field.insert_text_at_cursor("x" * 1_000_000)
        await pilot.pause()
        assert len(field.value) <= LONGEST


async def test_any_size_of_window(five: Stage) -> None:
    async with five.app().run_test(size=(20, 5)) as pilot:
        await seen(pilot)
        for size in [(1, 1), (20, 5), (49, 11), (80, 24), (300, 100), (50, 12), (5, 200), (120, 40)] * 3:
            await pilot.resize_terminal(*size)
        assert rows(pilot).is_on_screen
