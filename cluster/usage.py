"""What workspaces take, as the kubelet counts it: KIND has no metrics server, and the kubelet needs none.

Source: the kubelet's Summary API, k8s.io/kubelet/pkg/apis/stats/v1alpha1; it is counted anew every ten seconds.
"""

import json
from typing import Any

from cluster.engine import Usage
from cluster.errors import ApiError
from cluster.kube.api import Kube
from cluster.kube.kinds import KINDS
from cluster.manifests.labels import WORKSPACES_NAMESPACE
from cluster.names import workspace_of


async def node_usage(kube: Kube, node: str) -> dict[str, Usage]:
    """Of the workspaces on one node, by one request; none where its kubelet does not answer."""
    try:
        answer = await kube.raw(f"{KINDS['Node'].path(None, node, 'proxy')}/stats/summary?only_cpu_and_memory=true")
    except ApiError:
        return {}
    return parse_summary(json.loads(answer))


def parse_summary(summary: dict[str, Any]) -> dict[str, Usage]:
    """By workspace; of two pods of one, which there are while it is replaced, the newer counts."""
    pods = [one for one in summary.get("pods", []) if one["podRef"]["namespace"] == WORKSPACES_NAMESPACE]
    pods.sort(key=lambda one: one.get("startTime") or "")
    return {workspace_of("Pod", one["podRef"]["name"]): _usage(one) for one in pods}


def _usage(pod: dict[str, Any]) -> Usage:
    cores, memory = pod.get("cpu", {}).get("usageNanoCores"), pod.get("memory", {}).get("workingSetBytes")
    return Usage(None if cores is None else round(cores / 1e6), memory)
