"""The application itself: its places, its commands, and what everywhere works."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Log

from cluster.errors import EngineUnavailableError
from launcher.errors import SettingError
from screens.app import VibeCodeApp
from screens.commands import COMMANDS, commands_of, key_words
from screens.modals.failure import Failure
from screens.modals.log_file import LogFile
from screens.places import PLACES, PlaceId
from screens.themes import CONTRAST, DARK, LIGHT, TERMINAL, theme_of, wanted_theme
from tests.screens.stage import SIZES, FakePortal, Stage, seen, until

ROOT = Path(__file__).parents[2]
HEAVY = {"aiohttp", "docker", "httpx", "keyring", "kubernetes", "pydantic", "segno", "websockets"}
FIRST_FRAME = """
import asyncio, os, sys, threading
from dataclasses import replace
from launcher import paths, settings, wiring
from launcher.application import screen_services
from launcher.output.console import Console
from screens.app import VibeCodeApp
from templates.errors import VibeCodeError

never = threading.Event()
found = paths.find(os.environ)
console = Console(None, sys.stdout, sys.stderr, os.environ)
services = screen_services(console, settings.load(found.config_file, os.environ), found, wiring.Services())

def engines():
    never.wait()
    raise VibeCodeError("the application was left")

async def main():
    app = VibeCodeApp(replace(services, engines=engines))
    async with app.run_test() as pilot:
        while app.screen.id != "workspaces":
            await pilot.pause()
        print(*sys.modules)
        never.set()

