"""The Agent's pods, as Kubernetes tells of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from cluster.datadog.agent.names import AGENT
from cluster.kube.kinds import Object

_PULL_FAILED = {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"}
_CANNOT_START = {"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "CrashLoopBackOff"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a container does not run; `ended` names the one whose log tells more, if one has run."""

    words: str
    image: str = ""
    ended: str = ""
    crashing: bool = False

    @property
    def pull_failed(self) -> bool:
        return bool(self.image)


def is_ready(pod: Object) -> bool:
    conditions = pod.get("status", {}).get("conditions", [])
    return any(one.get("type") == "Ready" and one.get("status") == "True" for one in conditions)


def role(pod: Object) -> str:
    return "agent" if pod["metadata"].get("labels", {}).get("app.kubernetes.io/name") == AGENT else "cluster-agent"


def restarts(pod: Object) -> int:
    return sum(one.get("restartCount", 0) for one in pod.get("status", {}).get("containerStatuses", []))


def image_tag(pod: Object) -> str:
    """The tag of the first container's image; all of it where there is none."""
    image = pod["spec"]["containers"][0]["image"]
    name, _, tag = image.partition("@")[0].rpartition(":")
    return image if not name or "/" in tag else tag


def trouble(pod: Object) -> Trouble | None:
    """What keeps the pod from running; None where it runs or is on its way."""
    return next(_troubles(pod), None)


def _troubles(pod: Object) -> Iterator[Trouble]:
    status = pod.get("status", {})
    if status.get("phase") == "Failed":
        yield Trouble(f"the pod was ended ({status.get('reason') or 'failed'}): {status.get('message') or ''}".strip())
    for condition in status.get("conditions", []):
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            yield Trouble(f"there is no place for it on the node: {condition.get('message') or ''}".strip(": "))
    for container in (*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])):
        waiting = container.get("state", {}).get("waiting", {})
        reason, message = waiting.get("reason") or "", waiting.get("message") or ""
        last = container.get("lastState", {}).get("terminated") or container.get("state", {}).get("terminated", {})
        if reason in _PULL_FAILED:
            image = container.get("image") or "its image"
            yield Trouble(f"{image} cannot be pulled: {message or reason}", image=image)
        elif reason in _CANNOT_START:
            ended = f"it ended with exit code {last['exitCode']}" if "exitCode" in last else ""
            if last.get("reason") == "OOMKilled":
                ended = "it needed more memory than its limit allows"
            told = ": ".join(filter(None, [ended, message if reason != "CrashLoopBackOff" else ""]))
            name = container.get("name", "")
            crashing = reason == "CrashLoopBackOff"
            yield Trouble(f"{name} does not start ({reason}): {told}".rstrip(": "), ended=name, crashing=crashing)
