"""Workspaces that run without the Agent's address, since they started before it was there."""

import asyncio

from cluster.kube.api import Kube
from cluster.manifests.labels import EDITORS, WORKSPACE_LABEL, WORKSPACES_NAMESPACE
from cluster.manifests.observed import AGENT_ENV


async def unaware_workspaces(kube: Kube) -> tuple[str, ...]:
    """Their names; a new start gives them the address."""
    told, pods = await asyncio.gather(
        kube.get("ConfigMap", AGENT_ENV, WORKSPACES_NAMESPACE),
        kube.list("Pod", WORKSPACES_NAMESPACE, labels=EDITORS),
    )
    if told is None:
        return ()
    since: str = told["metadata"]["creationTimestamp"]
    return tuple(sorted({pod["metadata"]["labels"][WORKSPACE_LABEL] for pod in pods if _started(pod) < since}))


def _started(pod: dict[str, dict[str, str]]) -> str:
    """As Kubernetes writes times, all of one form and in UTC, so that they compare as text."""
    return pod.get("status", {}).get("startTime") or pod["metadata"]["creationTimestamp"]
