"""What Datadog's Agent must be told; `launcher/settings.py` says where the images come from."""

from dataclasses import dataclass, field
from typing import Literal

Profile = Literal["full", "lite"]


@dataclass(frozen=True, slots=True)
class AgentImages:
    """Image references, each a setting, since mirrors and private registries need it."""

    agent: str = "registry.datadoghq.com/agent:7.84.2"
    cluster_agent: str = "registry.datadoghq.com/cluster-agent:7.84.2"


@dataclass(frozen=True, slots=True)
class AgentConfig:
    """One installation: `host` is this machine's name in Datadog, `cluster` the cluster's, `version` VibeCode's.

    The profile `lite` has no Cluster Agent and looks at no processes.
    """

    site: str
    host: str
    cluster: str
    version: str
    profile: Profile = "full"
    images: AgentImages = AgentImages()


@dataclass(frozen=True, slots=True)
class AgentSecrets:
    """`token` is what Agent and Cluster Agent know each other by: at least 32 characters."""

    api_key: str = field(repr=False)
    token: str = field(repr=False)
