"""The place Logs: what it shows in each state, what its keys do, and what bad lines cannot do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from cluster.engine import ServiceStatus
from cluster.errors import ClusterUnreachableError, ServiceNotFoundError, WorkspaceStoppedError
from screens.logs import reading
from screens.logs.buffer import ANEW, LINES
from screens.logs.levels import Level
from screens.logs.screen import LogsScreen
from screens.logs.view import LogView
from screens.widgets.row_list import RowList
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


POSTGRESQL_SAID = """\
2026-03-01 11:41:12.018 UTC [1] LOG:  starting PostgreSQL 17.6 on x86_64-pc-linux-gnu, 64-bit
2026-03-01 11:41:12.019 UTC [1] LOG:  listening on IPv4 address "0.0.0.0", port 5432
2026-03-01 11:41:12.044 UTC [1] LOG:  database system is ready to accept connections
2026-03-01 11:58:31.702 UTC [71] ERROR:  relation "orders" does not exist at character 15
2026-03-01 11:58:31.702 UTC [71] STATEMENT:  SELECT * FROM orders
2026-03-01 11:59:40.310 UTC [74] WARNING:  there is no transaction in progress""".splitlines()


@pytest.fixture
def with_services(talking: Stage) -> Stage:
    """The same, and beside the fourth a database that speaks and a Redis that fails."""
    status = ServiceStatus("postgresql", "running"), ServiceStatus("redis", "failed", "it ended with exit code 1")
    talking.engine.change("shop", services=status)
    for line in POSTGRESQL_SAID:
        talking.engine.speak("shop", line, "postgresql")
    return talking


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
    await seen(pilot)
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
        await seen(pilot)
        await pilot.press("7")
        await until(pilot, lambda: pilot.app.screen.has_class("-empty"))

    assert snap_compare(stage.app(), terminal_size=SIZES["normal"], run_before=run)


def test_reading(five: Stage, snap_compare: Snap) -> None:
    five.engine.logs = _silent  # type: ignore[method-assign]

    async def run(pilot: Pilot[None]) -> None:
        await seen(pilot)
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


def test_a_services_log(with_services: Stage, snap_compare: Snap) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await opened(pilot)
        pilot.app.screen.query_one("#workspaces", RowList).highlight("shop/postgresql")
        await until(pilot, lambda: shown(pilot)[-1:] == POSTGRESQL_SAID[-1:])

    assert snap_compare(with_services.app(), terminal_size=SIZES["normal"], run_before=run)


# What it follows


async def test_lines_show_as_they_come_and_the_end_stays_in_view(talking: Stage) -> None:
    async with talking.app().run_test(size=SIZES["normal"]) as pilot:
        await keys()(pilot)
        say(talking, "api", *(f"line {number}" for number in range(200)))
        await until(pilot, lambda: current(pilot) == "line 199")
        assert view(pilot).scroll_y == view(pilot).max_scroll_y > 0


async def test_who_reads_above_is_left_there(talking: Stage) -> None:
    async with talking.app().run_test(size=SIZES["small"]) as pilot:
        await keys("home")(pilot)
        say(talking, "api", "another")
        await until(pilot, lambda: shown(pilot)[-1] == "another")
        assert (current(pilot), view(pilot).scroll_y, view(pilot).follow) == ("the editor listens", 0, False)
        await pilot.press("end")
        await until(pilot, lambda: current(pilot) == "another" and view(pilot).follow)


async def test_the_log_of_another_is_read_when_the_cursor_goes_to_it(talking: Stage) -> None:
    say(talking, "shop", "shop speaks")
    async with talking.app().run_test(size=SIZES["normal"]) as pilot:
        await opened(pilot)
        pilot.app.screen.query_one("#workspaces", RowList).highlight("shop")
        await until(pilot, lambda: shown(pilot) == ["the editor listens", "shop speaks"])


async def test_l_on_a_workspace_leads_into_its_log(talking: Stage) -> None:
    say(talking, "shop", "shop speaks")
    async with talking.app().run_test(size=SIZES["small"]) as pilot:
        await seen(pilot)
        await pilot.press("down", "down", "down", "l")
        await until(pilot, lambda: isinstance(pilot.app.screen, LogsScreen))
        await until(pilot, lambda: current(pilot) == "shop speaks")
        assert view(pilot).has_focus
        await pilot.press("escape")
        assert not view(pilot).has_focus


async def test_a_lost_cluster_keeps_the_lines_and_heals_without_telling_them_twice(talking: Stage) -> None:
    async with talking.app().run_test(size=SIZES["normal"]) as pilot:
        await keys()(pilot)
        before = shown(pilot)
        broken = Break(talking.engine.logs)
        talking.engine.logs = broken.logs  # type: ignore[method-assign]
        pilot.app.screen.query_one("#workspaces", RowList).highlight("blog")
        await until(pilot, lambda: broken.readers == 1)
        pilot.app.screen.query_one("#workspaces", RowList).highlight("api")
        await until(pilot, lambda: shown(pilot) == before)
        talking.engine.lose(LOST)
        broken.cut.set()
        await until(pilot, lambda: "The connection is lost" in notice(pilot))
        assert shown(pilot) == before
        broken.cut.clear()
        talking.engine.recover()
        say(talking, "api", "healed")
        await until(pilot, lambda: shown(pilot) == [*before, "healed"])
        await until(pilot, lambda: notice(pilot) == "")


class Break:
    """The engine's log, which fails while `cut` is set."""

    def __init__(self, logs: Callable[..., Any]) -> None:
        self._logs = logs
        self.cut = asyncio.Event()
        self.readers = 0

    async def logs(self, name: str, **wanted: Any) -> AsyncIterator[str]:
        self.readers += 1
        lines = self._logs(name, **wanted)
        cut = asyncio.ensure_future(self.cut.wait())
        try:
            while True:
                line = asyncio.ensure_future(anext(lines))
                await asyncio.wait([line, cut], return_when=asyncio.FIRST_COMPLETED)
                if not line.done():
                    line.cancel()
                    raise LOST
                yield line.result()
        finally:
            cut.cancel()


