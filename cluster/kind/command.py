"""The `kind` program: a cluster's creation and removal, with its steps read from standard error.

`kind` has no machine-readable output; its lines are ` • Preparing nodes 📦  ...` and ` ✓ Preparing nodes 📦`
(kind v0.33, pkg/internal/cli/status.go).
"""

import asyncio
import json
import os
import re
from collections import deque
from pathlib import Path
from typing import Any

from cluster import process
from cluster.config import ClusterConfig
from cluster.errors import ClusterCreateError, ImagePullError, KindMissingError, PortTakenError
from cluster.kind.download import find_kind
from cluster.manifests.labels import NODE_LABEL
from cluster.manifests.system import HTTP_NODE_PORT, HTTPS_NODE_PORT, POD_SUBNET, SERVICE_SUBNET
from templates.events import Step

_ENVIRONMENT = {"KIND_EXPERIMENTAL_PROVIDER": "docker"}
_LINE = re.compile(r"^\s*(?P<mark>[•✓✗])\s+(?P<text>[^\U0001F000-\U0001FFFF☀-➿]+)")

WORDS = {
    "Ensuring node image": "fetching the node's image (about 1 GB, once)",
    "Preparing nodes": "starting the node's container",
    "Writing configuration": "writing the configuration",
    "Starting control-plane": "starting Kubernetes",
    "Installing CNI": "setting up the network",
    "Installing StorageClass": "setting up storage",
}
"""What each of kind's steps means to a person; the order is kind's."""


def cluster_configuration(config: ClusterConfig, http_port: int, https_port: int) -> dict[str, Any]:
    """kind's own configuration (v1alpha4): a single node, reached on loopback only, with our label."""
    node: dict[str, Any] = {
        "role": "control-plane",
        "labels": NODE_LABEL,
        "extraPortMappings": [
            {"containerPort": inside, "hostPort": outside, "listenAddress": "127.0.0.1", "protocol": "TCP"}
            for inside, outside in ((HTTP_NODE_PORT, http_port), (HTTPS_NODE_PORT, https_port))
        ],
    }
    if config.images.node:
        node["image"] = config.images.node
    return {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "name": config.cluster,
        "networking": {
            "apiServerAddress": "127.0.0.1",
            "podSubnet": POD_SUBNET,
            "serviceSubnet": SERVICE_SUBNET,
        },
        "nodes": [node],
    }


async def create_cluster(
    config: ClusterConfig, kubeconfig: Path, ports: tuple[int, int], lock: int, step: Step
) -> None:
    """Runs `kind create cluster`, which holds the lock for as long as it lives.

    Raises PortTakenError, ImagePullError, ClusterCreateError.
    """
    kubeconfig.touch(0o600)
    tail, errors = deque[str](maxlen=30), list[str]()  # what went wrong comes first, then pages of consequences
    command = (_kind(config), "create", "cluster", "--config", "-", "--kubeconfig", str(kubeconfig))
    async with process.process(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        env=_ENVIRONMENT,
        pass_fds=(lock,),
    ) as child:
        assert child.stdin is not None
        assert child.stderr is not None
        child.stdin.write(json.dumps(cluster_configuration(config, *ports)).encode())
        child.stdin.close()
        async for line in process.lines(child.stderr):
            tail.append(line)
            if line.startswith("ERROR:"):
                errors.append(line)
            if (words := step_words(line)) is not None:
                step.progress(*words)
        code = await child.wait()
    if code != 0:
        step.log = (*errors, *tail)
        raise creation_error("\n".join(step.log), ports)


async def delete_cluster(config: ClusterConfig, kubeconfig: Path) -> None:
    """Removes the node's container, its volumes and the kubeconfig's entry; fine where there is none."""
    command = (_kind(config), "delete", "cluster", "--name", config.cluster, "--kubeconfig", str(kubeconfig))
    ended = await process.run(*command, env=_ENVIRONMENT)
    if ended.code != 0:
        raise ClusterCreateError("`kind delete cluster` failed: " + (ended.stderr[-1] if ended.stderr else "no output"))


async def export_kubeconfig(config: ClusterConfig, kubeconfig: Path) -> bool:
    """Writes the kubeconfig of a cluster that is there; False where its node never came so far as to have one."""
    ended = await process.run(_kind(config), "get", "kubeconfig", "--name", config.cluster, env=_ENVIRONMENT)
    if ended.code != 0 or not ended.stdout.strip():
        return False
    descriptor = os.open(kubeconfig, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(ended.stdout)
    return True


def step_words(line: str) -> tuple[str, float] | None:
    """A line of kind's progress as words and the fraction done; None for any other line."""
    match = _LINE.match(line)
    if match is None or match["mark"] != "•":
        return None
    for index, (text, words) in enumerate(WORDS.items()):
        if match["text"].startswith(text):
            return words, index / len(WORDS)
    return None


def creation_error(text: str, ports: tuple[int, int]) -> ClusterCreateError | PortTakenError | ImagePullError:
    """What kind's last lines mean."""
    if "port is already allocated" in text or "address already in use" in text:
        taken = next((port for port in ports if f":{port}" in text), ports[0])
        return PortTakenError(f"Port {taken} was taken while the cluster was being created.")
    if "failed to pull image" in text or "manifest unknown" in text:
        return ImagePullError("The node's image cannot be pulled; `VIBECODE_NODE_IMAGE` names another.")
    said = [line for line in text.splitlines() if line.strip()]
    reason = next((line for line in said if line.startswith("ERROR:")), said[-1] if said else "kind said nothing")
    return ClusterCreateError(reason.removeprefix("ERROR: "))


def _kind(config: ClusterConfig) -> str:
    if (found := find_kind(config)) is None:
        raise KindMissingError("`kind` is neither on PATH nor among VibeCode's own programs.")
    return str(found)
