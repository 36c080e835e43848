"""Datadog's Agent as this person's settings want it, and how it is doing."""

import platform
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from cluster.config import ClusterConfig
from cluster.datadog.errors import DatadogKeyMissingError, DatadogKeyRefusedError
from cluster.datadog.keys import VARIABLES
from cluster.errors import ClusterDownError
from launcher import __version__
from launcher.settings import Settings
from templates.errors import VibeCodeError

if TYPE_CHECKING:
    from cluster.datadog.agent.config import AgentConfig
    from cluster.datadog.agent.state import AgentState
    from cluster.datadog.status import DatadogStatus
    from cluster.kube.api import Kube


def agent_config(settings: Settings, cluster: ClusterConfig, site: str, *, lite: bool) -> "AgentConfig":
    """`lite` takes less memory: no Cluster Agent, no processes."""
    from cluster.datadog.agent.config import AgentConfig, AgentImages

    return AgentConfig(
        site=site,
        host=platform.node() or "vibecode",
        cluster=cluster.cluster,
        version=__version__,
        profile="lite" if lite else "full",
        images=AgentImages(settings.datadog_agent_image, settings.datadog_cluster_agent_image),
    )


async def read_agent(open_cluster: "Callable[[], AbstractAsyncContextManager[Kube]]") -> "AgentState":
    """How the Agent is doing; where there is no cluster, that is said, too."""
    from cluster.datadog.agent.reading import agent_state
    from cluster.datadog.agent.state import AgentState

    try:
        async with open_cluster() as kube:
            return await agent_state(kube)
    except ClusterDownError as error:
        return AgentState("absent", f"The Agent lives in the cluster, and {error.detail[:1].lower()}{error.detail[1:]}")
    except VibeCodeError as error:
        return AgentState("unknown", f"{error.title}: {error.detail}")


def check_usable(status: "DatadogStatus") -> str:
    """The site of an API key that the Agent can send with; one that cannot be tried will do where its site is named.

    Raises DatadogKeyMissingError and DatadogKeyRefusedError.
    """
    api = status.api
    words = f"{VARIABLES['api']}: {api.detail}"
    if api.state == "missing":
        raise DatadogKeyMissingError(words, hint=api.hint)
    if api.state in ("malformed", "refused"):
        raise DatadogKeyRefusedError(words, hint=api.hint)
    if status.site is None:
        hint = "Name its site, and it is taken without being tried: `export DD_SITE=datadoghq.eu`."
        raise DatadogKeyRefusedError(f"The site of the key cannot be found out. {words}", hint=hint)
    return status.site.name
