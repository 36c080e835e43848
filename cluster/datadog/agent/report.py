"""The Agent's own status, read from `agent status --json`.

Its shape: `pkg/status` in DataDog/datadog-agent. Versions differ, so that what is missing or odd is left out.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from cluster.datadog.agent.state import AgentCheck, Received
from templates.text import plain

LONGEST = 300
"""Characters of an error that are kept."""

COLLECTS = {
    "kubelet": "each container's CPU, memory, network and restarts",
    "container": "each container's CPU, memory, input and output",
    "containerd": "the container runtime's containers and images",
    "process": "the running processes, without their arguments",
    "openmetrics": "Traefik's requests, their duration and open connections",
    "http_check": "whether each editor answers, and how fast",
    "postgres": "PostgreSQL's connections, transactions and sizes",
    "redisdb": "Redis' memory, keys and clients",
    "cpu": "the machine's processors",
    "memory": "the machine's memory",
    "disk": "the machine's disks",
    "io": "the machine's input and output",
    "load": "the machine's load",
    "network": "the machine's network",
    "uptime": "how long the machine is up",
    "ntp": "whether the machine's clock is right",
    "orchestrator_pod": "the pods as they are declared",
}
EXPECTED = ("kubelet", "container", "containerd", "cpu", "memory", "disk", "io", "load", "network", "uptime")
"""The checks that run without being asked for."""


@dataclass(frozen=True, slots=True)
class AgentReport:
    """`version` is empty where it is not told."""

    version: str
    checks: tuple[AgentCheck, ...]
    problems: tuple[str, ...]
    received: Received


def read_report(document: str) -> AgentReport | None:
    """None for what is no status."""
    try:
        status = _table(json.loads(document))
    except (ValueError, RecursionError):
        return None
    if not status:
        return None
    metadata = _table(status.get("agent_metadata"))
    version = status.get("version") or metadata.get("agent_version") or ""
    return AgentReport(_words(version), tuple(_checks(status)), tuple(_problems(status)), _received(status))


def _checks(status: dict[str, Any]) -> Iterator[AgentCheck]:
    """By check, its instances summed up; the first error counts."""
    for name, instances in sorted(_table(_table(status.get("runnerStats")).get("Checks")).items()):
        runs = [_table(one) for one in _table(instances).values()]
        error = next(filter(None, (_error(one.get("LastError")) for one in runs)), "")
        yield AgentCheck(
            _words(name),
            COLLECTS.get(name, ""),
            sum(_number(one.get("TotalRuns")) for one in runs),
            sum(_number(one.get("TotalErrors")) for one in runs),
            sum(_number(one.get("TotalMetricSamples")) for one in runs),
            error,
        )


def _problems(status: dict[str, Any]) -> Iterator[str]:
    for name, errors in sorted(_table(status.get("adConfigErrors")).items()):
        told = [*_table(errors)] or [_words(errors)]
        yield from (f"{_words(name)}: {_words(one)}" for one in told)
    scheduler = _table(status.get("checkSchedulerStats"))
    for name, loaders in sorted(_table(scheduler.get("LoaderErrors")).items()):
        told = [_words(one) for one in _table(loaders).values() if one]
        yield f"{_words(name)}: {told[-1] if told else 'it cannot be loaded'}"
    for name, error in sorted(_table(scheduler.get("RunErrors")).items()):
        yield f"{_words(name)}: {_words(error)}"


def _received(status: dict[str, Any]) -> Received:
    receivers = [_table(one) for one in _list(_table(status.get("apmStats")).get("receiver"))]
    spans = [one["SpansReceived"] for one in receivers if "SpansReceived" in one]
    statsd = _table(status.get("dogstatsdStats")) or _table(status.get("aggregatorStats"))
    packets = statsd.get("MetricPackets", statsd.get("DogstatsdMetricSample"))
    lines = _table(_table(status.get("logsStats")).get("metrics")).get("LogsProcessed")
    return Received(
        sum(map(_number, spans)) if spans else None,
        None if packets is None else _number(packets),
        None if lines is None else _number(lines),
    )


def _error(raw: object) -> str:
    """Python's checks tell a JSON list of tables with `message` and `traceback`, others a sentence."""
    text = raw if isinstance(raw, str) else ""
    try:
        told = [_table(one).get("message") for one in _list(json.loads(text))]
    except (ValueError, RecursionError):
        return _words(text)
    return _words(next(filter(None, told), text))


def _table(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _number(value: object) -> int:
    try:
        return int(value) if isinstance(value, int | float | str) else 0
    except (ValueError, OverflowError):
        return 0


def _words(value: object) -> str:
    return plain(str(value).strip().replace("\n", " "))[:LONGEST]
