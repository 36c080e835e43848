"""When a browser is opened, and how."""

import threading
from pathlib import Path

import pytest

from launcher import browser
from launcher.browser import browse, obstacle
from tests.unit.launcher.terminal import Terminal
from tests.unit.launcher.test_process import FAKE, environ

SSH = {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}


@pytest.mark.parametrize(
    ("variables", "terminal", "platform", "reason"),
    [
        ({"DISPLAY": ":0"}, True, "linux", None),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True, "linux", None),
        ({}, True, "linux", "there is no display"),
        ({}, True, "darwin", None),
        ({"WSL_DISTRO_NAME": "Debian"}, True, "linux", None),
        (SSH, True, "linux", "this is an SSH session without a display"),
        (SSH, True, "darwin", "this is an SSH session without a display"),
        ({**SSH, "DISPLAY": "localhost:10.0"}, True, "linux", None),
        ({**SSH, "BROWSER": "/remote/helper"}, True, "linux", None),
        ({"DISPLAY": ":0"}, False, "linux", "there is no terminal"),
        ({"DISPLAY": ":0", "CI": "true"}, True, "linux", "this is a CI job"),
    ],
)
def test_where_a_browser_can_be_opened(
    variables: dict[str, str], terminal: bool, platform: str, reason: str | None
) -> None:
    assert obstacle(variables, terminal=terminal, platform=platform) == reason


@pytest.mark.parametrize("result", [True, False])
async def test_what_the_browser_says_is_passed_on(result: bool) -> None:
    assert await browse("http://shop", lambda url: result and url == "http://shop") is result


async def test_a_browser_that_stays_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "PATIENCE", 0.01)
    end = threading.Event()

    assert await browse("http://shop", lambda _: end.wait(10)) is True
    end.set()


@pytest.fixture
def recorder(tmp_path: Path) -> Path:
    """A program that a person may have as BROWSER; it writes down the address."""
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/opened\n')
    program.chmod(0o755)
    return program


def test_new_opens_the_editor_as_soon_as_it_is_ready(recorder: Path) -> None:
    arguments = ["new", "python-fastapi", "api"]
    with Terminal([*FAKE, *arguments], environ(BROWSER=str(recorder), FAKE_HANGS="extensions")) as terminal:
        terminal.read_until(b"Installing extensions")

        assert (recorder.parent / "opened").read_text() == "http://api.vibecode.localhost:8080/"


@pytest.mark.parametrize(
    ("arguments", "opened"),
    [
        (("open", "shop"), "http://shop.vibecode.localhost:8080/"),
        (("open", "shop", "--port", "3000"), "http://3000-shop.vibecode.localhost:8080/"),
    ],
)
def test_open_opens_what_it_answers(recorder: Path, arguments: tuple[str, ...], opened: str) -> None:
    with Terminal([*FAKE, *arguments], environ(BROWSER=str(recorder))) as terminal:
        assert terminal.wait() == 0

    assert (recorder.parent / "opened").read_text() == opened
    assert opened in terminal.printed.decode()


def test_a_browser_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    with Terminal([*FAKE, "open", "shop"], environ(BROWSER="/bin/false")) as terminal:
        assert terminal.wait() == 0

    assert "The browser is not opened: none could be started." in terminal.printed.decode()
