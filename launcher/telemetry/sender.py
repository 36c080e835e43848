"""`python -m launcher.telemetry.sender`: sends what its standard input tells, and ends soon, whatever answers."""

import logging
import os
import signal
import sys
from pathlib import Path

from launcher import logs
from launcher.telemetry.agent import agent_of, is_named
from launcher.telemetry.identity import identity
from launcher.telemetry.records import Batch
from launcher.telemetry.statsd import send_points
from launcher.telemetry.traces import send_traces

log = logging.getLogger("launcher.telemetry.sender")

DEADLINE = 30
"""Seconds after which it ends in the middle of whatever it does."""


def main() -> None:
    signal.alarm(DEADLINE)
    os.nice(10)  # nobody waits for it
    batch = Batch.decoded(sys.stdin.buffer.read())
    logs.start(Path(batch.log_file), batch.log_level)
    agent = agent_of(os.environ)
    if not is_named(os.environ) and not agent.answers() and _cluster_took(batch):
        return
    send_points(batch.points, agent.metrics, identity())
    if not batch.spans:
        return
    if not agent.answers():
        log.info("no Agent answers at %s: %d spans are dropped", agent.traces, len(batch.spans))
        return
    send_traces(batch.spans, agent.traces)


def _cluster_took(batch: Batch) -> bool:
    """Imports no more than it needs: a cluster's client takes half a second."""
    from cluster.config import ClusterConfig
    from cluster.kind.record import record_of

    config = ClusterConfig(Path(batch.home), batch.cluster)
    if record_of(config).read() is None:
        return False
    from launcher.telemetry.in_cluster import send_to_cluster

    return send_to_cluster(config, batch)


if __name__ == "__main__":
    main()