async def test_the_log_of_a_new_pod_follows_that_of_the_old(five: Stage) -> None:
    pods = [["first", "of the old"], ["first of the new"]]

    async def logs(name: str, **_: Any) -> AsyncIterator[str]:
        for line in pods.pop(0):
            yield line
        if not pods:
            await asyncio.Event().wait()

    five.engine.logs = logs  # type: ignore[method-assign]
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await opened(pilot, 4)
        assert shown(pilot) == ["first", "of the old", ANEW, "first of the new"]


async def test_a_stopped_workspace_is_started_from_here_and_its_log_shows(talking: Stage) -> None:
    async with talking.app().run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        await pilot.press("down", "l")
        await until(pilot, lambda: isinstance(pilot.app.screen, LogsScreen) and "blog is stopped" in notice(pilot))
        await pilot.press("s")
        await until(pilot, lambda: notice(pilot) == "")
        say(talking, "blog", "it runs")
        await until(pilot, lambda: shown(pilot)[-1:] == ["it runs"])


async def to_postgresql(pilot: Pilot[None]) -> None:
    """From the list's first row down to PostgreSQL below `shop`, whose log is read then."""
    await opened(pilot)
    await pilot.press(*["down"] * 4)
    await until(pilot, lambda: POSTGRESQL_SAID[-1] in shown(pilot))


async def test_a_services_log_is_followed_and_no_other(with_services: Stage) -> None:
    async with with_services.app().run_test(size=SIZES["normal"]) as pilot:
        await to_postgresql(pilot)
        say(with_services, "shop", "shop speaks")
        with_services.engine.speak("shop", "a checkpoint", "postgresql")
        await until(pilot, lambda: shown(pilot) == ["postgresql is ready", *POSTGRESQL_SAID, "a checkpoint"])


