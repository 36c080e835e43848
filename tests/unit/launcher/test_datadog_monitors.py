"""`vibecode datadog monitors` and `runbook`: shown before, asked where something is lost, the same again and again."""

from collections.abc import Iterator

import pytest

from cluster.datadog.monitors.definitions import MONITORS
from tests.fakes.datadog_api import API_KEY, APP_KEY, Answer, DatadogServer, datadog_server, limited
from tests.fakes.secrets import MemorySecrets
from tests.unit.launcher.conftest import Cli

IDS = [one.id for one in MONITORS]


@pytest.fixture
def datadog(vibecode: Cli, monkeypatch: pytest.MonkeyPatch) -> Iterator[DatadogServer]:
    """With both keys and the site in the environment."""
    monkeypatch.setenv("no_proxy", "*")
    with datadog_server() as server:
        vibecode.services |= {"datadog_url": server.url_of, "secrets": MemorySecrets}
        vibecode.environ |= {"DD_API_KEY": API_KEY, "DD_APP_KEY": APP_KEY, "DD_SITE": server.site}
        yield server


def test_plan_shows_and_writes_nothing(vibecode: Cli, datadog: DatadogServer) -> None:
    words = vibecode("datadog", "monitors", "plan").out
    document = vibecode("datadog", "monitors", "plan", "--json").document

    assert f"{len(MONITORS)} to make, 0 to change, 0 as they should be." in words
    assert all(f"{one.id}: {one.title}\n    {one.query}\n" in words for one in MONITORS)
    assert [one["id"] for one in document["create"]] == IDS
    assert datadog.monitors == {}


def test_apply_then_plan_then_destroy(vibecode: Cli, datadog: DatadogServer) -> None:
    vibecode.environ["VIBECODE_DATADOG_NOTIFY"] = "@slack-team"
    applied = vibecode("datadog", "monitors", "apply", "--json")
    again = vibecode("datadog", "monitors", "apply", "--json").document
    plan = vibecode("datadog", "monitors", "plan", "--json").document

    assert (applied.code, applied.document["created"]) == (0, IDS)
    assert all(one["message"].endswith("@slack-team") for one in datadog.monitors.values())
    assert (again["created"], again["changed"], again["kept"]) == ([], [], IDS)
    assert (plan["create"], plan["change"], plan["keep"]) == ([], [], IDS)
    [dashboard] = datadog.dashboards
    destroyed = vibecode("datadog", "monitors", "destroy", "--yes", "--json").document
    assert destroyed == {"deleted": IDS, "dashboards": [dashboard], "dashboard_problem": None}
    assert datadog.monitors == datadog.dashboards == {}
    nothing = vibecode("datadog", "monitors", "destroy", "--json").document
    assert nothing == {"deleted": [], "dashboards": [], "dashboard_problem": None}


def test_the_dashboard_is_planned_made_and_kept(vibecode: Cli, datadog: DatadogServer) -> None:
    planned = vibecode("datadog", "monitors", "plan")
    vibecode("datadog", "monitors", "apply")
    [number] = datadog.dashboards
    kept = vibecode("datadog", "monitors", "plan", "--json").document["dashboard"]

    assert "The dashboard: to make." in planned.out
    assert kept["state"] == "keep"
    assert kept["url"] == f"https://app.datadoghq.eu/dashboard/{number}"
    assert "The dashboard is as it should be." in vibecode("datadog", "monitors", "plan").out


def test_a_dashboard_that_somebody_changed_is_shown_and_set_back_only_if_it_is_wanted(
    vibecode: Cli, datadog: DatadogServer
) -> None:
    vibecode("datadog", "monitors", "apply")
    [number] = datadog.dashboards
    datadog.dashboards[number]["title"] = "mine\x1b[2J"
    plan = vibecode("datadog", "monitors", "plan")
    refused = vibecode("datadog", "monitors", "apply")

    assert "~ the dashboard\n    title\n      - mine\n      + VibeCode\n" in plan.out
    assert (refused.code, "--yes" in refused.err) == (2, True)
    assert "\x1b" not in plan.out + refused.err
    assert vibecode("datadog", "monitors", "apply", "--yes").code == 0
    assert datadog.dashboards[number]["title"] == "VibeCode"


def test_keys_that_may_not_see_dashboards_say_which_scopes(vibecode: Cli, datadog: DatadogServer) -> None:
    datadog.may_see_dashboards = False
    said = [vibecode("datadog", "monitors", *words).out for words in (["plan"], ["apply"], ["destroy", "--yes"])]

    assert all("dashboards_read and dashboards_write" in one for one in said)
    assert datadog.monitors == {}