asyncio.run(main())
"""


async def at(pilot: Pilot[None], place: PlaceId) -> None:
    await until(pilot, lambda: pilot.app.screen.id == place)


# Places


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.id)
async def test_every_place_is_one_key_away_and_escape_leads_home(five: Stage, place: object) -> None:
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        await pilot.press(place.key)  # type: ignore[attr-defined]
        await at(pilot, place.id)  # type: ignore[attr-defined]
        await pilot.press("escape")
        await at(pilot, "workspaces")


async def test_a_click_on_the_top_bar_goes_there(five: Stage) -> None:
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        await pilot.click("TopBar", offset=(20, 0))
        await at(pilot, "templates")


async def test_a_click_on_the_key_bar_presses_the_key(five: Stage) -> None:
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        await pilot.click("KeyBar", offset=(12, 0))
        await at(pilot, "templates")


def test_the_home_place_loads_nothing_heavy_before_an_engine_answers() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", FIRST_FRAME], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    modules = answer.stdout.split()
    assert "screens.workspaces.screen" in modules
    assert {module.partition(".")[0] for module in modules} & HEAVY == set()
    assert [module for module in modules if module.startswith(("cluster.kind", "cluster.local"))] == []


# Commands


@pytest.mark.parametrize("place", [None, *(place.id for place in PLACES)])
def test_no_key_means_two_things(place: PlaceId | None) -> None:
    commands = commands_of(None) + (commands_of(place) if place else ())
    keys = Counter(key for command in commands for key in command.key.split(","))
    assert [key for key, count in keys.items() if count > 1] == []


async def test_every_command_has_its_action(five: Stage) -> None:
    app = five.app()
    async with app.run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        for place in PLACES:
            await app.switch_mode(place.id)
            missing = [one.id for one in commands_of(place.id) if not hasattr(app.screen, f"action_{one.id}")]
            assert missing == [], place.id
        assert [one.id for one in commands_of(None) if not hasattr(app, f"action_{one.id.partition('(')[0]}")] == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: f"{command.place}.{command.id}")
def test_every_command_says_in_a_sentence_what_it_does(command: object) -> None:
    assert command.help.endswith(".")  # type: ignore[attr-defined]
    assert 0 < len(command.title) <= 20  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("key", "words"), [("ctrl+p", "Ctrl+P"), ("question_mark", "?"), ("n", "n"), ("enter", "Enter"), ("f1", "F1")]
)
def test_keys_in_words(key: str, words: str) -> None:
    assert key_words(key) == words


async def test_the_palette_runs_what_it_finds(five: Stage) -> None:
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        await pilot.press("ctrl+p", *"go to clus")
        await pilot.press("enter")
        await at(pilot, "cluster")


# What works everywhere


async def test_jump_gives_the_focus_to_the_letter(five: Stage) -> None:
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        await pilot.press("slash", "ctrl+o", "b")
        await until(pilot, lambda: pilot.app.focused is not None and pilot.app.focused.id == "rows")


async def test_themes_take_turns(five: Stage) -> None:
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        for theme, written in ((LIGHT, "light"), (CONTRAST, "contrast"), (TERMINAL, "terminal"), (DARK, "dark")):
            await pilot.press("ctrl+t")
            await until(pilot, lambda theme=theme: pilot.app.theme == theme)
            assert five.services.settings.settings["theme"].written == written


async def test_a_theme_that_cannot_be_written_is_taken_until_one_leaves(five: Stage) -> None:
    five.services.settings.error = SettingError("config.toml cannot be written: Read-only file system.")
    async with five.app().run_test(size=SIZES["normal"], notifications=True) as pilot:
        await seen(pilot)
        await pilot.press("ctrl+t")
        await until(pilot, lambda: pilot.app.theme == LIGHT)
        said = "Only until you leave: config.toml cannot be written: Read-only file system."
        assert [note.message for note in pilot.app._notifications] == [said]


async def test_the_log_file_is_one_key_away(five: Stage, tmp_path: Path) -> None:
    log = tmp_path / "vibecode.log"
    log.write_text("first\nlast \x1b[31mline\n")
    async with five.app(log_file=log).run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(pilot.app.screen, LogFile))
        await until(pilot, lambda: list(pilot.app.screen.query_one(Log).lines)[:2] == ["first", "last line"])
        await pilot.press("escape")
        await at(pilot, "workspaces")


async def test_the_portal_opens_in_the_browser_and_ends_with_the_application(five: Stage) -> None:
    portal = FakePortal()
    async with five.app(portal=portal).run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        await pilot.press("f2")
        await until(pilot, lambda: five.browser.opened == ["http://vibecode.localhost:8420/?ticket=abc"])
        assert not portal.closed
    assert portal.closed


async def test_a_portal_that_cannot_be_served_says_why(five: Stage) -> None:
    error = EngineUnavailableError("Nothing can listen on port 8420.")
    async with five.app(portal=FakePortal(error)).run_test(size=SIZES["normal"]) as pilot:
        await until(pilot, lambda: [one.message for one in pilot.app._notifications] != [])
        assert [one.message for one in pilot.app._notifications] == [
            "The portal is not served: Nothing can listen on port 8420."
        ]
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(pilot.app.screen, Failure))
    assert five.browser.opened == []


async def test_q_leaves_and_closes_the_engines(five: Stage) -> None:
    app = five.app()
    async with app.run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)
    assert five.engine.closed


async def test_two_copies_see_the_same(five: Stage) -> None:
    one, other = five.app(), five.app()
    async with one.run_test(size=SIZES["normal"]) as first, other.run_test(size=SIZES["normal"]) as second:
        await seen(first)
        await seen(second)
        await first.press("x")
        await until(second, lambda: _state(other, "api") == "stopped")
        assert _state(one, "api") == "stopped"


def _state(app: VibeCodeApp, name: str) -> str | None:
    workspace = app.shared.store.snapshot.workspace(name)
    return workspace and workspace.state


@pytest.mark.parametrize(
    ("environ", "theme"),
    [
        ({"COLORTERM": "truecolor", "TERM": "xterm"}, DARK),
        ({"TERM": "xterm-256color"}, DARK),
        ({"TERM": "xterm"}, TERMINAL),
        ({"TERM": "linux"}, TERMINAL),
        ({}, TERMINAL),
    ],
)
def test_the_first_theme_follows_the_terminal(environ: dict[str, str], theme: str) -> None:
    assert wanted_theme(environ) == theme


@pytest.mark.parametrize(
    ("setting", "theme"),
    [("auto", TERMINAL), ("dark", DARK), ("light", LIGHT), ("contrast", CONTRAST), ("terminal", TERMINAL)],
)
def test_the_setting_names_the_theme(setting: str, theme: str) -> None:
    assert theme_of(setting, TERMINAL) == theme


async def test_no_colour_where_the_person_wants_none(five: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        assert pilot.app.no_color
