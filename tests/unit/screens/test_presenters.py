"""Records in, words out: what home and progress say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from textual.content import Content

from cluster.engine import EngineState, EngineStatus, ServiceStatus, Usage, Workspace, WorkspaceState
from screens import words
from screens.glyphs import ASCII, UNICODE, glyphs_for
from screens.jobs import Job, Task
from screens.modals.code import code_lines
from screens.progress import presenter as progress
from screens.store import EngineView, Snapshot
from screens.waterfall import LogLine, StepRecord, Waterfall
from screens.widgets.key_bar import jobs_words, keys_words
from screens.widgets.top_bar import engine_words, places_words
from screens.workspaces import presenter as home
from screens.workspaces.presenter import Row
from templates.errors import VibeCodeError
from templates.text import DASH

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
API = Workspace(
    "api", "http://api/", "running", "kind", "python-fastapi", NOW - timedelta(hours=2), ports={8000: "http://p/"}
)


def ago(**how_long: float) -> datetime:
    return NOW - timedelta(**how_long)


def task(title: str = "Creating shop") -> Task:
    def never():  # type: ignore[no-untyped-def]
        raise AssertionError("no test runs it")

    return Task(title, never, "shop is ready", "shop")


JOB = Job("1", task(), ago(seconds=12))


# Words of all places


@pytest.mark.parametrize(
    ("millicores", "text"), [(None, DASH), (0, "0 %"), (4, "0 %"), (230, "23 %"), (1200, "120 %"), (64000, "6400 %")]
)
def test_cpu(millicores: int | None, text: str) -> None:
    assert words.cpu_words(millicores) == text


@pytest.mark.parametrize(
    ("mebibytes", "text"), [(0, "0 MiB"), (412.4, "412 MiB"), (999, "999 MiB"), (1000, "1.0 GiB"), (1331, "1.3 GiB")]
)
def test_memory(mebibytes: float, text: str) -> None:
    assert words.memory_words(int(mebibytes * 2**20)) == text


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (9.9, "9s"), (42.9, "42s"), (65, "1m 05s")])
def test_a_time_that_goes_on_has_whole_seconds(seconds: float, text: str) -> None:
    assert words.ticking(seconds) == text


def test_sparklines() -> None:
    assert words.sparkline([0, 50, 100], 3, 100) == "▁▅█"
    assert words.sparkline([1, 2, 3, 4], 2, 8) == "▄▅"
    assert words.sparkline([None, None], 5) == ""
    assert words.sparkline([0, 0], 5) == "▁▁"


@pytest.mark.parametrize(("text", "shown"), [("shop", "shop"), ("workspace", "works…"), ("", "")])
def test_cut(text: str, shown: str) -> None:
    assert words.cut(text, 6) == shown


@pytest.mark.parametrize(
    ("encoding", "glyphs"), [("UTF-8", UNICODE), ("utf8", UNICODE), ("ANSI_X3.4-1968", ASCII), ("ISO-8859-1", ASCII)]
)
def test_signs_follow_the_encoding(encoding: str, glyphs: object) -> None:
    assert glyphs_for(encoding) is glyphs


def test_every_sign_is_one_cell_and_ascii_where_it_must_be() -> None:
    names = [name for name in ASCII.__slots__ if name != "bars"]
    assert {Content(getattr(UNICODE, name)).cell_length for name in names} == {1}
    assert all(getattr(ASCII, name).isascii() and len(getattr(ASCII, name)) == 1 for name in names)
    assert ASCII.bars.isascii()
    assert len(ASCII.bars) == len(UNICODE.bars)


# Home


@pytest.mark.parametrize("width", [20, 40, 60, 76, 90, 120, 200])
@pytest.mark.parametrize("state", ["running", "creating", "stopped", "failed", "unknown"])
def test_a_row_is_as_wide_as_its_header_whatever_it_says(width: int, state: WorkspaceState) -> None:
    long = replace(API, name="a-name-of-forty-characters-which-is-most", state=state, template="t" * 60)
    for row in (Row(long), Row(API, (Usage(64000, 2**40),), JOB), Row(replace(API, created=None), stale=True)):
        assert home.line(row, width, NOW).cell_length == home.header(width).cell_length


@pytest.mark.parametrize(
    ("filter_words", "names"),
    [
        ("", ["api", "blog"]),
        ("AP", ["api"]),
        ("stop", ["blog"]),
        ("fastapi run", ["api"]),
        ("local", ["blog"]),
        ("x", []),
    ],
)
def test_the_filter_finds_by_every_word(filter_words: str, names: list[str]) -> None:
    blog = Workspace("blog", "", "stopped", "local", "static-site")
    assert [one.name for one in home.matching((API, blog), filter_words)] == names


def test_the_detail_says_what_is_known_and_what_is_not() -> None:
    text = home.detail(Row(API, (Usage(cpu=230),)), NOW).plain
    for words_ in ("running", "http://api/", "Port 8000", "23 %", "2h ago", "python-fastapi", "unknown"):
        assert words_ in text


@pytest.mark.parametrize(
    ("state", "key"), [("stopped", "s starts it"), ("failed", "l shows its log"), ("creating", "5 shows how far")]
)
def test_the_detail_of_what_cannot_be_opened_says_why_and_what_helps(state: WorkspaceState, key: str) -> None:
    text = home.detail(Row(replace(API, state=state, reason="it \x1b[31mwas")), NOW).plain
    assert "it was" in text
    assert key in text


@pytest.mark.parametrize(
    ("rows", "total", "marked", "text"),
    [
        ([Row(API)], 1, 0, "1 workspace, 1 running"),
        ([Row(API)], 5, 0, "1 of 5 workspaces, 1 running"),
        ([Row(API), Row(API)], 2, 2, "2 workspaces, 2 running, 2 selected"),
    ],
)
def test_the_summary(rows: list[Row], total: int, marked: int, text: str) -> None:
    assert home.summary(rows, total, marked) == text


@pytest.mark.parametrize(
    ("service", "said"),
    [
        (ServiceStatus("postgresql", "running"), "PostgreSQL  ● runs"),
        (ServiceStatus("redis", "stopped"), "Redis  ○ stopped"),
        (ServiceStatus("redis", "absent", "Redis is not on PATH"), "Redis  ? not here\nRedis is not on PATH"),
        (
            ServiceStatus("postgresql", "failed", "it \x1b[31mended"),
            "PostgreSQL  ▲ fails\nit ended\n7 shows its log, below the workspace's",
        ),
    ],
)
def test_the_detail_says_how_each_service_is(service: ServiceStatus, said: str) -> None:
    text = home.detail(Row(replace(API, services=(service,))), NOW).plain
    assert said in text
    assert "PostgreSQL" not in home.detail(Row(API), NOW).plain


def test_stale_says_how_old() -> None:
    fresh = EngineView("kind", seen=ago(seconds=12))
    assert home.stale_words(Snapshot((fresh,)), NOW) is None
    text = home.stale_words(Snapshot((replace(fresh, error=VibeCodeError("gone")),)), NOW)
    assert text is not None
    assert "12s old" in text.plain


@pytest.mark.parametrize(("engine", "place"), [("kind", "Docker container"), ("local", "processes of yours")])
def test_a_first_run_says_what_will_happen_to_this_machine(engine: str, place: str) -> None:
    view = EngineView(engine, EngineStatus(engine, "absent"), seen=NOW)  # type: ignore[arg-type]
    text = home.welcome(Snapshot((view,), engine, "Docker answers")).plain  # type: ignore[arg-type]
    for words_ in (place, "Disk", "Ports", "Time", f"{engine}, since Docker answers"):
        assert words_ in text


def test_later_an_empty_list_is_short() -> None:
    view = EngineView("kind", EngineStatus("kind", "running"), seen=NOW)
    assert "Disk" not in home.welcome(Snapshot((view,), "kind", "")).plain


# Progress

STEPS = (
    StepRecord("seed", "Copying the files", ago(seconds=12), "done", seconds=2.0),
    StepRecord(
        "ready", "Starting the editor", ago(seconds=10), expected=20.0, log=(LogLine(ago(seconds=1), "almost"),)
    ),
)


@pytest.mark.parametrize("width", [30, 50, 80, 140])
def test_every_step_has_the_same_width(width: int) -> None:
    lines = progress.steps(Waterfall(STEPS), width, NOW).split("\n")
    assert len({line.cell_length for line in lines}) == 1
    assert lines[0].cell_length <= max(width, 48)


def test_bars_share_one_scale() -> None:
    first, second = progress.steps(Waterfall(STEPS), 80, NOW).plain.split("\n")
    assert first.index("━") < second.index("━")
    assert second.count("━") == pytest.approx(5 * first.count("━"), abs=3)
    assert second.count("─") == pytest.approx(second.count("━"), abs=1)
    assert second.endswith("10s of ~20s")


def test_the_heading_says_how_long_it_still_takes_or_that_it_is_late() -> None:
    job = replace(JOB, waterfall=Waterfall(STEPS))
    assert "about 10s more" in progress.heading(job, NOW).plain
    assert "longer than usual" in progress.heading(job, NOW + timedelta(seconds=30)).plain


def test_the_log_that_matters_is_that_of_the_failure() -> None:
    failed = replace(STEPS[0], state="failed", log=(LogLine(NOW, "full"),))
    assert progress.told(Waterfall((failed, STEPS[1]))) == failed
    assert progress.told(Waterfall(STEPS)) == STEPS[1]
    assert progress.told(Waterfall(STEPS[:1])) is None


def test_copied_has_steps_error_and_log() -> None:
    job = replace(JOB, state="failed", finished=NOW, waterfall=Waterfall(STEPS), error=VibeCodeError("no room"))
    text = progress.copied(job, NOW)
    for words_ in ("Creating shop: failed after 12s", "done     Copying the files  2.0s", "no room", "almost"):
        assert words_ in text


def test_what_is_under_way_comes_first_then_the_newest() -> None:
    jobs = [replace(JOB, id="1"), replace(JOB, id="2", state="done"), replace(JOB, id="10", state="failed")]
    assert progress.newest_first(jobs) == ["1", "10", "2"]


# Bars


@pytest.mark.parametrize(
    ("view", "text"),
    [
        (EngineView("kind"), "looking around"),
        (EngineView("kind", EngineStatus("kind", "absent"), seen=NOW), "○ kind not made"),
        (EngineView("kind", EngineStatus("kind", "running"), seen=NOW), "● kind running"),
        (EngineView("kind", EngineStatus("kind", "running"), seen=NOW, error=VibeCodeError("gone")), "▲ kind lost"),
        (EngineView("kind", error=VibeCodeError("gone")), "▲ kind no answer"),
    ],
)
def test_the_engine_in_the_top_bar(view: EngineView, text: str) -> None:
    assert engine_words(Snapshot((view,))).plain == text


@pytest.mark.parametrize("state", ["absent", "stopped", "starting", "running", "unreachable"])
def test_every_engine_state_has_a_word(state: EngineState) -> None:
    view = EngineView("local", EngineStatus("local", state), seen=NOW)
    assert engine_words(Snapshot((view,))).plain.split()[1] == "local"


@pytest.mark.parametrize(("width", "named"), [(118, True), (99, True), (78, False), (20, False)])
def test_the_places_have_names_where_there_is_room(width: int, named: bool) -> None:
    text = places_words("cluster", width).plain
    assert "6 Cluster" in text
    assert ("Templates" in text) is named


def test_the_key_bar_leaves_out_what_has_no_room() -> None:
    keys = [("a", "a", "Open", True), ("b", "b", "Start", False), ("c", "c", "Delete", True)]
    assert keys_words(keys, 40).plain == "a Open   b Start   c Delete"
    assert keys_words(keys, 26).plain == "a Open  b Start  c Delete"
    assert keys_words(keys, 20).plain == "a Open  b Start"
    assert keys_words(keys, 2).plain == ""


def test_the_work_under_way_in_the_key_bar() -> None:
    assert jobs_words((), NOW).plain == ""
    assert jobs_words((JOB,), NOW).plain == "◐ Creating shop    12s"
    assert "Creating shop and 1 more" in jobs_words((JOB, JOB), NOW).plain


# The QR code


def test_a_code_is_a_square_of_half_blocks() -> None:
    lines = code_lines("http://api.vibecode.localhost:8080/")
    width = len(lines[0])
    assert {len(line) for line in lines} == {width}
    assert len(lines) == (width + 1) // 2
    assert set("".join(lines)) <= set(" ▀▄█")
