"""What is read of the Agent's own status, in the shapes that `pkg/status` of DataDog/datadog-agent has."""

import json
from typing import Any

import pytest

from cluster.datadog.agent.report import read_report
from cluster.datadog.agent.state import Received

PYTHON_ERROR = json.dumps([{"message": "HTTPConnectionPool(host='10.0.0.7'): refused", "traceback": "File …"}])
STATUS: dict[str, Any] = {
    "version": "7.84.2",
    "agent_metadata": {"agent_version": "7.84.2", "flavor": "agent"},
    "runnerStats": {
        "Checks": {
            "kubelet": {"kubelet:d884b5186b651429": {"TotalRuns": 12, "TotalErrors": 0, "TotalMetricSamples": 4100,
                                                     "LastError": "", "LastWarnings": []}},
            "http_check": {
                "http_check:editor:1": {"TotalRuns": 3, "TotalErrors": 0, "TotalMetricSamples": 9, "LastError": ""},
                "http_check:editor:2": {"TotalRuns": 2, "TotalErrors": 2, "TotalMetricSamples": 0,
                                        "LastError": PYTHON_ERROR},
            },
        }
    },
    "checkSchedulerStats": {
        "LoaderErrors": {"redisdb": {"Core Check Loader": "not found", "PythonCheckLoader": "no module redis"}},
        "RunErrors": {},
    },
    "adConfigErrors": {"vibecode-system/traefik-1": {"annotation ad.datadoghq.com/traefik.checks is no JSON": True}},
    "apmStats": {"receiver": [{"Lang": "python", "SpansReceived": 40}, {"Lang": "nodejs", "SpansReceived": 2}]},
    "dogstatsdStats": {"MetricPackets": 17, "UdpBytes": 800},
    "logsStats": {"is_running": True, "metrics": {"LogsProcessed": "321", "LogsSent": "300"}},
}  # fmt: skip


def test_checks_are_told_with_their_runs_and_first_error() -> None:
    report = read_report(json.dumps(STATUS))

    assert report is not None
    assert report.version == "7.84.2"
    http, kubelet = report.checks
    assert (kubelet.name, kubelet.runs, kubelet.errors, kubelet.samples, kubelet.error) == ("kubelet", 12, 0, 4100, "")
    assert kubelet.collects
    assert (http.runs, http.errors, http.error) == (5, 2, "HTTPConnectionPool(host='10.0.0.7'): refused")
    assert report.received == Received(spans=42, metrics=17, log_lines=321)
    assert report.problems == (
        "vibecode-system/traefik-1: annotation ad.datadoghq.com/traefik.checks is no JSON",
        "redisdb: no module redis",
    )


@pytest.mark.parametrize("document", ["", "Error: unable to reach the Agent", "[]", "{}", "null", "[" * 100_000])
def test_what_is_no_status_is_none(document: str) -> None:
    assert read_report(document) is None


@pytest.mark.parametrize(
    "odd",
    [
        {"version": 7},
        {"version": "7", "runnerStats": {"Checks": {"cpu": {"cpu": {"TotalRuns": "x", "LastError": None}}}}},
        {"version": "7", "runnerStats": {"Checks": {"cpu": ["odd"]}}, "apmStats": "not running", "logsStats": []},
        {"version": "7", "adConfigErrors": {"pod": None}, "checkSchedulerStats": {"LoaderErrors": {"cpu": None}}},
        {"version": "7", "runnerStats": {"Checks": {"cpu": {"cpu": {"LastError": "[1, 2"}}}}},
    ],
)
def test_odd_parts_are_left_out(odd: dict[str, Any]) -> None:
    report = read_report(json.dumps(odd))
    assert report is not None
    assert report.version.startswith("7")


def test_control_characters_do_not_come_through() -> None:
    status = {"version": "7\x1b[31m", "runnerStats": {"Checks": {"a": {"a": {"LastError": "bad\x1b[2J\nline"}}}}}
    report = read_report(json.dumps(status))
    assert report is not None
    assert "\x1b" not in report.version + report.checks[0].error