def test_what_somebody_changed_is_shown_and_undone_only_if_it_is_wanted(vibecode: Cli, datadog: DatadogServer) -> None:
    vibecode("datadog", "monitors", "apply")
    number = min(datadog.monitors)
    datadog.monitors[number]["name"] = "mine\x1b[2J"
    plan = vibecode("datadog", "monitors", "plan")
    refused = vibecode("datadog", "monitors", "apply")

    assert "    name\n      - mine\n      + VibeCode: the cluster is down\n" in plan.out
    assert (refused.code, "--yes" in refused.err) == (2, True)
    assert "\x1b" not in plan.out + refused.err
    assert datadog.monitors[number]["name"] == "mine\x1b[2J"
    assert vibecode("datadog", "monitors", "apply", "--yes", "--json").document["changed"] == IDS[:1]
    assert datadog.monitors[number]["name"] == MONITORS[0].name


def test_destroy_asks_and_names_what_it_would_delete(vibecode: Cli, datadog: DatadogServer) -> None:
    vibecode("datadog", "monitors", "apply")
    result = vibecode("datadog", "monitors", "destroy")

    assert result.code == 2
    assert all(one.name in result.err for one in MONITORS)
    assert len(datadog.monitors) == len(MONITORS)


def test_copies_are_named_with_their_page(vibecode: Cli, datadog: DatadogServer) -> None:
    vibecode("datadog", "monitors", "apply")
    copy = datadog.put(**{**datadog.monitors[min(datadog.monitors)], "name": "copy"})
    plan = vibecode("datadog", "monitors", "plan").out

    assert f"A copy of cluster-down is left alone: https://app.datadoghq.eu/monitors/{copy}" in plan


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"DD_APP_KEY": ""}, "datadog-key-missing"),
        ({"DD_API_KEY": ""}, "datadog-key-missing"),
        ({"DD_APP_KEY": "0" * 40}, "datadog-key-refused"),
        ({"DD_API_KEY": "a b"}, "datadog-key-refused"),
        ({"DD_SITE": "us5.datadoghq.com"}, "datadog-key-refused"),
    ],
)
@pytest.mark.parametrize("verb", ["plan", "apply", "destroy"])
def test_without_good_keys_nothing_is_asked_of_monitors(
    vibecode: Cli, datadog: DatadogServer, changed: dict[str, str], code: str, verb: str
) -> None:
    vibecode.environ |= changed
    result = vibecode("datadog", "monitors", verb, "--json")

    assert result.code == 1
    assert result.document["error"]["code"] == code
    assert not [path for _, path in datadog.made() if "monitor" in path]


def test_status_says_how_the_monitors_stand(vibecode: Cli, datadog: DatadogServer) -> None:
    before = vibecode("datadog", "status")
    vibecode("datadog", "monitors", "apply")
    for one in datadog.monitors.values():
        one["overall_state"] = "OK"
    numbers = sorted(datadog.monitors)
    datadog.monitors[numbers[1]]["overall_state"] = "Warn"
    datadog.monitors[numbers[4]] |= {"overall_state": "Alert", "overall_state_modified": "2026-01-31T12:00:00+00:00"}
    result, monitors = vibecode("datadog", "status"), vibecode("datadog", "status", "--json").document["monitors"]

    assert "Monitors: 0 of 20." in before.out
    assert "`vibecode datadog monitors apply`" in before.out
    assert (monitors["defined"], monitors["there"]) == (20, 20)
    assert monitors["by_priority"]["P1"] == {"Alert": 1, "OK": 4}
    assert monitors["by_priority"]["P4"] == {"OK": 5}
    assert monitors["wanting"] == [
        {"id": "ingress-down", "priority": 1, "state": "Alert", "since": "2026-01-31T12:00:00+00:00"},
        {"id": "cluster-slow", "priority": 2, "state": "Warn", "since": None},
    ]
    assert "ingress-down (P1): Alert since 2026-01-31T12:00:00+00:00" in result.out
    assert "`vibecode datadog runbook ingress-down`" in result.out


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (limited("900"), "datadog-rate-limited"),
        (Answer.error(403, "Forbidden"), "datadog-scope-missing"),
        (Answer.error(502, "Bad Gateway"), "datadog-unreachable"),
    ],
)
def test_a_status_without_monitors_is_one_all_the_same(
    vibecode: Cli, datadog: DatadogServer, answer: Answer, code: str
) -> None:
    datadog.disturb = lambda request: answer if request.path == "/api/v1/monitor" else None
    result, words = vibecode("datadog", "status", "--json"), vibecode("datadog", "status").out

    assert (result.code, result.document["ok"], result.document["monitors"]) == (0, True, None)
    assert result.document["monitors_problem"]["code"] == code
    assert f"Monitors: {result.document['monitors_problem']['title']}" in words


def test_runbooks_are_listed_and_shown(vibecode: Cli) -> None:
    listed = vibecode("datadog", "runbook", "--json").document
    page = vibecode("datadog", "runbook", "ingress-down").out

    assert sorted(one["id"] for one in listed) == sorted(IDS)
    assert [one["priority"] for one in listed] == sorted(one["priority"] for one in listed)
    assert page.startswith("# The ingress is down\n")
    assert vibecode("datadog", "runbook", "ingress-dwn", "--json").document["error"]["hint"].count("ingress-down") == 1
