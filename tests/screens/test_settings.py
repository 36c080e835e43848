"""The settings: what is shown of each, and what changes them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from launcher.errors import SettingError
from screens.modals.failure import Failure
from screens.settings.edit import EditSetting
from screens.widgets.choice_field import ChoiceField
from screens.widgets.field import LONGEST, Field
from screens.widgets.row_list import RowList
from tests.fakes.settings import FakeSettings
from tests.screens.stage import SIZES, Stage, seen, until

Snap = Callable[..., bool]
Before = Callable[[Pilot[None]], Awaitable[None]]
BROKEN = SettingError("/home/you/.config/vibecode/config.toml is not valid TOML: Invalid value (at line 1, column 10).")


@pytest.fixture
def settings(stage: Stage) -> FakeSettings:
    kept = FakeSettings()
    stage.services = replace(stage.services, settings=kept)
    return kept


def rows(pilot: Pilot[None]) -> RowList:
    return pilot.app.screen.query_one("#settings-rows", RowList)


def detail(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(".detail-pane Fitted", Static).content)


def pressed(*keys: str) -> Before:
    """Once the settings are there, presses these keys."""

    async def run(pilot: Pilot[None]) -> None:
        await seen(pilot)
        await pilot.press("9")
        await until(pilot, lambda: pilot.app.screen.id == "settings")
        await until(pilot, lambda: "DD_API_KEY" in rows(pilot).keys)
        for key in keys:
            await pilot.press(key)
            await pilot.pause()

    return run


# What it looks like


@pytest.mark.parametrize("size", SIZES)
def test_full(stage: Stage, settings: FakeSettings, snap_compare: Snap, size: str) -> None:
    assert snap_compare(stage.app(), terminal_size=SIZES[size], run_before=pressed("down"))


def test_light(stage: Stage, settings: FakeSettings, snap_compare: Snap) -> None:
    assert snap_compare(stage.app("vibecode-light"), terminal_size=SIZES["normal"], run_before=pressed("down", "down"))


@pytest.mark.parametrize(
    ("keys", "size"),
    [
        (("down", "right"), "small"),
        (("end", "up"), "normal"),
        (("slash", "z", "z"), "normal"),
        (("enter",), "normal"),
        (("down", "enter"), "small"),
        (("down", "down", "enter", "space"), "normal"),
    ],
    ids=["detail", "secret", "nothing", "choice", "overridden", "wrong"],
)
def test_after_keys(stage: Stage, settings: FakeSettings, snap_compare: Snap, keys: tuple[str, ...], size: str) -> None:
    assert snap_compare(stage.app(), terminal_size=SIZES[size], run_before=pressed(*keys))


def test_a_file_that_is_broken(stage: Stage, settings: FakeSettings, snap_compare: Snap) -> None:
    settings.error = BROKEN

    async def broken(pilot: Pilot[None]) -> None:
        await seen(pilot)
        await pilot.press("9")
        await until(pilot, lambda: not pilot.app.screen.has_class("-loading"))

    assert snap_compare(stage.app(), terminal_size=SIZES["normal"], run_before=broken)


# What it does


async def test_a_new_value_is_written_and_shown(stage: Stage, settings: FakeSettings) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("down", "down", "enter")(pilot)
        field = pilot.app.screen.query_one(Field)
        assert field.value == "4Gi"
        field.value = "8Gi"
        await pilot.press("enter")
        await until(pilot, lambda: "8Gi" in detail(pilot))
        assert settings.settings["memory"].written == "8Gi"
        assert "This run still goes by 2Gi" in detail(pilot)


async def test_few_words_are_chosen_from(stage: Stage, settings: FakeSettings) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("enter")(pilot)
        assert pilot.app.screen.query_one(ChoiceField).value == "auto"
        await pilot.press("right", "enter")
        await until(pilot, lambda: settings.settings["engine"].written == "kind")


async def test_a_theme_is_taken_at_once_and_one_taken_by_its_key_is_shown(stage: Stage, settings: FakeSettings) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("end", "up", "up", "enter", "right", "right", "enter")(pilot)
        await until(pilot, lambda: pilot.app.theme == "vibecode-light")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "contrast" in detail(pilot).partition("Default")[0])
        await pilot.press("d")
        await until(pilot, lambda: pilot.app.theme == "vibecode-dark")


async def test_what_is_not_allowed_is_not_saved(stage: Stage, settings: FakeSettings) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("down", "down", "enter", "space", "enter")(pilot)
        assert isinstance(pilot.app.screen, EditSetting)
        assert "Allowed is a size" in str(pilot.app.screen.query_one(".problem", Static).content)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen.id == "settings")
        assert settings.settings["memory"].written == "4Gi"


async def test_reset_takes_it_out_of_the_file(stage: Stage, settings: FakeSettings) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("down", "down", "d")(pilot)
        await until(pilot, lambda: "the default" in detail(pilot))
        assert settings.settings["memory"].written is None


async def test_a_variable_that_goes_before_the_file_is_said(stage: Stage, settings: FakeSettings) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("down")(pilot)
        assert "from VIBECODE_BASE_DOMAIN" in detail(pilot)
        assert "The file says mine.localhost, which does not count." in detail(pilot)


async def test_a_secret_is_set_or_not_and_never_changed_here(stage: Stage, settings: FakeSettings) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("end", "up", "enter", "d")(pilot)
        assert pilot.app.screen.id == "settings"
        assert "set, in the keyring" in detail(pilot)
        await pilot.press("down")
        assert "not set" in detail(pilot)


async def test_what_cannot_be_written_is_said_with_its_reason(stage: Stage, settings: FakeSettings) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("enter", "right")(pilot)
        settings.error = SettingError("config.toml cannot be written: Read-only file system.")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Failure))


async def test_search_finds_by_meaning(stage: Stage, settings: FakeSettings) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("slash", *"docker")(pilot)
        assert rows(pilot).keys == ("engine",)
        await pilot.press("escape")
        assert len(rows(pilot).keys) == 8
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen.id == "workspaces")


async def test_a_paste_of_a_megabyte_and_a_tiny_terminal(stage: Stage, settings: FakeSettings) -> None:
    async with stage.app().run_test(size=(20, 5)) as pilot:
        await pressed("down", "down", "enter")(pilot)
        field = pilot.app.screen.query_one(Field)
        field.value = ""
        field.post_message(events.Paste("x" * 1_000_000))
        await pilot.pause()
        assert len(field.value) <= LONGEST
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen.id == "settings")
