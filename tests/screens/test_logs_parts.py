"""The parts of the place Logs: levels, the bounded buffer, rows, matches, batches, and its words."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from rich.cells import cell_len

from cluster.engine import ServiceStatus, Workspace
from cluster.errors import ClusterUnreachableError, ServiceNotFoundError, WorkspaceStoppedError
from screens.glyphs import GLYPHS
from screens.logs import presenter
from screens.logs.buffer import ANEW, LONGEST, LogBuffer
from screens.logs.following import batches
from screens.logs.levels import Level, level_of
from screens.logs.rows import Rows, parts
from screens.logs.search import Matches
from screens.logs.source import Source, sources
from templates.errors import VibeCodeError
from tests.screens.stage import NOW


def buffer_of(*lines: str, lines_kept: int = 1000, characters: int = 1_000_000) -> LogBuffer:
    buffer = LogBuffer(lines_kept, characters)
    buffer.append(lines)
    return buffer


def texts(buffer: LogBuffer) -> list[str]:
    return [buffer.text(number) for number in range(buffer.first, buffer.end)]


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("[2026-03-01T12:00:00.000Z] info  code-server 4.127.0", Level.INFO),
        ("2026-03-01 12:00:00,123 WARNING root: slow", Level.WARN),
        ("[12:00:01] error connection refused", Level.ERROR),
        ("INFO:     Uvicorn running", Level.INFO),
        ("[WARN] deprecated", Level.WARN),
        ("npm ERR! missing script", Level.ERROR),
        ("debug: cache miss", Level.DEBUG),
        ("ts=1 level=error msg=down", Level.ERROR),
        ('{"level": "warn", "message": "slow"}', Level.WARN),
        ('{"severity":"CRITICAL"}', Level.ERROR),
        ('{"level":30,"msg":"listening"}', Level.INFO),
        ('{"level":50,"msg":"down"}', Level.ERROR),
        ('{"level":20}', Level.DEBUG),
        ('{"message": "there was no error"}', Level.UNTOLD),
        ("E0301 12:00:00.000000       1 reflector.go:147] failed", Level.ERROR),
        ("Traceback (most recent call last):", Level.ERROR),
        ("ValueError: an item needs a name", Level.ERROR),
        ("panic: runtime error", Level.ERROR),
        ("Compiled with 0 errors", Level.UNTOLD),
        ("informative text about errors", Level.UNTOLD),
        ("", Level.UNTOLD),
    ],
)
def test_levels(line: str, level: Level) -> None:
    assert level_of(line) is level


def test_indented_lines_go_on_with_the_line_before() -> None:
    buffer = buffer_of("ERROR: it broke", "  at f()", "\tat g()", "INFO: on")
    levels = [buffer.level(number) for number in range(4)]
    assert levels == [Level.ERROR, Level.ERROR, Level.ERROR, Level.INFO]
    assert buffer.count(Level.ERROR) == 3


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("\x1b[31mred\x1b[0m \x1b]0;title\x07end", "red end"),
        ("a\tb", "a   b"),
        ("bell\x07 back\x08 \u202eturned", "bell  back   turned"),
        ("bytes \udcff\ufffd", "bytes  \ufffd"),
        ("漢字 🎉", "漢字 🎉"),
    ],
)
def test_a_line_cannot_steer_the_terminal(line: str, shown: str) -> None:
    assert texts(buffer_of(line)) == [shown]


def test_a_line_of_a_megabyte_is_cut_and_says_so() -> None:
    (text,) = texts(buffer_of("x" * 1_000_000))
    assert len(text) < LONGEST + 50
    assert "(990,000 more characters)" in text


def test_the_oldest_lines_are_dropped_beyond_a_number_and_a_size() -> None:
    buffer = buffer_of(*(f"ERROR {number}" for number in range(15)), lines_kept=10)
    assert (buffer.first, buffer.end, buffer.text(5)) == (5, 15, "ERROR 5")
    assert buffer.count(Level.ERROR) == 10
    small = buffer_of(*("x" * 40 for _ in range(10)), characters=100)
    assert (small.first, small.end) == (8, 10)


def test_a_log_that_is_told_again_adds_only_what_is_new() -> None:
    buffer = LogBuffer()
    buffer.begin_again()
    buffer.append(["a", "b"])
    buffer.begin_again()
    buffer.append(["a"])
    buffer.append(["b", "c"])
    assert texts(buffer) == ["a", "b", "c"]


def test_the_log_of_a_pod_that_took_the_place_of_another_is_told_apart() -> None:
    buffer = LogBuffer()
    buffer.begin_again()
    buffer.append(["a", "b"])
    buffer.begin_again()
    buffer.append(["other"])
    buffer.begin_again()
    buffer.append(["other", "more"])
    assert texts(buffer) == ["a", "b", ANEW, "other", "more"]


@pytest.mark.parametrize(
    ("text", "width", "rows"),
    [
        ("", 4, ("",)),
        ("abcd", 4, ("abcd",)),
        ("abcdef", 4, ("abcd", "ef")),
        ("abcdef", 0, ("abcdef",)),
        ("漢字漢字", 5, ("漢字", "漢字")),
    ],
)
def test_wrapping(text: str, width: int, rows: tuple[str, ...]) -> None:
    assert parts(text, width) == rows
    assert Rows(buffer_of(text), width=width).total == len(rows)
    assert "".join(rows) == text
    assert not width or all(cell_len(row) <= width for row in rows)


def test_rows_lead_to_lines_and_back() -> None:
    rows = Rows(buffer_of("abcdef", "x", "ghijklmno"), width=4)
    found = [rows.at(row) for row in range(rows.total + 1)]
    assert found == [(0, 0), (0, 1), (1, 0), (2, 0), (2, 1), (2, 2), None]
    assert [rows.top(index) for index in range(3)] == [0, 2, 3]


def test_rows_follow_what_comes_and_what_is_dropped() -> None:
    buffer = buffer_of(*map(str, range(10)), lines_kept=10)
    rows = Rows(buffer)
    buffer.append(["10", "11", "12"])
    assert rows.update() == (3, 7)
    assert list(rows.numbers) == list(range(3, 13))
    assert (rows.at(0), rows.total) == ((0, 0), 10)


def test_rows_show_a_level_and_what_is_graver() -> None:
    rows = Rows(buffer_of("INFO a", "plain", "ERROR b", "WARN c"), Level.WARN)
    assert list(rows.numbers) == [2, 3]
    assert [rows.nearest(number) for number in (0, 2, 3, 9)] == [0, 0, 1, 1]


def test_matches_go_round_and_whatever_their_case() -> None:
    buffer = buffer_of("Alpha", "beta", "ALPHABET", "gamma")
    matches = Matches(buffer, "alpha", range(4))
    assert list(matches.numbers) == [0, 2]
    assert [matches.after(0), matches.after(2), matches.before(0), matches.before(1)] == [2, 0, 2, 0]
    assert (matches.place(2), matches.place(1)) == (2, None)
    assert matches.spans("xALPHAx alpha") == [(1, 6), (8, 13)]
    assert list(matches.narrowed("alphab", range(4)).numbers) == [2]
    assert list(matches.narrowed("a", range(4)).numbers) == [0, 1, 2, 3]
    assert list(matches.narrowed("", range(4)).numbers) == []


def test_matches_follow_what_comes_and_what_is_dropped() -> None:
    buffer = buffer_of("x", "x", lines_kept=2)
    matches = Matches(buffer, "x", range(2))
    buffer.append(["y", "x"])
    matches.drop()
    matches.add([2, 3])
    assert list(matches.numbers) == [3]


@pytest.mark.parametrize("words", ["(", "[a", "a*", "\\", "."])
def test_a_search_takes_letters_as_they_are(words: str) -> None:
    assert list(Matches(buffer_of("plain", f"with {words} in it"), words, range(2)).numbers) == [1]


async def test_batches_hold_what_came_together_and_no_more_than_fits() -> None:
    async def lines() -> AsyncIterator[str]:
        for number in range(5):
            yield str(number)

    assert [len(batch) async for batch in batches(lines(), most=2, rest=0)] == [2, 2, 1]


async def test_batches_fail_as_the_lines_do_after_what_came() -> None:
    async def lines() -> AsyncIterator[str]:
        yield "one"
        raise ClusterUnreachableError("it is gone")

    found: list[list[str]] = []

    async def take() -> None:
        async for batch in batches(lines(), rest=0):
            found.append(batch)

    with pytest.raises(ClusterUnreachableError):
        await take()
    assert found == [["one"]]


async def test_batches_close_the_lines_when_they_are_left() -> None:
    closed = asyncio.Event()

    async def lines() -> AsyncIterator[str]:
        try:
            while True:
                yield "more"
        finally:
            closed.set()

    reading = batches(lines(), most=10, rest=0)
    assert len(await anext(reading)) == 10
    await reading.aclose()
    assert closed.is_set()


def workspace(state: str, reason: str | None = None) -> Workspace:
    return Workspace("api", "http://api/", state, "kind", reason=reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "lost", "error", "words"),
    [
        (workspace("running"), False, None, None),
        (workspace("running"), False, WorkspaceStoppedError("it is starting"), None),
        (workspace("stopped"), False, None, "api is stopped. s starts it"),
        (workspace("failed", "Out of memory."), False, None, "api failed. Out of memory. s tries again"),
        (workspace("creating"), False, None, "5 shows how far it is"),
        (workspace("running"), True, None, "What is shown is 42s old"),
        (workspace("running"), False, ClusterUnreachableError("No answer."), "No answer. It is tried again by itself."),
        (None, False, None, "api is not there any more"),
    ],
)
def test_notices(one: Workspace | None, lost: bool, error: ClusterUnreachableError | None, words: str | None) -> None:
    seen = NOW - timedelta(seconds=42) if lost else None
    notice = presenter.notice(Source("api"), one, seen, error, NOW)
    assert (notice is None) if words is None else (notice is not None and words in notice.plain)


def test_what_is_too_much_for_a_terminal_is_copied_from_its_end_and_said_so() -> None:
    assert presenter.copied(["a"]) == ("a", "The line")
    assert presenter.copied(["a", "b"]) == ("a\nb", "2 lines")
    text, what = presenter.copied(["x" * 99] * 20_000)
    assert len(text) < presenter.COPIED
    assert what.startswith("The last 10,000 of 20,000 lines")


def test_the_levels_and_their_counts_fill_the_line() -> None:
    line = presenter.levels(Level.WARN, 3, 1204, 60)
    assert line.plain.startswith(" All   ERROR   WARN+   INFO+   DEBUG+ ")
    assert line.plain.endswith("3   ! 1,204")
    assert line.cell_length == 60


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (presenter.Place(5, 5), "follows what comes"),
        (presenter.Place(3, 5, follow=False), "line 3  f follows the end again"),
        (presenter.Place(3, 5, follow=False, selected=2), "2 lines selected"),
        (presenter.Place(3, 5, follow=False, words="x", match=1, matches=4), "1 of 4 matches"),
        (presenter.Place(3, 5, follow=False, words="x"), "nothing here has these letters"),
        (presenter.Place(3, 5, dropped=70), "5 lines, 70 older dropped"),
    ],
)
def test_headings(place: presenter.Place, words: str) -> None:
    assert words in presenter.heading(Source("api"), workspace("running"), place, 70).plain


def beside(state: str = "running", reason: str | None = None, *, of: Workspace | None = None) -> Workspace:
    """A workspace with PostgreSQL beside it."""
    status = ServiceStatus("postgresql", state, reason)  # type: ignore[arg-type]
    return replace(of or workspace("running"), services=(status,))


POSTGRESQL = Source("api", "postgresql")


def test_a_services_log_stands_below_that_of_its_workspace() -> None:
    shop = Workspace("shop", "http://shop/", "running", "kind")
    every = sources([beside(), shop])
    assert every == [Source("api"), POSTGRESQL, Source("shop")]
    assert [one.key for one in every] == ["api", "api/postgresql", "shop"]


@pytest.mark.parametrize(
    ("state", "sign", "colour"),
    [
        ("running", GLYPHS.running, "$success"),
        ("starting", GLYPHS.starting, "$warning"),
        ("stopped", GLYPHS.stopped, "$muted"),
        ("failed", GLYPHS.failed, "$error"),
        ("absent", GLYPHS.unknown, "$muted"),
    ],
)
def test_a_services_row_is_indented_and_tells_its_own_state(state: str, sign: str, colour: str) -> None:
    line = presenter.row(POSTGRESQL, beside(state), 40, stale=False)
    assert line.plain == f"{GLYPHS.branch} {sign} PostgreSQL"
    assert colour in [span.style for span in line.spans]
    assert presenter.row(POSTGRESQL, beside(state), 9, stale=False).cell_length == 9
    assert "$muted" in [span.style for span in presenter.row(POSTGRESQL, beside(state), 40, stale=True).spans]
    assert presenter.row(Source("api"), beside(state), 40, stale=False).plain == f"{GLYPHS.running} api"


def test_the_heading_says_beside_which_workspace_a_service_is_and_how() -> None:
    place = presenter.Place(5, 5)
    assert presenter.heading(POSTGRESQL, beside("failed"), place, 70).plain.startswith("api · PostgreSQL  ▲ fails")
    assert presenter.heading(POSTGRESQL, None, place, 70).plain.startswith("api · PostgreSQL  ? gone")


@pytest.mark.parametrize(
    ("one", "error", "words"),
    [
        (beside(), None, None),
        (beside(), WorkspaceStoppedError("there is no log"), None),
        (beside(), ClusterUnreachableError("No answer."), "No answer. It is tried again by itself."),
        (beside(of=workspace("creating")), None, None),
        (beside("starting", "there is no pod yet", of=workspace("creating")), None, "PostgreSQL starts: there is no"),
        (beside("failed", "it \x1b[31mended"), None, "PostgreSQL fails: it ended"),
        (beside("absent", "no postgres"), ServiceNotFoundError("No."), "PostgreSQL is not here: no postgres"),
        (beside("absent", "no postgres", of=workspace("stopped")), None, "PostgreSQL is not here: no postgres"),
        (beside("stopped", of=workspace("stopped")), None, "api is stopped. s starts it"),
        (beside("stopped", of=workspace("failed")), None, "api failed. s tries again"),
        (None, None, "api · PostgreSQL is not there any more"),
    ],
)
def test_notices_of_a_service(one: Workspace | None, error: VibeCodeError | None, words: str | None) -> None:
    notice = presenter.notice(POSTGRESQL, one, None, error, NOW)
    assert (notice is None) if words is None else (notice is not None and words in notice.plain)


def test_a_lost_connection_is_told_of_a_service_too() -> None:
    notice = presenter.notice(POSTGRESQL, beside("failed"), NOW - timedelta(seconds=42), None, NOW)
    assert notice is not None
    assert "What is shown is 42s old" in notice.plain
