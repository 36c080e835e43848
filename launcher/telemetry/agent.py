"""Where the Agent listens: what Datadog's own variables say, else the places where it usually is.

Source: https://docs.datadoghq.com/tracing/trace_collection/library_config/ (DD_AGENT_HOST, DD_TRACE_AGENT_URL, …).
"""

import socket
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

PASSED = (
    *("DD_AGENT_HOST", "DD_TRACE_AGENT_URL", "DD_TRACE_AGENT_PORT"),
    *("DD_DOGSTATSD_URL", "DD_DOGSTATSD_HOST", "DD_DOGSTATSD_PORT"),
)
"""The variables that say where it listens."""

PATIENCE = 0.5
"""Seconds until an Agent that says nothing counts as one that is not there."""

TRACE_PORT = "8126"
METRIC_PORT = "8125"
TRACE_SOCKET = Path("/var/run/datadog/apm.socket")
METRIC_SOCKET = Path("/var/run/datadog/dsd.socket")


class Agent(NamedTuple):
    """`traces` is http://… or unix://…, `metrics` udp://… or unix://…."""

    traces: str
    metrics: str

    def answers(self) -> bool:
        """Whether it takes traces; blocks for `PATIENCE` at most, and for the host's name to be looked up."""
        place = urlsplit(self.traces)
        try:
            if place.scheme == "unix":
                with closing(socket.socket(socket.AF_UNIX)) as one:
                    one.settimeout(PATIENCE)
                    one.connect(place.path)
            else:
                socket.create_connection((place.hostname or "", place.port or 80), PATIENCE).close()
        except (OSError, ValueError):
            return False
        return True


def is_named(environ: Mapping[str, str]) -> bool:
    """Whether a variable of Datadog's says where the Agent is; else it may be in the cluster, too."""
    return any(environ.get(name, "").strip() for name in PASSED)


def agent_of(environ: Mapping[str, str]) -> Agent:
    host = environ.get("DD_AGENT_HOST", "").strip()
    return Agent(
        traces=environ.get("DD_TRACE_AGENT_URL", "").strip()
        or _place(host, environ.get("DD_TRACE_AGENT_PORT", TRACE_PORT), "http", TRACE_SOCKET),
        metrics=environ.get("DD_DOGSTATSD_URL", "").strip()
        or _place(
            environ.get("DD_DOGSTATSD_HOST", "").strip() or host,
            environ.get("DD_DOGSTATSD_PORT", METRIC_PORT),
            "udp",
            METRIC_SOCKET,
        ),
    )


def _place(host: str, port: str, scheme: str, usual: Path) -> str:
    if not host and usual.is_socket():
        return f"unix://{usual}"
    name = f"[{host}]" if ":" in host else host or "localhost"
    return f"{scheme}://{name}:{port.strip()}"