async def test_l_on_a_workspace_leads_into_its_own_log_after_that_of_its_service(with_services: Stage) -> None:
    say(with_services, "shop", "shop speaks")
    async with with_services.app().run_test(size=SIZES["normal"]) as pilot:
        await to_postgresql(pilot)
        await pilot.press("1", "down", "down", "down", "l")
        await until(pilot, lambda: isinstance(pilot.app.screen, LogsScreen))
        await until(pilot, lambda: shown(pilot) == ["the editor listens", "shop speaks"])
        assert pilot.app.screen.query_one("#workspaces", RowList).highlighted == "shop"


async def test_a_service_that_fails_says_why_above_its_log(with_services: Stage) -> None:
    with_services.engine.speak("shop", "Can't open the append-only file", "redis")
    async with with_services.app().run_test(size=SIZES["normal"]) as pilot:
        await to_postgresql(pilot)
        await pilot.press("down")
        await until(pilot, lambda: shown(pilot)[-1:] == ["Can't open the append-only file"])
        assert "Redis fails: it ended with exit code 1" in notice(pilot)


async def test_a_services_log_that_cannot_be_read_says_why(with_services: Stage) -> None:
    async def logs(name: str, *, service: str | None = None, **_: Any) -> AsyncIterator[str]:
        if service is not None:
            raise ServiceNotFoundError(f"{name!r} was not made with it.")
        yield "the editor listens"
        await asyncio.Event().wait()

    with_services.engine.logs = logs  # type: ignore[method-assign]
    async with with_services.app().run_test(size=SIZES["normal"]) as pilot:
        await opened(pilot, 1)
        await pilot.press(*["down"] * 4)
        await until(pilot, lambda: "'shop' was not made with it" in notice(pilot))


