"""Spans to an Agent, by ddtrace where this Python has it; only the sender calls this."""

import logging
import os
from collections.abc import Sequence

from launcher.telemetry.identity import identity
from launcher.telemetry.records import Span

log = logging.getLogger(__name__)


def send_traces(spans: Sequence[Span], agent: str) -> None:
    """`agent` is http://… or unix://…; ddtrace is told by the environment, which it reads when it is imported."""
    named = {f"DD_{name.upper()}": value for name, value in identity().items() if name != "team"}
    os.environ.update(named | {"DD_TRACE_AGENT_URL": agent})
    try:
        from launcher.telemetry.spans import send_spans
    except ImportError as error:
        log.warning("no traces are sent: %s", error)
        return
    send_spans(spans, identity())
