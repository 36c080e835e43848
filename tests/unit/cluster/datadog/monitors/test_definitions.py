"""The monitors as they are defined, and the runbook of each."""

import re
import shlex

import pytest

from cluster.datadog.errors import RunbookNotFoundError
from cluster.datadog.monitors.definitions import MONITORS
from cluster.datadog.monitors.monitor import PRIORITIES, Monitor
from cluster.datadog.runbook import RUNBOOKS, read_runbook
from launcher.commands.catalog import COMMANDS
from launcher.parser import build_parser

WINDOW = r"last_(\d+m|1h|1d)"
METRIC = r"(avg|sum|min|max):vibecode\.{component}\.[a-z_]+(\.count)?"
SERIES = METRIC + r"\{{env:local(,code:5\*)?\}} by \{{host(,workspace)?\}}(\.as_count\(\))?"
every_monitor = pytest.mark.parametrize("monitor", MONITORS, ids=lambda one: one.id)


def test_each_component_has_one_of_each_priority() -> None:
    components = {"cluster", "ingress", "workspace", "ai", "launcher"}
    assert sorted((one.component, one.priority) for one in MONITORS) == sorted(
        (component, priority) for component in components for priority in PRIORITIES
    )
    assert len({one.id for one in MONITORS}) == len({one.name for one in MONITORS}) == len(MONITORS)


@every_monitor
def test_a_query_has_the_documented_form_and_the_convention_s_names(monitor: Monitor) -> None:
    series = SERIES.format(component=monitor.component)
    plain = rf"(avg|sum|min|max)\({WINDOW}\):{series}"
    share = rf"sum\({WINDOW}\):100 \* {series} / {series}"
    change = rf"pct_change\((avg|sum|min|max)\({WINDOW}\),1d_ago\):{series}"
    assert re.fullmatch(rf"({plain}|{share}|{change}) [<>] [\d.]+", monitor.query)
    assert monitor.query.startswith("pct_change") == (monitor.priority == 4)


@every_monitor
def test_a_warning_comes_before_the_alert(monitor: Monitor) -> None:
    if monitor.warning is not None:
        assert monitor.comparison == ">"
        assert 0 < monitor.warning < monitor.critical
    assert (monitor.warning is not None) == (monitor.priority in (2, 3))


@every_monitor
def test_what_is_sent_has_tags_priority_runbook_and_those_who_are_told(monitor: Monitor) -> None:
    body = monitor.body("1.2.3+Local", "@you@example.com")

    keys = [tag.partition(":")[0] for tag in body["tags"]]
    assert keys == ["managed_by", "vibecode_monitor", "env", "service", "version", "team", "component"]
    assert f"vibecode_monitor:{monitor.id}" in body["tags"]
    assert "version:1.2.3_local" in body["tags"]
    assert body["priority"] == monitor.priority
    assert f"`vibecode datadog runbook {monitor.id}`" in body["message"]
    assert body["message"].endswith("@you@example.com")
    assert float(body["query"].rsplit(" ", 1)[1]) == body["options"]["thresholds"]["critical"]
    assert body["options"]["notify_no_data"] is False


@every_monitor
def test_a_runbook_says_what_to_look_at_and_commands_that_can_be_typed(monitor: Monitor) -> None:
    page = read_runbook(monitor.id)

    assert page.startswith("# ")
    assert "\n## What to look at\n\n- " in page
    commands = re.findall(r"^    vibecode ([^#\n]+)#", page.partition("\n## What helps\n")[2], re.MULTILINE)
    assert commands
    for command in commands:
        words = shlex.split(command)
        own = words[: words.index("--")] if "--" in words else words
        assert own == ["--version"] or build_parser(COMMANDS).parse_args(own).command


def test_there_is_no_runbook_without_an_alert() -> None:
    assert {page.stem for page in RUNBOOKS.iterdir()} == {one.id for one in MONITORS}


@pytest.mark.parametrize("name", ["cluster-dwn", "../status", "/etc/passwd", ""])
def test_what_is_no_alert_has_no_page(name: str) -> None:
    with pytest.raises(RunbookNotFoundError, match="No alert"):
        read_runbook(name)