async def test_s_on_a_service_starts_its_workspace_and_the_log_goes_on(
    with_services: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PATIENCE", (3600.0,))  # what is read again is so because of the state alone
    pods: list[list[str]] = [["of the old"], [], ["of the new"]]

    async def logs(name: str, *, service: str | None = None, **_: Any) -> AsyncIterator[str]:
        if service is None:
            await asyncio.Event().wait()
        said = pods.pop(0)
        if not said:
            raise WorkspaceStoppedError(f"{name!r} is stopped, so there is no log.")
        for line in said:
            yield line
        if not pods:
            await asyncio.Event().wait()

    with_services.engine.logs = logs  # type: ignore[method-assign]
    async with with_services.app().run_test(size=SIZES["normal"]) as pilot:
        await opened(pilot, 0)
        await pilot.press(*["down"] * 4)
        await until(pilot, lambda: shown(pilot) == ["of the old"])
        with_services.engine.change("shop", state="stopped", services=(ServiceStatus("postgresql", "stopped"),))
        await until(pilot, lambda: "shop is stopped" in notice(pilot) and len(pods) == 1)
        await pilot.press("s")
        await until(pilot, lambda: shown(pilot) == ["of the old", ANEW, "of the new"])
        assert notice(pilot) == ""


async def test_a_service_that_runs_again_is_read_again_at_once(
    with_services: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PATIENCE", (3600.0,))
    runs = [["of the first"], ["of the second"]]

    async def logs(name: str, *, service: str | None = None, **_: Any) -> AsyncIterator[str]:
        for line in runs.pop(0) if service else ["the editor listens"]:
            yield line
        if not service or not runs:
            await asyncio.Event().wait()

    with_services.engine.logs = logs  # type: ignore[method-assign]
    async with with_services.app().run_test(size=SIZES["normal"]) as pilot:
        await opened(pilot, 1)
        await pilot.press(*["down"] * 4)
        await until(pilot, lambda: shown(pilot) == ["of the first"])
        with_services.engine.change("shop", services=(ServiceStatus("postgresql", "failed", "it ended"),))
        await until(pilot, lambda: shown(pilot) == ["of the first", ANEW, "of the second"])
        assert notice(pilot) == "▲ PostgreSQL fails: it ended"


# What its keys do


async def test_the_keys_do_the_same_with_a_services_log(with_services: Stage) -> None:
    async with with_services.app().run_test(size=SIZES["normal"]) as pilot:
        await to_postgresql(pilot)
        await pilot.press("enter", "up", "c")
        await until(pilot, lambda: pilot.app.clipboard == POSTGRESQL_SAID[-2])
        await pilot.press("slash", *"orders", "enter")
        assert "FROM orders" in current(pilot)
        await pilot.press("escape", "l")
        assert shown(pilot) == [POSTGRESQL_SAID[3]]
        await pilot.press("w")
        assert view(pilot).wrap


async def test_a_search_goes_to_its_matches_and_back(talking: Stage) -> None:
    async with talking.app().run_test(size=SIZES["normal"]) as pilot:
        await keys("slash", *"post", "enter")(pilot)
        assert "POST /items" in current(pilot)
        await pilot.press("slash", *"x", "escape", "end", "slash", *"coder", "enter")
        await until(pilot, lambda: "store.py" in current(pilot))
        await pilot.press("N")
        assert "main.py" in current(pilot)
        await pilot.press("n", "n")
        assert "Using user-data-dir" in current(pilot)
        await pilot.press("escape")
        assert not view(pilot).matches.words


async def test_a_level_narrows_the_log_and_all_brings_it_back(talking: Stage) -> None:
    async with talking.app().run_test(size=SIZES["normal"]) as pilot:
        await keys("l")(pilot)
        assert shown(pilot)[0] == "ERROR:    Exception in ASGI application"
        assert len(shown(pilot)) == 8
        await pilot.click("LevelBar", offset=(1, 0))
        await until(pilot, lambda: view(pilot).rows.least is Level.UNTOLD)
        assert len(shown(pilot)) == len(SAID) + 1


async def test_lines_are_copied_one_several_and_all(talking: Stage) -> None:
    async with talking.app().run_test(size=SIZES["normal"]) as pilot:
        await keys("up", "c")(pilot)
        await until(pilot, lambda: pilot.app.clipboard == SAID[-2])
        await pilot.press("shift+up", "c")
        await until(pilot, lambda: pilot.app.clipboard == "\n".join(SAID[-3:-1]))
        await pilot.press("C")
        await until(pilot, lambda: pilot.app.clipboard == "\n".join(["the editor listens", *SAID]))


async def test_the_mouse_selects_lines(talking: Stage) -> None:
    async with talking.app().run_test(size=SIZES["normal"]) as pilot:
        await keys()(pilot)
        await pilot.mouse_down(LogView, offset=(5, 1))
        await pilot.hover(LogView, offset=(5, 3))
        await pilot.mouse_up(LogView, offset=(5, 3))
        await pilot.press("c")
        await until(pilot, lambda: pilot.app.clipboard == "\n".join(SAID[:3]))


# Bad input


async def test_a_hundred_thousand_lines_are_kept_and_no_more(five: Stage) -> None:
    say(five, "api", *(f"INFO line {number}" for number in range(LINES + 5)))
    async with five.app().run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        await pilot.press("7")
        await until(pilot, lambda: isinstance(pilot.app.screen, LogsScreen) and view(pilot).buffer.end >= LINES)
        say(five, "api", "the last")
        await until(pilot, lambda: current(pilot) == "the last")
        assert len(shown(pilot)) == LINES
        await pilot.press("enter", "w", "home")
        await until(pilot, lambda: view(pilot).scroll_y == 0)


@pytest.mark.parametrize("size", [(20, 5), (80, 24)])
async def test_lines_that_are_no_lines_break_nothing(five: Stage, size: tuple[int, int]) -> None:
    say(five, "api", *["x" * 1_000_000, "\x1b[2J\x1b]0;title\x07 cleared", "bytes \udcff", "漢字" * 5000, ""])
    async with five.app().run_test(size=size) as pilot:
        await opened(pilot, 6)
        await pilot.press("enter", "w", "home", "right", "pagedown", "slash", "漢", "enter", "n", "w", "right", "end")
        await until(pilot, lambda: view(pilot).follow)
        assert all(text.isprintable() for text in shown(pilot))
        await pilot.resize_terminal(60, 12)
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: view(pilot).size.width > 60)
