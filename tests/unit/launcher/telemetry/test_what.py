"""`datadog status --what`: a person reads there all that is sent."""

import pytest

from launcher.telemetry import what
from launcher.telemetry.agent import agent_of
from launcher.telemetry.destination import Destination
from launcher.telemetry.metrics import METRICS
from tests.fakes.datadog_agent import datadog_agent
from tests.unit.launcher.conftest import Cli


def test_it_lists_everything_and_says_how_it_is_switched_on(vibecode: Cli) -> None:
    with datadog_agent() as agent:
        there = agent.environment
        vibecode.environ |= there
        said = vibecode("datadog", "status", "--what").out

    assert "vibecode config set telemetry true" in said
    assert f"To the Agent at {there['DD_TRACE_AGENT_URL']} (answers)" in said
    for name in (*(metric.name for metric in METRICS), *what.TRACES, *what.WORDS, *what.NEVER):
        assert name in said


def test_the_same_as_a_document(vibecode: Cli) -> None:
    vibecode.environ |= {"DD_TRACE_AGENT_PORT": "1", "VIBECODE_TELEMETRY": "on", "VIBECODE_TELEMETRY_WORDS": "on"}
    document = vibecode("datadog", "status", "--what", "--json").document

    assert (document["on"], document["words"]) == (True, True)
    agent = {"traces": "http://localhost:1", "metrics": "udp://localhost:8125", "answers": False}
    why = "None answers at http://localhost:1, where Datadog's variables say that it is."
    assert document["agent"] == {"place": "named", **agent, "why": why}
    assert {one["name"] for one in document["metrics"]} == {metric.name for metric in METRICS}


@pytest.mark.parametrize(("possible", "said"), [(True, False), (False, True)])
def test_where_there_is_no_ddtrace_that_is_said(possible: bool, said: bool) -> None:
    found = what.What(True, False, Destination("machine", agent_of({}), True), possible)
    assert any("ddtrace is not published" in line for line in what.lines(found)) is said


@pytest.mark.parametrize("arguments", [("datadog", "--json"), ("datadog", "status", "--json")])
def test_the_status_says_whether_it_is_on(vibecode: Cli, arguments: tuple[str, ...]) -> None:
    assert vibecode(*arguments).document["telemetry"] is False
