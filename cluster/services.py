"""The services beside workspaces in a Kubernetes cluster: made with them, stopped, started and removed with them."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from cluster import waiting
from cluster.config import ClusterConfig
from cluster.errors import ApiError
from cluster.kube.api import Kube
from cluster.kube.kinds import Object
from cluster.manifests import service as manifests
from cluster.manifests.labels import WORKSPACE_LABEL, WORKSPACES_NAMESPACE
from templates.events import Step, Steps, together
from templates.services import SERVICES, ServiceName

BringImage = Callable[[str, Step], Awaitable[None]]
"""Sees to it that a node has the image, where it cannot get it by itself."""


@dataclass(frozen=True, slots=True)
class Services:
    """Every method can be called again after any interruption."""

    kube: Kube
    config: ClusterConfig
    bring_image: BringImage

    async def prepare(self, workspace: str, services: Sequence[ServiceName]) -> None:
        """Makes all but what runs: from here on the workspace's pod finds the credentials that it is started with."""
        for service in services:
            await self._create(manifests.secret(workspace, service, secrets.token_hex(24), self.config))
            await together(*(self.kube.apply(one) for one in manifests.parts(workspace, service, self.config)))
            await self._create(manifests.stateful_set(workspace, service, self.config))

    async def start(self, workspace: str, steps: Steps) -> None:
        """Returns once each can be used. Raises ImagePullError, ImageLoadError, WorkspaceFailedError, NotReadyError."""
        await together(*(self._start(workspace, one, steps) for one in await self._all(workspace)))

    async def stop(self, workspace: str) -> None:
        """Tells each to end; their pods are waited for with the workspace's own."""
        for one in await self._all(workspace):
            await self._scale(one, 0)

    async def remove(self, workspace: str) -> None:
        for one in await self._all(workspace):
            await self.kube.delete("StatefulSet", one["metadata"]["name"], WORKSPACES_NAMESPACE)

    async def _start(self, workspace: str, stateful_set: Object, steps: Steps) -> None:
        [container] = stateful_set["spec"]["template"]["spec"]["containers"]
        service = SERVICES[container["name"]]  # as the manifest names it
        async with steps.step(service.name, f"Starting {service.title} beside {workspace}", expected=5) as step:
            await self.bring_image(container["image"], step)
            await self._scale(stateful_set, 1)
            await waiting.until_service_ready(self.kube, stateful_set["metadata"]["name"], service.name, step)

    async def _scale(self, stateful_set: Object, replicas: int) -> None:
        name = stateful_set["metadata"]["name"]
        await self.kube.patch("StatefulSet", name, WORKSPACES_NAMESPACE, {"spec": {"replicas": replicas}})

    async def _all(self, workspace: str) -> list[Object]:
        return await self.kube.list("StatefulSet", WORKSPACES_NAMESPACE, labels={WORKSPACE_LABEL: workspace})

    async def _create(self, wanted: Object) -> None:
        """Makes what is made once and then stays as it is."""
        try:
            await self.kube.create(wanted)
        except ApiError as error:
            if error.reason != "AlreadyExists":
                raise
