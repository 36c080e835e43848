"""What the engines must be told; `launcher/settings.py` says where each value comes from."""

from dataclasses import dataclass
from pathlib import Path

from cluster.packages import PackageCache


@dataclass(frozen=True, slots=True)
class Images:
    """Image references, each a setting, since mirrors and private registries need it.

    `workspace` empty means: build ours on top of `code_server`.
    """

    node: str = ""
    code_server: str = "codercom/code-server:4.139.1"
    traefik: str = "traefik:v3.7.13"
    workspace: str = ""
    postgresql: str = "postgres:17"
    redis: str = "redis:8"


@dataclass(frozen=True, slots=True)
class ClusterConfig:
    """One cluster: its name, where its private files are kept (`home`, mode 0700), and how it is reached.

    Ports of 0 are chosen when the cluster is created: 80/443 if free and allowed, else 8080/8443, else free ones.
    """

    home: Path
    cluster: str = "vibecode"
    base_domain: str = "vibecode.localhost"
    http_port: int = 0
    https_port: int = 0
    images: Images = Images()
    volume_size: str = "10Gi"
    memory: str = "2Gi"
    cpu: str = "2"
    package_cache: PackageCache = "shared"
    version: str = "0"
