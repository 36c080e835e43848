"""Waiting for the Agent: until its pods are those of the last apply and ready, or it is clear why not."""

import asyncio
from contextlib import suppress
from time import monotonic

from cluster.datadog.agent.names import AGENT, CLUSTER_AGENT, NAMESPACE, OURS
from cluster.datadog.agent.pods import Trouble, is_ready, restarts, role, trouble
from cluster.datadog.errors import AgentFailedError, AgentImageError
from cluster.errors import ApiError
from cluster.kube.api import Kube
from cluster.kube.kinds import Object
from templates.events import Step

LOOK_EVERY = 0.2
"""Seconds between two looks."""
READY_WITHIN = 420.0
"""Seconds; the images have hundreds of MB."""
CRASHES = 2
"""Restarts after which one more would not help; an Agent may end once, before the Cluster Agent is there."""


async def until_ready(kube: Kube, step: Step, *, with_cluster_agent: bool, within: float = READY_WITHIN) -> None:
    """Raises AgentImageError, AgentFailedError; the step's log tells what the Agent said last."""
    start, words = monotonic(), ""
    while True:
        daemon_set, deployment, pods = await asyncio.gather(
            kube.get("DaemonSet", AGENT, NAMESPACE),
            kube.get("Deployment", CLUSTER_AGENT, NAMESPACE),
            kube.list("Pod", NAMESPACE, labels=OURS),
        )
        if _agent_ready(daemon_set) and (not with_cluster_agent or _cluster_agent_ready(deployment)):
            return
        await _fail_if_hopeless(kube, pods, step)
        if (now := _words(pods)) != words:
            words = now
            step.progress(words)
        if monotonic() - start > within:
            step.log = await _log(kube, pods)
            raise AgentFailedError(f"After {within:.0f} s it is still not ready: {words}.")
        await asyncio.sleep(LOOK_EVERY)


async def last_words(kube: Kube, pod: str, container: str, lines: int = 10) -> tuple[str, ...]:
    """The end of a container's log: of its last run, or, where that is not kept, of this one."""
    for previous in (True, False):
        with suppress(ApiError):
            log = kube.logs(pod, NAMESPACE, container=container, tail=lines, previous=previous)
            if said := tuple([line async for line in log]):
                return said
    return ()


def _agent_ready(daemon_set: Object | None) -> bool:
    if daemon_set is None:
        return False
    status = daemon_set.get("status", {})
    wanted = status.get("desiredNumberScheduled", 0)
    return (
        status.get("observedGeneration", 0) >= daemon_set["metadata"].get("generation", 1)
        and wanted > 0
        and status.get("updatedNumberScheduled", 0) >= wanted
        and status.get("numberReady", 0) >= wanted
    )


def _cluster_agent_ready(deployment: Object | None) -> bool:
    if deployment is None:
        return False
    status = deployment.get("status", {})
    return (
        status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 1)
        and status.get("updatedReplicas", 0) >= 1
        and status.get("readyReplicas", 0) >= 1
    )


async def _fail_if_hopeless(kube: Kube, pods: list[Object], step: Step) -> None:
    for pod in _current(pods):
        found = trouble(pod)
        if found is None or not _hopeless(pod, found):
            continue
        name = pod["metadata"]["name"]
        step.log = await last_words(kube, name, found.ended) if found.ended else ()
        error = AgentImageError if found.pull_failed else AgentFailedError
        raise error(f"{name}: {found.words}.")


def _hopeless(pod: Object, found: Trouble) -> bool:
    starts = restarts(pod) + sum(one.get("restartCount", 0) for one in pod["status"].get("initContainerStatuses", []))
    return found.pull_failed or (found.crashing and starts >= CRASHES)


def _current(pods: list[Object]) -> list[Object]:
    return [pod for pod in pods if not pod["metadata"].get("deletionTimestamp")]


def _words(pods: list[Object]) -> str:
    """Each pod that is not ready, and why."""
    told: list[str] = []
    for pod in _current(pods):
        if not is_ready(pod):
            found = trouble(pod)
            told.append(f"{role(pod)}: {found.words if found else 'starting, or its image is being pulled'}")
    return "; ".join(told) or "waiting for its pods"


async def _log(kube: Kube, pods: list[Object]) -> tuple[str, ...]:
    for pod in _current(pods):
        if not is_ready(pod):
            return await last_words(kube, pod["metadata"]["name"], pod["spec"]["containers"][0]["name"])
    return ()
