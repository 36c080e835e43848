"""What Docker says about itself and its containers, as far as a cluster depends on it."""

import shutil
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from cluster.kind.docker import docker_client, docker_command, find_endpoint
from cluster.kind.node import CLUSTER_LABEL, node_name


@dataclass(frozen=True, slots=True)
class Container:
    """One container: the KIND cluster that it is a node of (or empty), and the ports that it has on loopback."""

    name: str
    state: str
    cluster: str = ""
    ports: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class DockerFacts:
    """Docker's answer; memory and disk in bytes, `disk_free` None where it cannot be seen.

    `here` is false where Docker runs in a virtual machine. `delegated` is whether a rootless Docker may limit
    memory, processes and CPU, which `kind` asks for (v0.33, pkg/cluster/internal/create/create.go).
    """

    address: str
    command: Path | None
    version: str
    api_version: tuple[int, ...]
    engine: str
    system: str
    architecture: str
    here: bool
    cgroup_version: str
    rootless: bool
    delegated: bool
    memory: int
    root: Path
    disk_free: int | None
    containers: tuple[Container, ...] = ()

    def nodes(self, cluster: str) -> tuple[Container, ...]:
        """The containers of a cluster, and whatever has the name that its node needs."""
        return tuple(one for one in self.containers if one.cluster == cluster or one.name == node_name(cluster))


def probe_docker(home: Path, request_seconds: int = 5) -> DockerFacts:
    """Asks Docker, with a time-out for each request; where it runs in a virtual machine, the disk is that of `home`.

    Blocks. Raises the errors of `docker_client`.
    """
    with docker_client(request_seconds) as client:
        version, info = client.api.version(), client.api.info()
        listed = cast(Sequence[dict[str, Any]], client.api.containers(all=True))
    here = info["Name"] == socket.gethostname()
    return DockerFacts(
        address=str(find_endpoint()),
        command=docker_command(),
        version=version["Version"],
        api_version=tuple(int(part) for part in version["ApiVersion"].split(".")),
        engine=next((one["Name"] for one in version.get("Components") or ()), "Engine"),
        system=info["OSType"],
        architecture=info["Architecture"],
        here=here,
        cgroup_version=info.get("CgroupVersion") or "1",  # Docker names it since 20.10
        rootless=any("rootless" in option for option in info.get("SecurityOptions") or ()),
        delegated=all(info.get(limit) for limit in ("MemoryLimit", "PidsLimit", "CPUShares")),
        memory=info["MemTotal"],
        root=Path(info["DockerRootDir"]),
        disk_free=_free(Path(info["DockerRootDir"]) if here else home),
        containers=tuple(_container(one) for one in listed),
    )


def _container(one: dict[str, Any]) -> Container:
    """From an entry of Docker's list of containers."""
    loopback = ("127.0.0.1", "0.0.0.0", None)
    labels: dict[str, str] = one.get("Labels") or {}
    return Container(
        name=next((name.lstrip("/") for name in one.get("Names") or ()), one["Id"][:12]),
        state=one["State"],
        cluster=labels.get(CLUSTER_LABEL, ""),
        ports=frozenset(
            port["PublicPort"]
            for port in one.get("Ports") or ()
            if "PublicPort" in port and port["Type"] == "tcp" and port.get("IP") in loopback
        ),
    )


def _free(path: Path) -> int | None:
    """Free bytes below a path, or below the nearest folder above it that exists."""
    for folder in (path, *path.parents):
        try:
            return shutil.disk_usage(folder).free
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None
