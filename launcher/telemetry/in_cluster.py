"""To the Agent in our cluster, where none is on this machine."""

import asyncio
import logging
from http.client import HTTPException

from cluster.config import ClusterConfig
from cluster.datadog.agent.connection import agent_cluster
from cluster.datadog.agent.reach import reached_agent
from launcher.telemetry.identity import identity
from launcher.telemetry.records import Batch
from launcher.telemetry.statsd import post_points
from launcher.telemetry.traces import send_traces
from templates.errors import VibeCodeError

log = logging.getLogger(__name__)

PATIENCE = 20
"""Seconds for all of it."""


def send_to_cluster(config: ClusterConfig, batch: Batch) -> bool:
    """Whether there is an Agent; what it then does not take is lost, and the log says why."""
    try:
        asyncio.run(_send(config, batch))
    except VibeCodeError as error:
        log.info("no Agent answers on this machine, and none in the cluster: %s", error.detail)
        return False
    except TimeoutError:
        log.info("the Agent in the cluster did not take everything within %d s", PATIENCE)
    return True


async def _send(config: ClusterConfig, batch: Batch) -> None:
    async with asyncio.timeout(PATIENCE), agent_cluster(config) as kube, reached_agent(kube) as socket:
        try:
            await asyncio.to_thread(post_points, batch.points, socket, identity())
        except (OSError, HTTPException) as error:
            log.info("the Agent in the cluster takes no metrics: %s", str(error) or type(error).__name__)
        if batch.spans:
            await asyncio.to_thread(send_traces, batch.spans, f"unix://{socket}")
