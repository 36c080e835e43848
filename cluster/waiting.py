"""Waiting for a workspace's pod: from its watch, with the reason in words, and an end where waiting cannot help."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

from cluster.errors import ApiError, ImagePullError, NotReadyError
from cluster.kube.api import Kube
from cluster.kube.kinds import Object
from cluster.manifests.labels import WORKSPACE_LABEL, WORKSPACES_NAMESPACE
from cluster.manifests.workspace import CONTAINER
from cluster.pods import PodState, current_pod, has_ended, pod_state
from templates.events import Step

LOOK_EVERY = 0.1
"""Seconds between two looks at what is ending."""

START_WITHIN = 600.0
"""Seconds until a container must run; an image that is still being pulled is why it is long."""


async def pods(kube: Kube, name: str) -> list[Object]:
    """The editor's pods of one workspace; more than one while it is being replaced."""
    return await kube.list("Pod", WORKSPACES_NAMESPACE, labels=_selector(name))


async def until_running(
    kube: Kube, name: str, step: Step, *, mend_image: Callable[[Step], Awaitable[bool]], within: float = START_WITHIN
) -> str:
    """The pod's name once the editor's container runs.

    `mend_image` is asked once if the image cannot be pulled; True means that it is in the node now.
    Raises ImagePullError, WorkspaceFailedError, or NotReadyError after `within` seconds.
    """
    editor = Watched(_selector(name), CONTAINER, "the editor", lambda state: state.running)
    try:
        return await _watched(kube, editor, step, within)
    except ImagePullError:
        if not await mend_image(step):
            raise
    for pod in await pods(kube, name):  # a new pod, since the kubelet waits longer and longer with the old one
        await kube.delete("Pod", pod["metadata"]["name"], WORKSPACES_NAMESPACE)
    return await _watched(kube, editor, step, within)


async def until_service_ready(
    kube: Kube, name: str, container: str, step: Step, *, within: float = START_WITHIN
) -> None:
    """Returns once the service whose objects are called `name` can be used; raises as `until_running` does."""
    service = Watched({"app.kubernetes.io/instance": name}, container, container, lambda state: state.ready)
    await _watched(kube, service, step, within)


async def until_gone(kube: Kube, name: str) -> None:
    """Returns once no pod of the workspace is left; one that was evicted goes only if it is told to."""
    while left := await kube.list("Pod", WORKSPACES_NAMESPACE, labels={WORKSPACE_LABEL: name}):
        for pod in left:
            if has_ended(pod):
                await kube.delete("Pod", pod["metadata"]["name"], WORKSPACES_NAMESPACE)
        await asyncio.sleep(LOOK_EVERY)


async def until_volumes_gone(kube: Kube, name: str) -> None:
    """Returns once no volume claim of the workspace is left."""
    while await kube.list("PersistentVolumeClaim", WORKSPACES_NAMESPACE, labels={WORKSPACE_LABEL: name}):
        await asyncio.sleep(LOOK_EVERY)


async def was_replaced(kube: Kube, name: str, pod: str) -> bool:
    """Whether the editor no longer runs in `pod` (evicted, deleted, ended)."""
    current = current_pod(await pods(kube, name))
    return current is None or current["metadata"]["name"] != pod or not pod_state(current).running


@dataclass(frozen=True, slots=True)
class Watched:
    """The pods with these labels, of which one is waited for; `what` stands for its container in words."""

    labels: Mapping[str, str]
    container: str
    what: str
    arrived: Callable[[PodState], bool]


async def _watched(kube: Kube, watched: Watched, step: Step, within: float) -> str:
    start, words, seen = monotonic(), "there is no pod yet", ""
    try:
        async with asyncio.timeout(within):
            async for pod in _current(kube, watched.labels):
                state = pod_state(pod, watched.container)
                seen = state.name
                if watched.arrived(state):
                    return state.name
                if state.error is not None:
                    step.log = await _why(kube, state.name, watched.container)
                    raise state.error
                if state.words != words:
                    words = state.words
                    step.progress(words)
    except TimeoutError:
        step.log = await _why(kube, seen, watched.container) if seen else ()
    raise NotReadyError(f"After {monotonic() - start:.0f} s {watched.what} still does not run: {words}.")


async def _current(kube: Kube, labels: Mapping[str, str]) -> AsyncIterator[Object]:
    known: dict[str, Object] = {}
    async for event in kube.watch("Pod", WORKSPACES_NAMESPACE, labels=labels):
        if event.type == "DELETED":
            known.pop(event.object["metadata"]["name"], None)
        else:
            known[event.object["metadata"]["name"]] = event.object
        if pod := current_pod(list(known.values())):
            yield pod


async def _why(kube: Kube, pod: str, container: str) -> tuple[str, ...]:
    """The pod's warnings and the end of its log: what explains a failure."""
    events = await kube.list("Event", WORKSPACES_NAMESPACE, fields=f"involvedObject.name={pod}")
    said = [f"{one.get('reason')}: {one.get('message')}" for one in events if one.get("type") == "Warning"]
    with suppress(ApiError):  # where no container has started there is no log
        said += [line async for line in kube.logs(pod, WORKSPACES_NAMESPACE, container=container, tail=10)]
    return tuple(said[-15:])


def _selector(name: str) -> dict[str, str]:
    return {WORKSPACE_LABEL: name, "app.kubernetes.io/component": "workspace"}
