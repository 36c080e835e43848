"""The trace of a new workspace that the program tells of itself, as Datadog's test agent has it."""

from typing import Any

from launcher import __version__

Trace = list[dict[str, Any]]
CHECKS = ("trace_content_length", "trace_count_header", "meta_tracer_version_header")
"""Those of the test agent, which looks only at what ENABLED_CHECKS names: https://github.com/DataDog/dd-apm-test-agent"""


def creations(traces: list[Trace]) -> list[Trace]:
    return [one for one in traces if any(span["name"] == "vibecode.workspace.create" for span in one)]


def check_creation(trace: Trace, engine: str) -> None:
    """One span for the whole, below it one for each step, all with the tags that everything carries."""
    root = next(span for span in trace if not span["parent_id"])
    assert (root["service"], root["name"]) == ("vibecode", "vibecode.workspace.create")
    steps = [span for span in trace if span is not root]
    assert {span["parent_id"] for span in steps} == {root["span_id"]}
    assert {"workspace", "seed", "ready"} <= {span["resource"] for span in steps}
    for span in trace:
        told = {"env": "local", "team": "vibecode", "version": __version__, "engine": engine, "outcome": "done"}
        assert span["meta"].items() >= told.items()


def check_judgement(summary: dict[str, dict[str, int]]) -> None:
    """The test agent looked at the requests and found nothing wrong."""
    assert set(summary) == set(CHECKS)
    assert all(one["Passed_Checks"] > 0 for one in summary.values())
    assert {name: one for name, one in summary.items() if one["Failed_Checks"]} == {}
