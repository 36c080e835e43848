"""Enabling and disabling: applied as a whole, converging from wherever a cut-off call left it."""

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator
from typing import Any

from cluster.datadog.agent import rollout
from cluster.datadog.agent.config import AgentConfig, AgentSecrets
from cluster.datadog.agent.manifests.objects import agent_objects, namespace
from cluster.datadog.agent.manifests.shared import TOKEN
from cluster.datadog.agent.names import CLUSTER_AGENT_PODS, NAMESPACE, OURS, SECRET, WEBHOOK
from cluster.datadog.errors import AgentNamespaceError
from cluster.kube.api import Kube
from cluster.kube.kinds import KINDS, Object
from cluster.manifests.labels import MANAGED_BY
from templates.events import Event, Steps, stream, together

LOOK_EVERY = 0.2
"""Seconds between two looks at what is ending."""
_KINDS = (
    *("DaemonSet", "Deployment", "Service", "NetworkPolicy", "ConfigMap", "Secret", "ServiceAccount"),
    *("RoleBinding", "Role", "ClusterRoleBinding", "ClusterRole"),
)
"""What an installation is made of, besides the namespace."""


def enable(kube: Kube, config: AgentConfig, api_key: str) -> AsyncIterator[Event]:
    """Installs the Agent or makes it so; ends once its pods are ready."""

    async def work(steps: Steps) -> None:
        async with steps.step("datadog", "Putting Datadog's Agent into the cluster", expected=2) as step:
            await _fail_if_foreign(kube)
            await kube.apply(namespace(config))
            objects = agent_objects(config, AgentSecrets(api_key, await _token(kube)))
            step.progress(f"applying {len(objects)} objects")
            await together(*(kube.apply(one) for one in objects))
            await _prune(kube, objects)
            if config.profile == "lite":
                await _without_cluster_agent(kube)
        async with steps.step("datadog-ready", "Waiting for the Agent to be ready", expected=60) as step:
            await rollout.until_ready(kube, step, with_cluster_agent=config.profile == "full")

    return stream(work)


def disable(kube: Kube) -> AsyncIterator[Event]:
    """Removes all that `enable` made, and what the Agent itself has made since."""

    async def work(steps: Steps) -> None:
        async with steps.step("datadog", "Removing Datadog's Agent", expected=15) as step:
            await _fail_if_foreign(kube)
            there = await kube.delete("Namespace", NAMESPACE)
            await _prune(kube, [])
            if there:
                step.progress("waiting for its pods to end")
            while await kube.get("Namespace", NAMESPACE) is not None:
                await asyncio.sleep(LOOK_EVERY)
            await kube.delete("MutatingWebhookConfiguration", WEBHOOK)  # last, or the Cluster Agent makes it again
            step.note = None if there else "there was none"

    return stream(work)


async def _fail_if_foreign(kube: Kube) -> None:
    found = await kube.get("Namespace", NAMESPACE)
    if found is not None and not MANAGED_BY.items() <= found["metadata"].get("labels", {}).items():
        raise AgentNamespaceError(f"The namespace {NAMESPACE!r} is somebody else's.")


async def _token(kube: Kube) -> str:
    """The one that is there, so that nothing has to start again because of it."""
    found: dict[str, Any] = await kube.get("Secret", SECRET, NAMESPACE) or {}
    kept = found.get("data", {}).get(TOKEN)
    return base64.b64decode(kept).decode() if kept else secrets.token_hex(32)


async def _prune(kube: Kube, wanted: list[Object]) -> None:
    """Removes what is ours and not wanted (any more), wherever it is."""
    keep = {(one["kind"], one["metadata"].get("namespace"), one["metadata"]["name"]) for one in wanted}

    async def of(kind: str) -> None:
        for one in await kube.list(kind, labels=OURS):
            place = one["metadata"].get("namespace") if KINDS[kind].namespaced else None
            if (kind, place, one["metadata"]["name"]) not in keep:
                await kube.delete(kind, one["metadata"]["name"], place)

    await together(*(of(kind) for kind in _KINDS))


async def _without_cluster_agent(kube: Kube) -> None:
    while await kube.list("Pod", NAMESPACE, labels=CLUSTER_AGENT_PODS):
        await asyncio.sleep(LOOK_EVERY)
    await kube.delete("MutatingWebhookConfiguration", WEBHOOK)
