"""Traces: sent to the agent where one is named, else only made, so that logs have their ids all the same."""

import os

TAGS = {"DD_SERVICE": "{{ name }}", "DD_ENV": "dev", "DD_VERSION": "0.1.0"}
"""Datadog's unified service tags: the same on traces, metrics and logs."""

AGENT = any(name in os.environ for name in ("DD_AGENT_HOST", "DD_TRACE_AGENT_URL"))

for name, value in TAGS.items():
    os.environ.setdefault(name, value)
if not AGENT:
    os.environ.setdefault("DD_INSTRUMENTATION_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("DD_REMOTE_CONFIGURATION_ENABLED", "false")

import ddtrace.auto  # noqa: E402, F401  it reads the environment, and patches what is imported after it
from ddtrace.trace import Span, TraceFilter, tracer  # noqa: E402


class KeepHere(TraceFilter):
    """Lets no trace out."""

    def process_trace(self, trace: list[Span]) -> list[Span] | None:
        return None


if not AGENT:
    tracer.configure(trace_processors=[KeepHere()])
