"""Help: every key, those of the place that one comes from first."""

from collections.abc import Awaitable, Callable

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from screens.widgets.field import Field
from screens.widgets.page import Page
from tests.screens.stage import SIZES, Stage, seen, until

Snap = Callable[..., bool]
Before = Callable[[Pilot[None]], Awaitable[None]]


def sheet(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#sheet Fitted", Static).content)


def pressed(*keys: str) -> Before:
    """From Settings, goes to Help and presses these keys."""

    async def run(pilot: Pilot[None]) -> None:
        await seen(pilot)
        await pilot.press("9")
        await until(pilot, lambda: pilot.app.screen.id == "settings")
        await pilot.press("question_mark")
        await until(pilot, lambda: pilot.app.screen.id == "help" and "Here: Settings" in sheet(pilot))
        await pilot.press(*keys)
        await pilot.pause()

    return run


async def pictured(pilot: Pilot[None]) -> None:
    """Without the scroll bar, whose length tells how many commands there are in other places."""
    await pressed()(pilot)
    pilot.app.screen.query_one("#sheet", Page).styles.scrollbar_size_vertical = 0
    await pilot.pause()


@pytest.mark.parametrize("size", ["normal", "small"])
def test_full(stage: Stage, snap_compare: Snap, size: str) -> None:
    assert snap_compare(stage.app(), terminal_size=SIZES[size], run_before=pictured)


def test_light(stage: Stage, snap_compare: Snap) -> None:
    assert snap_compare(stage.app("vibecode-light"), terminal_size=SIZES["normal"], run_before=pictured)


@pytest.mark.parametrize("typed", ["jump", "zz"])
def test_searched(stage: Stage, snap_compare: Snap, typed: str) -> None:
    assert snap_compare(stage.app(), terminal_size=SIZES["normal"], run_before=pressed("slash", *typed))


async def test_escape_leaves_the_search_and_then_goes_back_to_where_one_came_from(stage: Stage) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("slash", *"copy")(pilot)
        assert "Copy log path" in sheet(pilot)
        assert "Go to Cluster" not in sheet(pilot)
        await pilot.press("escape")
        assert "Go to Cluster" in sheet(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen.id == "settings")


async def test_the_keys_of_the_place_that_one_comes_from_are_first(stage: Stage) -> None:
    async with stage.app().run_test(size=SIZES["small"]) as pilot:
        await pressed("2")(pilot)
        await until(pilot, lambda: pilot.app.screen.id == "templates")
        await pilot.press("question_mark")
        await until(pilot, lambda: pilot.app.screen.id == "help" and sheet(pilot).startswith("Here: Templates"))


async def test_arrows_scroll_where_there_is_more(stage: Stage) -> None:
    async with stage.app().run_test(size=SIZES["small"]) as pilot:
        await pressed("down", "down")(pilot)
        page = pilot.app.screen.query_one("#sheet", Page)
        await until(pilot, lambda: page.scroll_y == 2)
        await pilot.press("slash", "down")
        await until(pilot, lambda: page.scroll_y == 3)


async def test_where_the_files_are(stage: Stage) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed()(pilot)
        files = str(pilot.app.screen.query_one("#files", Static).content)
        assert "/home/you/vibecode.log" in files
        assert "/home/you/.config/vibecode/config.toml" in files


async def test_a_paste_of_a_megabyte_and_a_tiny_terminal(stage: Stage) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("slash")(pilot)
        await pilot.resize_terminal(20, 5)
        field = pilot.app.screen.query_one(Field)
        field.post_message(events.Paste("x" * 1_000_000))
        await pilot.pause()
        assert len(field.value) <= 200
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: "Here: Settings" in sheet(pilot))
