"""What a workspace's pod is doing, in words, and when that means failure."""

from collections.abc import Sequence
from dataclasses import dataclass

from cluster.errors import ImagePullError, WorkspaceFailedError
from cluster.kube.kinds import Object
from cluster.manifests.workspace import CONTAINER
from templates.errors import VibeCodeError

_PULL_FAILED = {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"}
_CANNOT_START = {"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "CrashLoopBackOff"}


@dataclass(frozen=True, slots=True)
class PodState:
    """One pod as its workspace needs it: does its container run and answer, and if not, why, in words."""

    name: str
    running: bool
    words: str
    error: VibeCodeError | None = None
    ready: bool = False


def current_pod(pods: Sequence[Object]) -> Object | None:
    """The pod that counts: the newest that neither ended nor is being deleted; else the newest."""
    if not pods:
        return None
    return max(pods, key=lambda pod: (_alive(pod), pod["metadata"].get("creationTimestamp") or ""))


def pod_state(pod: Object, container_name: str = CONTAINER) -> PodState:
    """A pod's state from its status; `error` is set where waiting longer cannot help."""
    name, status = pod["metadata"]["name"], pod.get("status", {})
    what = "the editor" if container_name == CONTAINER else container_name
    if pod["metadata"].get("deletionTimestamp"):
        return PodState(name, False, "the old pod is ending")
    if status.get("phase") == "Failed":
        reason = status.get("reason") or "failed"
        return PodState(name, False, f"the pod was ended ({reason}): {status.get('message') or 'no reason given'}")
    container = next((one for one in status.get("containerStatuses", []) if one.get("name") == container_name), None)
    if container is None:
        return PodState(name, False, _unscheduled(status) or "preparing the volume")
    state = container.get("state", {})
    if "running" in state:
        return PodState(name, True, f"{what} is starting", ready=bool(container.get("ready")))
    waiting, ended = state.get("waiting", {}), state.get("terminated", {})
    reason, message = waiting.get("reason") or ended.get("reason") or "", waiting.get("message") or ""
    if reason in _PULL_FAILED:
        return PodState(name, False, f"the image {container.get('image')} cannot be pulled", ImagePullError(
            f"{container.get('image')}: {message or reason}"))  # fmt: skip
    if reason in _CANNOT_START:
        last = container.get("lastState", {}).get("terminated", {})
        code = f" (its last exit code was {last['exitCode']})" if "exitCode" in last else ""
        error = WorkspaceFailedError(f"{reason}: {message or f'{what} ends as soon as it starts'}{code}.")
        return PodState(name, False, f"{what} does not start ({reason})", error)
    if ended:
        return PodState(name, False, f"{what} ended with exit code {ended.get('exitCode')} and is started again")
    return PodState(name, False, "preparing the container" if reason == "ContainerCreating" else reason or "waiting")


def has_ended(pod: Object) -> bool:
    """Whether it ended for good, as an evicted pod does; Kubernetes keeps it to be looked at."""
    return pod.get("status", {}).get("phase") in ("Failed", "Succeeded")


def _alive(pod: Object) -> bool:
    return not has_ended(pod) and not pod["metadata"].get("deletionTimestamp")


def _unscheduled(status: Object) -> str | None:
    for condition in status.get("conditions", []):
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            return f"waiting for a place on the node: {condition.get('message') or condition.get('reason')}"
    return None
