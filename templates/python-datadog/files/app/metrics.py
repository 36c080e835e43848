"""Metrics by DogStatsD: sent without waiting for an answer, so that a missing agent does no harm."""

import os

from datadog.dogstatsd import DogStatsd

statsd = DogStatsd(
    host=os.environ.get("DD_AGENT_HOST", "127.0.0.1"),
    port=int(os.environ.get("DD_DOGSTATSD_PORT", "8125")),
    namespace="vibecode.workspace",
    disable_telemetry=True,
)
