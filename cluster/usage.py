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
from cluster.names import service_of, workspace_of


async def node_usage(kube: Kube, node: str) -> dict[str, Usage]:
    """Of the workspaces on one node, by one request; none where its kubelet does not answer."""
    try:
        answer = await kube.raw(f"{KINDS['Node'].path(None, node, 'proxy')}/stats/summary?only_cpu_and_memory=true")
    except ApiError:
        return {}
    return parse_summary(json.loads(answer))


def parse_summary(summary: dict[str, Any]) -> dict[str, Usage]:
    """By workspace, its services with it; of two editors, which it has while it is replaced, the newer counts."""
    pods = [one for one in summary.get("pods", []) if one["podRef"]["namespace"] == WORKSPACES_NAMESPACE]
    pods.sort(key=lambda one: one.get("startTime") or "")
    newest = {(workspace_of("Pod", name := one["podRef"]["name"]), service_of(name)): _usage(one) for one in pods}
    whole: dict[str, Usage] = {}
    for (workspace, _), usage in newest.items():
        whole[workspace] = _sum(whole.get(workspace, Usage()), usage)
    return whole


def _sum(one: Usage, other: Usage) -> Usage:
    return Usage(_add(one.cpu, other.cpu), _add(one.memory, other.memory))


def _add(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other


def _usage(pod: dict[str, Any]) -> Usage:
    cores, memory = pod.get("cpu", {}).get("usageNanoCores"), pod.get("memory", {}).get("workingSetBytes")
    return Usage(None if cores is None else round(cores / 1e6), memory)
