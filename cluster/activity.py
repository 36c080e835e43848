"""What runs in the cluster and what happened there, in words: pods and events, ours alone.

Source: the reasons are those of the kubelet (pkg/kubelet/events), the scheduler and the controllers.
"""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from cluster.engine import Activity, Occurrence, Unit, UnitState
from cluster.kube.api import Kube
from cluster.kube.kinds import Object
from cluster.manifests.labels import MANAGED_BY, SYSTEM_NAMESPACE, WORKSPACE_LABEL, WORKSPACES_NAMESPACE
from cluster.manifests.workspace import CONTAINER
from cluster.names import workspace_of
from cluster.pods import PodState, has_ended, pod_state

_WORDS = {
    "Scheduled": "a place on the node was found",
    "FailedScheduling": "there is no place on the node",
    "SuccessfulAttachVolume": "the volume is attached",
    "FailedAttachVolume": "the volume cannot be attached",
    "FailedMount": "the volume cannot be mounted",
    "WaitForFirstConsumer": "the volume is made once the pod has a place",
    "ExternalProvisioning": "the volume is being made",
    "Provisioning": "the volume is being made",
    "ProvisioningSucceeded": "the volume was made",
    "ProvisioningFailed": "the volume cannot be made",
    "Pulling": "the image is being pulled",
    "Pulled": "the image is there",
    "Created": "the container was made",
    "Started": "the container was started",
    "Killing": "the container is being ended",
    "BackOff": "it failed, and waits before it is tried again",
    "Failed": "it failed",
    "Unhealthy": "it did not answer when its health was asked for",
    "OOMKilling": "it was ended, since the memory was used up",
    "Evicted": "it was ended, since the node runs short",
    "Preempting": "it was ended to make room for another",
    "ScalingReplicaSet": "the number of pods was changed",
    "SuccessfulCreate": "a pod was made",
    "SuccessfulDelete": "a pod was removed",
    "FailedCreate": "a pod cannot be made",
    "FailedCreatePodSandBox": "the pod's network cannot be made",
    "SandboxChanged": "the pod is set up anew, as after a restart of the node",
    "NodeReady": "the node is ready",
    "NodeNotReady": "the node is not ready",
    "NodeHasDiskPressure": "the node's disk is nearly full",
    "NodeHasNoDiskPressure": "the node has disk space",
    "NodeHasInsufficientMemory": "the node's memory is nearly used up",
    "NodeHasSufficientMemory": "the node has memory",
    "NodeHasInsufficientPID": "the node has nearly too many processes",
    "NodeHasSufficientPID": "the node has room for processes",
    "Rebooted": "the node was started again",
}


async def activity(kube: Kube) -> Activity:
    """Of all workspaces, of the system's pods, and of the nodes."""
    places = (SYSTEM_NAMESPACE, WORKSPACES_NAMESPACE)
    pods = [kube.list("Pod", place, labels=MANAGED_BY) for place in places]
    events = [kube.list("Event", place) for place in places]
    nodes = kube.list("Event", "default", fields="involvedObject.kind=Node")
    found, told = await asyncio.gather(asyncio.gather(*pods), asyncio.gather(*events, nodes))
    return _activity((one for some in found for one in some), (one for some in told for one in some))


async def workspace_activity(kube: Kube, name: str) -> Activity:
    """Of one workspace; events stay for an hour, also those of one that had the name before."""
    pods, events = await asyncio.gather(
        kube.list("Pod", WORKSPACES_NAMESPACE, labels={WORKSPACE_LABEL: name}), kube.list("Event", WORKSPACES_NAMESPACE)
    )
    told = _activity(pods, events)
    return Activity(told.units, tuple(one for one in told.occurrences if one.workspace == name))


def unit(pod: Object) -> Unit:
    """A pod of ours, which has one container, as a person is to see it."""
    metadata, status = pod["metadata"], pod.get("status", {})
    name = pod["spec"]["containers"][0]["name"]
    what = "the editor" if name == CONTAINER else name
    statuses: list[Object] = status.get("containerStatuses", [])
    container = next((one for one in statuses if one["name"] == name), dict[str, Any]())
    seen = pod_state(pod, name)
    return Unit(
        kind="Pod",
        name=metadata["name"],
        state=_state(pod, seen),
        words=_running_words(what, container) if seen.running else seen.words,
        since=_time(metadata.get("creationTimestamp")),
        restarts=container.get("restartCount", 0),
        workspace=metadata.get("labels", {}).get(WORKSPACE_LABEL),
    )


def occurrence(event: Object) -> Occurrence:
    """A Kubernetes event; newer ones count in `series`, older ones by themselves."""
    about, metadata = event["involvedObject"], event["metadata"]
    series: Object = event.get("series") or {}
    kind, name = about.get("kind", ""), about.get("name", "")
    last = series.get("lastObservedTime") or event.get("lastTimestamp")
    at = last or event.get("eventTime") or metadata.get("creationTimestamp")
    message, reason = (event.get("message") or "").strip(), event.get("reason") or kind
    return Occurrence(
        time=_time(at) or datetime.fromtimestamp(0, UTC),
        kind=kind,
        name=name,
        reason=reason,
        message=message,
        words=_WORDS.get(reason) or message or reason,
        count=max(series.get("count") or 0, event.get("count") or 0, 1),
        warning=event.get("type") == "Warning",
        workspace=workspace_of(kind, name) if metadata.get("namespace") == WORKSPACES_NAMESPACE else None,
    )


def _activity(pods: Iterable[Object], events: Iterable[Object]) -> Activity:
    units = sorted(map(unit, pods), key=lambda one: (one.workspace or "", one.name))
    ordered = sorted(events, key=lambda one: one["metadata"]["name"].rpartition(".")[2])  # its nanosecond, in hex
    return Activity(tuple(units), tuple(sorted(map(occurrence, ordered), key=lambda one: one.time)))


def _state(pod: Object, seen: PodState) -> UnitState:
    if pod["metadata"].get("deletionTimestamp"):
        return "ending"
    if seen.running:
        return "running"
    return "failed" if seen.error is not None or has_ended(pod) else "starting"


def _running_words(what: str, container: Object) -> str:
    if container.get("ready"):
        return f"{what} runs"
    return f"{what} runs, but does not answer" if container.get("started") else f"{what} is starting"


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
