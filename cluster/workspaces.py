"""Workspaces in any Kubernetes cluster that has our system objects: the part that `kind` and `context` share."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from cluster import ready, waiting
from cluster.activity import activity, workspace_activity
from cluster.config import ClusterConfig
from cluster.creation import Creation
from cluster.engine import Activity, EngineName, ExecSession, TerminalSize, Workspace, WorkspaceState
from cluster.errors import ApiError, WorkspaceNotFoundError, WorkspaceStoppedError
from cluster.extensions import install_extensions
from cluster.kube.api import Kube
from cluster.kube.kinds import Object
from cluster.manifests import workspace as manifests
from cluster.manifests.labels import (
    EDITORS,
    INSTANCE_LABEL,
    MANAGED_BY,
    PORTS_ANNOTATION,
    PROJECT_ANNOTATION,
    SEEDED_ANNOTATION,
    WORKSPACE_LABEL,
    WORKSPACES_NAMESPACE,
)
from cluster.manifests.service import service_name
from cluster.manifests.workspace import CONTAINER, HOME, PROJECT_FOLDER, Address
from cluster.names import check_name
from cluster.pods import PodState, current_pod, pod_state
from cluster.service_states import no_such_service, service_states
from cluster.services import BringImage, Services
from cluster.watching import watched
from templates.events import Step, Steps, together
from templates.project import Project
from templates.services import SERVICES, ServiceName
from templates.toolchains import ToolchainName

MendImage = Callable[[Sequence[ToolchainName], Step], Awaitable[bool]]
"""Puts the image with these toolchains back into a node that lacks it; whether it is there now."""

ASKED_AT_ONCE = 16
"""Editors that are asked for their last heartbeat at the same time."""


@dataclass(frozen=True, slots=True)
class KubernetesWorkspaces:
    """Makes, lists and removes workspaces through the API; every method can be called again.

    `image` is that of the workspaces that it makes. `mend_image` is asked when a node lacks a workspace's image,
    `bring_image` gives the nodes a service's.
    """

    kube: Kube
    config: ClusterConfig
    engine: EngineName
    image: str
    http_port: int
    mend_image: MendImage
    bring_image: BringImage

    async def list(self) -> tuple[Workspace, ...]:
        found = await self._seen()
        beats = await self._heartbeats(found)
        return tuple(replace(one, idle_since=beats.get(one.name)) for one in found)

    async def get(self, name: str) -> Workspace:
        own = self.kube.list("Pod", WORKSPACES_NAMESPACE, labels={WORKSPACE_LABEL: name})
        deployment, pods = await asyncio.gather(self._deployment(name), own)
        found = self.seen(deployment, pods)
        return replace(found, idle_since=(await self._heartbeats([found])).get(name))

    def watch(self) -> AsyncGenerator[tuple[Workspace, ...]]:
        """See `cluster.engine.Engine.watch`; the API client is to be one with little patience."""
        return watched(self.kube, self.seen)

    async def idle_since(self) -> dict[str, datetime]:
        return await self._heartbeats(await self._seen())

    async def activity(self, name: str | None = None) -> Activity:
        if name is None:
            return await activity(self.kube)
        _, told = await asyncio.gather(self._deployment(name), workspace_activity(self.kube, name))
        return told

    async def create(self, name: str, project: Project, steps: Steps) -> None:
        address = self._address(check_name(name))
        mend_image = partial(self.mend_image, project.manifest.toolchains)
        await Creation(self.kube, self.config, address, self.image, mend_image, self._services).run(project, steps)
        if project.manifest.extensions:
            async with steps.step("extensions", "Installing the template's extensions") as step:
                await install_extensions(self.exec, name, project.manifest.extensions, step)

    async def start(self, name: str, steps: Steps) -> None:
        mend_image = partial(self.mend_image, _project(await self._deployment(name)).get("toolchains", ()))

        async def start_editor() -> None:
            async with steps.step("ready", f"Starting {name}", expected=3) as step:
                await self._scale(name, 1)
                await waiting.until_running(self.kube, name, step, mend_image=mend_image)
                await ready.editor_ready(self._address(name), progress=step.progress)

        await together(start_editor(), self._services.start(name, steps))

    async def stop(self, name: str, steps: Steps) -> None:
        await self._deployment(name)
        async with steps.step("stop", f"Stopping {name}", expected=2) as step:
            await self._scale(name, 0)
            await self._services.stop(name)
            step.progress("waiting for the editor to end")
            await waiting.until_gone(self.kube, name)

    async def delete(self, name: str, steps: Steps) -> None:
        """The Deployment goes last: while it is there, a delete that was cut off can be called again."""
        await self._deployment(name)
        async with steps.step("delete", f"Deleting {name} and its files", expected=3) as step:
            for kind in ("Ingress", "NetworkPolicy", "Service", "RoleBinding", "Role", "Secret", "Lease"):
                for one in await self.kube.list(kind, WORKSPACES_NAMESPACE, labels={WORKSPACE_LABEL: name}):
                    await self.kube.delete(kind, one["metadata"]["name"], WORKSPACES_NAMESPACE)
            await self._scale(name, 0)
            await self._services.remove(name)
            step.progress("waiting for the editor to end")
            await waiting.until_gone(self.kube, name)
            step.progress("removing what it kept")
            for one in await self.kube.list(
                "PersistentVolumeClaim", WORKSPACES_NAMESPACE, labels={WORKSPACE_LABEL: name}
            ):
                await self.kube.delete("PersistentVolumeClaim", one["metadata"]["name"], WORKSPACES_NAMESPACE)
            await waiting.until_volumes_gone(self.kube, name)
            await self.kube.delete("Deployment", name, WORKSPACES_NAMESPACE)

    async def open_port(self, name: str, port: int) -> str:
        """Adds the port's host name to the Ingress and waits until it is known there; its address."""
        while port not in (ports := _ports(deployment := await self._deployment(name))):
            change = {
                "resourceVersion": deployment["metadata"]["resourceVersion"],  # another copy may add one just now
                "annotations": {PORTS_ANNOTATION: json.dumps(sorted({*ports, port}))},
            }
            try:
                await self.kube.patch("Deployment", name, WORKSPACES_NAMESPACE, {"metadata": change})
            except ApiError as error:
                if error.status != 409:
                    raise
        address = self._address(name)
        await self.kube.apply(manifests.ingress(address, ports, self.config))
        await ready.route_ready(address, port)
        return address.port_url(port)

    async def entrance(self, name: str, port: int | None = None) -> str:
        address = self._address((await self._deployment(name))["metadata"]["name"])
        return address.url if port is None else address.port_url(port)

    async def logs(
        self, name: str, *, service: ServiceName | None = None, follow: bool = False, tail: int | None = None
    ) -> AsyncIterator[str]:
        deployment = await self._deployment(name)
        if service is None:
            pods, container = await waiting.pods(self.kube, name), CONTAINER
        elif service in _services_of(deployment):
            labels, container = {INSTANCE_LABEL: service_name(name, service)}, service
            pods = await self.kube.list("Pod", WORKSPACES_NAMESPACE, labels=labels)
        else:
            raise no_such_service(name, service)
        pod = current_pod(pods)
        if pod is None:
            hint = f"`vibecode start {name}` starts it."
            raise WorkspaceStoppedError(f"{name!r} is stopped, so there is no log.", hint=hint)
        pod_name = pod["metadata"]["name"]
        async for line in self.kube.logs(pod_name, WORKSPACES_NAMESPACE, container=container, follow=follow, tail=tail):
            yield line

    async def exec(self, name: str, command: Sequence[str], *, terminal: TerminalSize | None = None) -> ExecSession:
        await self._deployment(name)
        pod = current_pod(await waiting.pods(self.kube, name))
        if pod is None or not pod_state(pod).running:
            hint = f"`vibecode start {name}` starts it."
            raise WorkspaceStoppedError(f"{name!r} is not running, so nothing can run in it.", hint=hint)
        inside = ("sh", "-c", f'cd {PROJECT_FOLDER} 2>/dev/null || cd {HOME}; exec "$@"', "sh", *command)
        return await self.kube.exec(
            pod["metadata"]["name"], WORKSPACES_NAMESPACE, inside, container=CONTAINER, stdin=True, terminal=terminal
        )

    @property
    def _services(self) -> Services:
        return Services(self.kube, self.config, self.bring_image)

    async def _scale(self, name: str, replicas: int) -> None:
        await self.kube.patch("Deployment", name, WORKSPACES_NAMESPACE, {"spec": {"replicas": replicas}})

    async def _deployment(self, name: str) -> Object:
        found = await self.kube.get("Deployment", name, WORKSPACES_NAMESPACE)
        if found is None or WORKSPACE_LABEL not in found["metadata"].get("labels", {}):
            raise WorkspaceNotFoundError(f"There is no workspace {name!r}.")
        return found

    def _address(self, name: str) -> Address:
        return Address(name, self.config.base_domain, self.http_port)

    def seen(self, deployment: Object, pods: Sequence[Object]) -> Workspace:
        """A workspace as its Deployment, its pods and those of its services tell of it, without `idle_since`."""
        name, notes = deployment["metadata"]["name"], deployment["metadata"].get("annotations", {})
        address, pod = self._address(name), current_pod([one for one in pods if _is_editor(one)])
        state = pod_state(pod) if pod is not None else None
        project = _project(deployment)
        word: WorkspaceState = "creating"
        if state is not None and state.error is not None:
            word = "failed"
        elif notes.get(SEEDED_ANNOTATION) == "true":
            word = "stopped" if not deployment["spec"].get("replicas") else "running" if _runs(state) else "creating"
        return Workspace(
            name=name,
            url=address.url,
            state=word,
            engine=self.engine,
            template=project.get("template"),
            created=_time(deployment["metadata"].get("creationTimestamp")),
            ports={port: address.port_url(port) for port in _ports(deployment)},
            reason=None if state is None or state.running else state.words,
            user=project.get("user") or None,
            services=service_states(
                name, _services_of(deployment), pods, wanted=bool(deployment["spec"].get("replicas"))
            ),
        )

    async def _seen(self) -> tuple[Workspace, ...]:
        """All, sorted by name, without `idle_since`."""
        deployments, pods = await asyncio.gather(
            self.kube.list("Deployment", WORKSPACES_NAMESPACE, labels=EDITORS),
            self.kube.list("Pod", WORKSPACES_NAMESPACE, labels=MANAGED_BY),
        )
        found = (self.seen(one, _pods_of(one, pods)) for one in deployments)
        return tuple(sorted(found, key=lambda one: one.name))

    async def _heartbeats(self, found: Sequence[Workspace]) -> dict[str, datetime]:
        """Of those that run and answer, by name."""
        running, free = [one.name for one in found if one.state == "running"], asyncio.Semaphore(ASKED_AT_ONCE)

        async def ask(name: str) -> datetime | None:
            async with free:
                return await ready.last_heartbeat(self.http_port, self._address(name).authority)

        beats = zip(running, await asyncio.gather(*map(ask, running)), strict=True)
        return {name: beat for name, beat in beats if beat is not None}


def _pods_of(deployment: Object, pods: Sequence[Object]) -> list[Object]:
    name = deployment["metadata"]["name"]
    return [pod for pod in pods if pod["metadata"]["labels"].get(WORKSPACE_LABEL) == name]


def _is_editor(pod: Object) -> bool:
    return EDITORS.items() <= pod["metadata"]["labels"].items()


def _services_of(deployment: Object) -> tuple[ServiceName, ...]:
    project = json.loads(deployment["metadata"].get("annotations", {}).get(PROJECT_ANNOTATION) or "{}")
    return tuple(one for one in SERVICES if one in project.get("services", ()))


def _runs(state: PodState | None) -> bool:
    return state is not None and state.running


def _project(deployment: Object) -> dict[str, Any]:
    """What the workspace was made from, as far as its Deployment says."""
    return json.loads(deployment["metadata"].get("annotations", {}).get(PROJECT_ANNOTATION, "{}"))


def _ports(deployment: Object) -> tuple[int, ...]:
    return tuple(json.loads(deployment["metadata"].get("annotations", {}).get(PORTS_ANNOTATION) or "[]"))


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
