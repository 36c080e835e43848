"""The Datadog place: how things stand, keys that are given, monitors that are planned and written, runbooks."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot
from textual.widgets import Markdown, Static

from cluster.datadog.agent.state import AgentState
from cluster.datadog.dashboard.found import FoundDashboard
from cluster.datadog.dashboard.plan import DashboardPlan
from cluster.datadog.errors import DatadogOutageError, DatadogRateLimitError, DatadogScopeError, DatadogSiteError
from cluster.datadog.health.parts import Hosts, Incidents, Metrics, Part, PartName, Told, Volume
from cluster.datadog.monitors.plan import Change
from screens.datadog import changes, details, parts, presenter
from screens.datadog.access import Look
from screens.datadog.health import PARTS, ROWS, Health
from screens.datadog.plan import PlanScreen
from screens.datadog.screen import DatadogScreen
from screens.datadog.telemetry import telemetry_detail, telemetry_row
from screens.modals.failure import Failure
from screens.modals.question import Question
from screens.models.entry import EntryScreen
from screens.widgets.field import Field
from screens.widgets.row_list import RowList
from tests.fakes.datadog import ABSENT, QUIET, RUNNING, FakeDatadog, arrived, everything, found
from tests.screens.stage import NOW, SIZES, Stage, seen, until

Snap = Callable[..., bool]
Before = Callable[[Pilot[None]], Awaitable[None]]
MONITORS = tuple(row for row in ROWS if row.startswith("monitor:"))
BOTH = {"api": "good-api", "app": "good-app"}
SOME = everything(
    cluster_down=("Alert", "2026-03-01T11:52:00+00:00"),
    workspace_slow=("Warn", "2026-03-01T10:00:00+00:00"),
    ai_down=("No Data", "2026-02-20T00:00:00+00:00"),
)
OUTAGE = DatadogOutageError("https://api.datadoghq.eu did not answer in time.")


@pytest.fixture
def datadog(stage: Stage) -> FakeDatadog:
    access = FakeDatadog()
    stage.services = replace(stage.services, datadog=access)
    return access


@pytest.fixture
def connected(datadog: FakeDatadog) -> FakeDatadog:
    datadog.keys, datadog.monitors, datadog.parts = dict(BOTH), SOME, arrived(NOW)
    return datadog


def rows(pilot: Pilot[None]) -> RowList:
    return pilot.app.screen.query_one("#rows", RowList)


def detail(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#about", Static).content)


def answered(pilot: Pilot[None]) -> bool:
    screen = pilot.app.screen
    return isinstance(screen, DatadogScreen) and "Asking" not in str(screen.query_one("#summary", Static).content)


def runbook(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one("#runbook", Markdown).source


def pressed(*keys: str) -> Before:
    """Once Datadog has answered, presses these keys."""

    async def run(pilot: Pilot[None]) -> None:
        await seen(pilot)
        await pilot.press("8")
        await until(pilot, lambda: answered(pilot))
        for key in keys:
            await pilot.press(key)
            await pilot.pause()

    return run


def on(row: str, *keys: str) -> Before:
    """With the cursor on this row, and, where it has one, with its runbook."""

    async def run(pilot: Pilot[None]) -> None:
        await pressed()(pilot)
        rows(pilot).highlight(row)
        await until(pilot, lambda: not row.startswith("monitor:") or "What helps" in runbook(pilot))
        await until(pilot, lambda: bool(pilot.app.screen.query("#runbook MarkdownFence")) or not runbook(pilot))
        await pilot.press(*keys)
        await pilot.pause()

    return run


# What it looks like


@pytest.mark.parametrize("size", SIZES)
def test_full(stage: Stage, connected: FakeDatadog, snap_compare: Snap, size: str) -> None:
    assert snap_compare(stage.app(), terminal_size=SIZES[size], run_before=on("monitor:cluster-down"))


def test_light(stage: Stage, connected: FakeDatadog, snap_compare: Snap) -> None:
    assert snap_compare(stage.app("vibecode-light"), terminal_size=SIZES["normal"], run_before=pressed())


def test_overview(stage: Stage, connected: FakeDatadog, snap_compare: Snap) -> None:
    assert snap_compare(stage.app(), terminal_size=SIZES["normal"], run_before=pressed())


@pytest.mark.parametrize("size", ["normal", "small"])
def test_empty(stage: Stage, datadog: FakeDatadog, snap_compare: Snap, size: str) -> None:
    assert snap_compare(stage.app(), terminal_size=SIZES[size], run_before=pressed())


@pytest.mark.parametrize(("row", "size"), [("overview", "small"), ("monitor:cluster-down", "small")])
def test_detail(stage: Stage, connected: FakeDatadog, snap_compare: Snap, row: str, size: str) -> None:
    assert snap_compare(stage.app(), terminal_size=SIZES[size], run_before=on(row, "right"))


@pytest.mark.parametrize("agent", [ABSENT, RUNNING], ids=["absent", "failing"])
def test_the_agent(stage: Stage, connected: FakeDatadog, snap_compare: Snap, agent: AgentState) -> None:
    connected.agent = agent
    assert snap_compare(stage.app(), terminal_size=SIZES["normal"], run_before=on("agent"))


def test_what_is_sent(stage: Stage, connected: FakeDatadog, snap_compare: Snap) -> None:
    assert snap_compare(stage.app(), terminal_size=SIZES["normal"], run_before=on("telemetry"))


@pytest.mark.parametrize("row", PARTS)
def test_what_arrives(stage: Stage, connected: FakeDatadog, snap_compare: Snap, row: str) -> None:
    assert snap_compare(stage.app(), terminal_size=SIZES["normal"], run_before=on(row))


def test_a_part_that_may_not_be_read(stage: Stage, connected: FakeDatadog, snap_compare: Snap) -> None:
    hosts, metrics, *others = arrived(NOW)
    hint = "Give the application key the scope hosts_read, or use one of a person who may read this."
    denied = replace(hosts, told=None, at=None, error=DatadogScopeError("Forbidden.", hint=hint))
    limited = DatadogRateLimitError("Datadog wants 500 s without requests.", 500)
    connected.parts = (denied, replace(metrics, at=NOW - timedelta(minutes=7), error=limited), *others)
    assert snap_compare(stage.app(), terminal_size=SIZES["normal"], run_before=on("part:hosts"))


def test_a_key_that_is_refused(stage: Stage, datadog: FakeDatadog, snap_compare: Snap) -> None:
    datadog.keys = {"api": "bad", "app": "good"}
    assert snap_compare(stage.app(), terminal_size=SIZES["normal"], run_before=on("key:api"))


def test_an_outage_after_an_answer(stage: Stage, connected: FakeDatadog, snap_compare: Snap) -> None:
    clock = [NOW]

    async def outage(pilot: Pilot[None]) -> None:
        await pressed()(pilot)
        connected.problem = OUTAGE
        clock[0] += timedelta(minutes=3)
        await pilot.press("r")
        await until(pilot, lambda: connected.looks == 2 and answered(pilot))

    app = stage.app(now=lambda: clock[0])
    assert snap_compare(app, terminal_size=SIZES["normal"], run_before=outage)


def test_a_site_that_is_none(stage: Stage, datadog: FakeDatadog, snap_compare: Snap) -> None:
    datadog.error = DatadogSiteError("DD_SITE is 'datadog.example'.", hint="DD_SITE takes one of datadoghq.com.")
    assert snap_compare(stage.app(), terminal_size=SIZES["normal"], run_before=pressed())


@pytest.mark.parametrize("size", ["normal", "small"])
def test_the_plan(stage: Stage, connected: FakeDatadog, snap_compare: Snap, size: str) -> None:
    changed = found("ingress-down").model_copy(update={"name": "Ours", "query": "avg(last_5m):avg:x{*} > 3"})
    connected.monitors, connected.dashboard = (found("cluster-down"), changed), DashboardPlan({})

    async def planned(pilot: Pilot[None]) -> None:
        await pressed("p")(pilot)
        await until(pilot, lambda: "to make" in counts(pilot))

    assert snap_compare(stage.app(), terminal_size=SIZES[size], run_before=planned)


def test_a_key_as_it_is_typed(stage: Stage, datadog: FakeDatadog, snap_compare: Snap) -> None:
    datadog.keeps = False
    assert snap_compare(stage.app(), terminal_size=SIZES["normal"], run_before=pressed("i", *"secret"))


def counts(pilot: Pilot[None]) -> str:
    screen = pilot.app.screen
    return str(screen.query("Words").first(Static).content) if isinstance(screen, PlanScreen) else ""


# What it does


async def test_without_a_key_it_invites_and_every_runbook_can_be_read(stage: Stage, datadog: FakeDatadog) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed()(pilot)
        assert "takes the API key" in detail(pilot)
        for row in MONITORS:
            await on(row)(pilot)
            assert "not read: that needs both keys" in detail(pilot)
            assert "vibecode " in runbook(pilot)


async def test_a_key_is_given_without_being_shown_and_asked_about_at_once(stage: Stage, datadog: FakeDatadog) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("i")(pilot)
        assert pilot.app.screen.query_one(Field).password
        await pilot.press(*"good-api", "enter")
        await until(pilot, lambda: datadog.looks == 2 and answered(pilot))
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, EntryScreen))
        await pilot.press(*"good-app", "enter")
        await until(pilot, lambda: datadog.looks == 3 and answered(pilot))
        assert datadog.keys == BOTH
        assert "connected" in detail(pilot)


async def test_what_is_no_key_is_not_kept(stage: Stage, datadog: FakeDatadog) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("i", *"two", "space", *"words", "enter")(pilot)
        assert isinstance(pilot.app.screen, EntryScreen)
        assert datadog.keys == {}


async def test_a_key_is_forgotten_after_a_question(stage: Stage, connected: FakeDatadog) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await on("key:app", "d")(pilot)
        assert isinstance(pilot.app.screen, Question)
        await pilot.press("y")
        await until(pilot, lambda: connected.looks == 2 and answered(pilot))
        assert connected.keys == {"api": "good-api"}
        assert "none" in detail(pilot)


async def test_a_key_of_the_environment_cannot_be_forgotten_here(stage: Stage, connected: FakeDatadog) -> None:
    connected.source = "environment"
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await on("key:api", "d")(pilot)
        assert isinstance(pilot.app.screen, DatadogScreen)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(pilot.app.screen, EntryScreen))
        words = " ".join(str(one.content) for one in pilot.app.screen.query(Static))
        assert "DD_API_KEY is set in the environment, and goes before it." in words


async def test_the_plan_is_shown_before_it_is_carried_out(stage: Stage, connected: FakeDatadog) -> None:
    connected.monitors = ()
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("p")(pilot)
        await until(pilot, lambda: counts(pilot) == "20 to make, 0 as they should be.")
        assert connected.shown == []
        await pilot.press("y")
        await until(pilot, lambda: pilot.app.screen.id == "progress" and len(connected.monitors) == 20)
        assert [len(plan.create) for plan in connected.shown] == [20]
        await pilot.press("8")
        await until(pilot, lambda: answered(pilot) and "5 well" in detail(pilot))


async def test_escape_from_the_plan_changes_nothing(stage: Stage, connected: FakeDatadog) -> None:
    connected.monitors = ()
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("p")(pilot)
        await until(pilot, lambda: "to make" in counts(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, DatadogScreen))
        assert connected.shown == []
        assert pilot.app.shared.jobs.all == ()  # type: ignore[attr-defined]


async def test_nothing_to_do_is_said_and_not_done(stage: Stage, connected: FakeDatadog) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("p")(pilot)
        await until(pilot, lambda: counts(pilot) == "20 as they should be.")
        await pilot.press("y")
        assert isinstance(pilot.app.screen, PlanScreen)


async def test_a_plan_that_cannot_be_made_says_why(stage: Stage, connected: FakeDatadog) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed()(pilot)
        connected.error = DatadogScopeError("Forbidden.")
        await pilot.press("p")
        await until(pilot, lambda: "Give the application key the scopes" in counts(pilot))
        await pilot.press("y")
        assert isinstance(pilot.app.screen, PlanScreen)


async def test_without_both_keys_there_is_nothing_to_plan(stage: Stage, datadog: FakeDatadog) -> None:
    datadog.keys = {"api": "good-api"}
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("p", "z")(pilot)
        assert isinstance(pilot.app.screen, DatadogScreen)


async def test_monitors_are_deleted_after_a_question(stage: Stage, connected: FakeDatadog) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("z")(pilot)
        assert isinstance(pilot.app.screen, Question)
        await pilot.press("y")
        await until(pilot, lambda: connected.monitors == ())


@pytest.mark.parametrize(("key", "profile"), [("e", "full"), ("l", "lite")])
async def test_the_agent_is_put_there_and_removed(stage: Stage, connected: FakeDatadog, key: str, profile: str) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await on("agent", key)(pilot)
        await until(pilot, lambda: connected.profiles == [profile] and pilot.app.screen.id == "progress")
        await pilot.press("8")
        await until(pilot, lambda: answered(pilot) and "traefik-5c asks for openmetrics" in detail(pilot))
        await pilot.press("x", "y")
        await until(pilot, lambda: connected.profiles == [profile, "none"])


async def test_without_an_api_key_the_agent_cannot_be_put_there(stage: Stage, datadog: FakeDatadog) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await on("agent", "e", "l", "x")(pilot)
        assert "What it would collect" in detail(pilot)
        assert datadog.profiles == []


async def test_its_page_opens_in_the_browser_or_is_copied(stage: Stage, connected: FakeDatadog) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await on("monitor:cluster-down", "o", "c")(pilot)
        await until(pilot, lambda: bool(stage.browser.opened))
        assert stage.browser.opened == ["https://app.datadoghq.eu/monitors/100"]
        assert pilot.app.clipboard == "https://app.datadoghq.eu/monitors/100"


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ("part:hosts", "infrastructure"),
        ("part:traces", "apm/traces?query=env%3Alocal"),
        ("part:logs", "logs?query=env%3Alocal"),
        ("part:incidents", "incidents"),
    ],
)
async def test_what_arrives_has_its_page_at_the_right_site(
    stage: Stage, connected: FakeDatadog, row: str, path: str
) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await on(row, "o")(pilot)
        await until(pilot, lambda: bool(stage.browser.opened))
        assert stage.browser.opened == [f"https://app.datadoghq.eu/{path}"]


async def test_a_keyring_that_fails_is_told(stage: Stage, datadog: FakeDatadog) -> None:
    datadog.refuses = OUTAGE
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await pressed("i", *"good", "enter")(pilot)
        await until(pilot, lambda: isinstance(pilot.app.screen, Failure))
        assert datadog.keys == {}


async def test_a_click_reads_and_escape_leads_back(stage: Stage, connected: FakeDatadog) -> None:
    async with stage.app().run_test(size=SIZES["small"]) as pilot:
        await pressed()(pilot)
        await pilot.click("#rows", offset=(10, ROWS.index(MONITORS[0])), times=2)
        await until(pilot, lambda: "What helps" in runbook(pilot))
        assert not rows(pilot).display or not rows(pilot).region
        await pilot.press("escape")
        await until(pilot, lambda: bool(rows(pilot).region))


# Its words


@pytest.mark.parametrize(
    ("told", "word", "detail"),
    [
        (Hosts(0, ()), "none reports", "Machines whose Agent"),
        (Metrics(None, ()), "none in an hour", "none in an hour"),
        (Volume("lines", ()), "none in an hour", "none in an hour"),
        (Incidents(0, ()), "none open", "none open"),
        (Volume("lines", (("a\x1b[2Jb", 3),)), "3 lines in an hour", "a"),
    ],
)
def test_what_little_arrives_is_said(told: Told, word: str, detail: str) -> None:
    part = Part("logs", told, NOW)

    assert word in parts.part_row("logs", part, 60, NOW).plain
    name: PartName = "hosts" if isinstance(told, Hosts) else "logs"
    said = parts.part_detail(name, part, 60, NOW).plain
    assert detail in said
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("on", "to", "word"),
    [
        (False, "an Agent", "tells nobody"),
        (True, "", "no Agent answers"),
        (True, "the Agent in the cluster", "tells the Agent in the cluster"),
    ],
)
def test_whom_vibecode_tells_of_itself(on: bool, to: str, word: str) -> None:
    assert word in telemetry_row(replace(QUIET, on=on, to=to)).plain


@pytest.mark.parametrize("width", [24, 60, 100])
def test_all_that_would_be_sent_can_be_read_before_it_is(width: int) -> None:
    said = telemetry_detail(QUIET, width).plain
    words = " ".join(said.split())

    for _, below in QUIET.sections:
        assert all(name in words and meaning in words for name, meaning in below)


def test_what_was_told_before_a_limit_stays_with_its_age() -> None:
    before = Part(
        "traces", Volume("spans", (("demo", 40),)), NOW - timedelta(minutes=7), DatadogRateLimitError("Wait.", 500)
    )

    assert parts.part_words(before, NOW) == "asked too often; 40 spans in an hour 7m ago"
    assert "as of 7m ago" in parts.part_detail("traces", before, 60, NOW).plain
    assert "Datadog was asked too often" in parts.part_detail("traces", before, 60, NOW).plain


def test_what_arrived_is_gone_once_the_keys_are_not_good_any_more() -> None:
    look = await_look(FakeDatadog(dict(BOTH), monitors=SOME, parts=arrived(NOW)))
    health = Health().answered(look, NOW)

    assert health.part("part:logs") is not None
    assert health.answered(await_look(FakeDatadog({"api": "bad"})), NOW).part("part:logs") is None


def test_monitors_that_cannot_be_read_now_stay_with_their_age() -> None:
    look = await_look(FakeDatadog(dict(BOTH), monitors=SOME))
    health = Health().answered(look, NOW)
    later = NOW + timedelta(minutes=3)
    stale = health.answered(replace(look, monitors=None, problem=OUTAGE), later)

    assert (health.stale, stale.stale) == (False, True)
    assert presenter.summary(stale, later) == "Asked 0s ago; monitors are 3m old"
    assert "did not answer in time" in details.overview(stale, 60, later).plain


def await_look(datadog: FakeDatadog) -> Look:
    return asyncio.run(datadog.look())


@pytest.mark.parametrize(
    ("since", "words"),
    [
        ("2026-03-01T11:52:00+00:00", "8m"),
        ("2026-03-01T11:52:00Z", "8m"),
        (None, ""),
        ("yesterday", ""),
        ("2026-03-01T11:52:00", ""),
    ],
)
def test_since_when(since: str | None, words: str) -> None:
    assert presenter.since(found("ai-down", since=since), NOW) == words


def test_a_state_that_is_new_is_shown_in_its_own_word() -> None:
    assert presenter.state_of(found("ai-down", "Snoozed\x1b[2J"), read=True)[2] == "snoozed"


@pytest.mark.parametrize("width", [33, 60, 120])
def test_rows_are_as_wide_as_they_may_be(width: int) -> None:
    health = Health().answered(await_look(FakeDatadog(dict(BOTH), monitors=SOME, parts=arrived(NOW))), NOW)
    for row in (*PARTS, *MONITORS):
        assert presenter.row(health, row, width, NOW).cell_length == width


@pytest.mark.parametrize(
    ("dashboard", "said", "count"),
    [
        (DashboardPlan({}), "+ The dashboard", 1),
        (DashboardPlan({}, FoundDashboard(id="a"), (Change("title", "mine\x1b[2J", "VibeCode"),)), "- mine", 1),
        (DashboardPlan({}, FoundDashboard(id="a")), "", 0),
        (DashboardPlan({}, problem=DatadogScopeError("Forbidden.", hint="Give it.")), "Give it.", 0),
    ],
)
def test_the_dashboard_is_part_of_the_plan(dashboard: DashboardPlan, said: str, count: int) -> None:
    plan = asyncio.run(FakeDatadog(monitors=everything(), dashboard=dashboard).plan())
    text = "\n".join(line.plain for line in changes.lines(plan, 80))

    assert said in text
    assert "\x1b" not in text
    assert changes.todo(plan) == count


def test_lines_of_a_plan_steer_no_terminal() -> None:
    changed = found("cluster-down").model_copy(update={"name": "\x1b[2Jmine\r\nyours"})
    plan = asyncio.run(FakeDatadog(monitors=(changed,)).plan())
    text = "\n".join(line.plain for line in changes.lines(plan, 80))
    assert "\x1b" not in text
    assert "- mine  yours" in text
