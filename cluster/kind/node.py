"""The cluster's node as Docker sees it: a container, its state and its published ports."""

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

from cluster.kind.docker import docker_client
from cluster.manifests.system import HTTP_NODE_PORT, HTTPS_NODE_PORT

CLUSTER_LABEL = "io.x-k8s.kind.cluster"


@dataclass(frozen=True, slots=True)
class Node:
    """A single node's container; ports are 0 where the container does not publish ours."""

    id: str
    name: str
    state: Literal["running", "stopped", "paused"]
    http_port: int
    https_port: int


def node_name(cluster: str) -> str:
    return f"{cluster}-control-plane"


async def find_node(cluster: str) -> Node | None:
    """The cluster's node, or None; raises DockerMissingError, DockerDownError, DockerDeniedError."""
    return await asyncio.to_thread(_find, cluster)


async def start_node(cluster: str) -> None:
    """Starts the node's container again, or goes on with it where it was paused."""
    await asyncio.to_thread(_start, cluster)


async def is_rootless() -> bool:
    """Whether Docker runs without root, and so may not publish ports below 1024."""
    return await asyncio.to_thread(_rootless)


def _rootless() -> bool:
    with docker_client() as client:
        options: list[str] = client.info().get("SecurityOptions", [])
    return any("rootless" in option for option in options)


def _find(cluster: str) -> Node | None:
    with docker_client() as client:
        found: list[Any] = client.containers.list(
            all=True, ignore_removed=True, filters={"label": f"{CLUSTER_LABEL}={cluster}"}
        )
    return _node(found[0].attrs) if found else None


def _start(cluster: str) -> None:
    with docker_client() as client:
        container = client.containers.get(node_name(cluster))
        if container.status == "paused":
            container.unpause()
        else:
            container.start()


def _node(attributes: dict[str, Any]) -> Node:
    status = attributes["State"]["Status"]
    bindings = attributes["HostConfig"].get("PortBindings", {})
    return Node(
        id=attributes["Id"],
        name=attributes["Name"].lstrip("/"),
        state=status if status in ("running", "paused") else "stopped",
        http_port=_published(bindings, HTTP_NODE_PORT),
        https_port=_published(bindings, HTTPS_NODE_PORT),
    )


def _published(bindings: dict[str, Any], port: int) -> int:
    bound = bindings.get(f"{port}/tcp", [])
    return int(bound[0].get("HostPort") or 0) if bound else 0
