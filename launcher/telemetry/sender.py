"""`python -m launcher.telemetry.sender`: sends what its standard input tells, and ends soon, whatever answers."""

import logging
import os
import signal
import sys
from pathlib import Path

from launcher import logs
from launcher.telemetry.agent import agent_of
from launcher.telemetry.identity import identity
from launcher.telemetry.records import Batch
from launcher.telemetry.statsd import send_points

log = logging.getLogger("launcher.telemetry.sender")

DEADLINE = 20
"""Seconds after which it ends in the middle of whatever it does."""


def main() -> None:
    signal.alarm(DEADLINE)
    os.nice(10)  # nobody waits for it
    batch = Batch.decoded(sys.stdin.buffer.read())
    logs.start(Path(batch.log_file), batch.log_level)
    agent = agent_of(os.environ)
    send_points(batch.points, agent.metrics, identity())
    if not batch.spans:
        return
    if not agent.answers():
        log.info("no Agent answers at %s: %d spans are dropped", agent.traces, len(batch.spans))
        return
    named = {f"DD_{name.upper()}": value for name, value in identity().items() if name != "team"}
    os.environ.update(named | {"DD_TRACE_AGENT_URL": agent.traces})  # ddtrace reads them when it is imported
    try:
        from launcher.telemetry.spans import send_spans
    except ImportError as error:
        log.warning("no traces are sent: %s", error)
        return
    send_spans(batch.spans, identity())


if __name__ == "__main__":
    main()
