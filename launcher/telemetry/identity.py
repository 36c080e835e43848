"""Whose telemetry it is, in Datadog's unified service tags."""

from cluster.datadog.tags import ENV, SERVICE, TEAM
from launcher import __version__


def identity() -> dict[str, str]:
    """Of everything that is sent, and of every line that is logged meanwhile."""
    return {"env": ENV, "service": SERVICE, "version": __version__, "team": TEAM}
