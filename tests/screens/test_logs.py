"""The place Logs: what it shows in each state, what its keys do, and what bad lines cannot do."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from cluster.errors import ClusterUnreachableError, WorkspaceStoppedError
from screens.logs.screen import LogsScreen
from screens.logs.view import LogView
from tests.screens.stage import SIZES, Stage, seen, until

Snap = Callable[..., bool]
LOST = ClusterUnreachableError("127.0.0.1:6443 does not answer.")
SAID = """\
[2026-03-01T11:58:01.204Z] info  code-server 4.127.0 a1b2c3d4
[2026-03-01T11:58:01.231Z] info  Using user-data-dir /home/coder/.local/share/code-server
[2026-03-01T11:58:01.240Z] info  Using config file /home/coder/.config/code-server/config.yaml
[2026-03-01T11:58:01.241Z] info  HTTP server listening on http://0.0.0.0:8080/
[2026-03-01T11:58:01.241Z] info    - Authentication is disabled
[2026-03-01T11:58:09.870Z] warn  The extension datadog.datadog-vscode asks for a newer editor
INFO:     Will watch for changes in these directories: ['/home/coder/project']
INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)
INFO:     127.0.0.1:51320 - "GET / HTTP/1.1" 200 OK
{"timestamp": "2026-03-01T11:59:02Z", "level": "info", "message": "listed items", "dd.trace_id": "7261", "count": 12}
{"timestamp": "2026-03-01T11:59:03Z", "level": "debug", "message": "cache miss", "key": "items:all:page=1"}
INFO:     127.0.0.1:51320 - "POST /items HTTP/1.1" 500 Internal Server Error
ERROR:    Exception in ASGI application
Traceback (most recent call last):
  File "/home/coder/project/app/main.py", line 41, in create_item
    return store.add(item)
           ^^^^^^^^^^^^^^^
  File "/home/coder/project/app/store.py", line 17, in add
    raise ValueError("an item needs a name")
ValueError: an item needs a name
{"timestamp": "2026-03-01T11:59:09Z", "level": "warn", "message": "slow query", "ms": 940, "sql": "select * from items"}
INFO:     127.0.0.1:51322 - "GET /health HTTP/1.1" 200 OK""".splitlines()


def say(stage: Stage, name: str, *lines: str) -> None:
    for line in lines:
        stage.engine.speak(name, line)


@pytest.fixture
def talking(five: Stage) -> Stage:
    """Five workspaces, of which the first has something to say."""
    say(five, "api", *SAID)
    return five


def view(pilot: Pilot[None]) -> LogView:
    return pilot.app.screen.query_one(LogView)


def shown(pilot: Pilot[None]) -> list[str]:
    one = view(pilot)
    return [one.buffer.text(number) for number in one.rows.numbers]


def current(pilot: Pilot[None]) -> str:
    return view(pilot).buffer.text(view(pilot).cursor)


def notice(pilot: Pilot[None]) -> str:
    one = pilot.app.screen.query_one("#notice", Static)
    return str(one.content) if one.has_class("-shown") else ""


async def opened(pilot: Pilot[None], lines: int = len(SAID) + 1) -> None:
    """The place, with the log of the first workspace read."""
    await pilot.press("7")
    await until(pilot, lambda: isinstance(pilot.app.screen, LogsScreen))
    await until(pilot, lambda: len(shown(pilot)) >= lines)


def keys(*pressed: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Goes into the log, and presses these keys there."""

    async def run(pilot: Pilot[None]) -> None:
        await opened(pilot)
        await pilot.press("enter", *pressed)
        await pilot.pause()

    return run


# What it looks like


@pytest.mark.parametrize("size", SIZES)
def test_full(talking: Stage, snap_compare: Snap, size: str) -> None:
    assert snap_compare(talking.app(), terminal_size=SIZES[size], run_before=keys())


def test_light(talking: Stage, snap_compare: Snap) -> None:
    assert snap_compare(talking.app("vibecode-light"), terminal_size=SIZES["normal"], run_before=keys())


@pytest.mark.parametrize(
    "pressed",
    [("slash", *"item"), ("l", "l"), ("w",), ("up", "up", "shift+up", "shift+up")],
    ids=["search", "level", "wrap", "selected"],
)
def test_after_keys(talking: Stage, snap_compare: Snap, pressed: tuple[str, ...]) -> None:
    assert snap_compare(talking.app(), terminal_size=SIZES["normal"], run_before=keys(*pressed))


def test_without_workspaces(stage: Stage, snap_compare: Snap) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await pilot.press("7")
        await until(pilot, lambda: pilot.app.screen.has_class("-empty"))

    assert snap_compare(stage.app(), terminal_size=SIZES["normal"], run_before=run)


def test_reading(five: Stage, snap_compare: Snap) -> None:
    five.engine.logs = _silent  # type: ignore[method-assign]

    async def run(pilot: Pilot[None]) -> None:
        await pilot.press("7")
        await until(pilot, lambda: pilot.app.screen.has_class("-reading"))

    assert snap_compare(five.app(), terminal_size=SIZES["normal"], run_before=run)


async def _silent(name: str, **_: Any):  # type: ignore[no-untyped-def]
    await asyncio.Event().wait()
    yield ""


def test_stopped(talking: Stage, snap_compare: Snap) -> None:
    talking.engine.logs = _stopped  # type: ignore[method-assign]

    async def run(pilot: Pilot[None]) -> None:
        await seen(pilot)
        await pilot.press("down", "l")
        await until(pilot, lambda: isinstance(pilot.app.screen, LogsScreen) and bool(notice(pilot)))

    assert snap_compare(talking.app(), terminal_size=SIZES["normal"], run_before=run)


async def _stopped(name: str, **_: Any):  # type: ignore[no-untyped-def]
    raise WorkspaceStoppedError(f"{name!r} is stopped, so there is no log.")
    yield ""


def test_stale(talking: Stage, snap_compare: Snap) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await keys()(pilot)
        talking.engine.lose(LOST)
        await until(pilot, lambda: "lost" in notice(pilot))

    assert snap_compare(talking.app(), terminal_size=SIZES["normal"], run_before=run)
