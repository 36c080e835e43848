"""Making a workspace: claim the name, make the objects, then volume, pod, files and first page side by side."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from cluster import ready, seed, waiting
from cluster.config import ClusterConfig
from cluster.editor import home_files
from cluster.errors import ApiError, SeedError, WorkspaceExistsError
from cluster.kube.api import Kube
from cluster.lease import creating
from cluster.manifests import packages
from cluster.manifests import workspace as manifests
from cluster.manifests.labels import DIGEST_ANNOTATION, SEEDED_ANNOTATION, WORKSPACES_NAMESPACE
from cluster.manifests.workspace import CONTAINER, Address
from cluster.services import Services
from cluster.task_log import task_log_files
from templates.events import Step, Steps, together
from templates.project import Project


@dataclass(frozen=True, slots=True)
class Creation:
    """One workspace to be made; `run` can be called again after any interruption and goes on where it stopped."""

    kube: Kube
    config: ClusterConfig
    address: Address
    image: str
    mend_image: Callable[[Step], Awaitable[bool]]
    services: Services

    async def run(self, project: Project, steps: Steps) -> None:
        """Raises WorkspaceExistsError where the name is taken, by a finished workspace or by another creator."""
        name = self.address.name
        home = (*task_log_files(), *home_files(project))
        files = seed.Seed(project.files, home, await asyncio.to_thread(lambda: project.digest))
        async with AsyncExitStack() as held:
            async with steps.step("workspace", f"Creating the workspace {name}", expected=0.3) as step:
                await held.enter_async_context(creating(self.kube, name, step))
                if await self._claim(project, files.digest):
                    step.note = "going on where it stopped"
                own = manifests.parts(self.address, project.manifest.ports, self.config)
                objects = [*own, *packages.claim(self.config)]
                await self.services.prepare(name, project.manifest.services)
                await together(*(self.kube.apply(one) for one in objects))
                # Only now, since a pod that finds no volume claim is not looked at again for seconds.
                await self.kube.patch("Deployment", name, WORKSPACES_NAMESPACE, {"spec": {"replicas": 1}})
            await together(self._fill_and_open(files, steps), self.services.start(name, steps))
            done = {"metadata": {"annotations": {SEEDED_ANNOTATION: "true"}}}
            await self.kube.patch("Deployment", name, WORKSPACES_NAMESPACE, done)

    async def _claim(self, project: Project, digest: str) -> bool:
        """Makes the Deployment, without a pod yet (False), or finds the same one unfinished (True)."""
        name = self.address.name
        wanted = manifests.deployment(self.address, project.manifest, digest, self.image, self.config)
        try:
            await self.kube.create(wanted)
        except ApiError as error:
            if error.reason != "AlreadyExists":
                raise
        else:
            return False
        there = await self.kube.get("Deployment", name, WORKSPACES_NAMESPACE) or {"metadata": {}}
        notes = there["metadata"].get("annotations", {})
        if notes.get(SEEDED_ANNOTATION) == "true":
            hint = f"Choose another name, or open it: `vibecode open {name}`."
            raise WorkspaceExistsError(f"There is a workspace {name!r} already.", hint=hint)
        if notes.get(DIGEST_ANNOTATION) != digest:
            hint = f"`vibecode delete {name}` removes it; or choose another name."
            raise WorkspaceExistsError(f"{name!r} was begun from something else and not finished.", hint=hint)
        await self.kube.patch(
            "Deployment", name, WORKSPACES_NAMESPACE, {"spec": {"template": wanted["spec"]["template"]}}
        )
        return True

    async def _fill_and_open(self, files: seed.Seed, steps: Steps) -> None:
        running, filled = asyncio.Event(), asyncio.Event()
        pod = ""

        async def start() -> None:
            nonlocal pod
            async with steps.step("pod", "Preparing the volume and starting the editor", expected=4) as step:
                pod = await self._until_running(step)
            running.set()

        async def fill() -> None:
            await running.wait()
            async with steps.step("seed", f"Copying {len(files.files)} files", expected=0.5) as step:
                await self._seed(files, step)
            filled.set()

        async def open_page() -> None:
            nonlocal pod
            await running.wait()
            async with steps.step("ready", "Opening the editor's first page", expected=1.5) as step:
                await ready.editor_ready(self.address, progress=step.progress)
                await filled.wait()
                while await waiting.was_replaced(self.kube, self.address.name, pod):
                    step.progress("the pod was replaced; opening the page of the new one")
                    pod = await self._until_running(step)
                    await ready.editor_ready(self.address, progress=step.progress)

        await together(start(), fill(), open_page())

    async def _seed(self, files: seed.Seed, step: Step) -> None:
        for last in (False, False, True):
            pod = await self._until_running(step)
            try:
                session = await self.kube.exec(
                    pod, WORKSPACES_NAMESPACE, files.command(), container=CONTAINER, stdin=True
                )
                try:
                    await seed.send(session, files, step)
                finally:
                    await session.close()
                return
            except (ApiError, SeedError):
                if last or not await waiting.was_replaced(self.kube, self.address.name, pod):
                    raise
                step.progress("the pod was replaced; beginning again in the new one")

    async def _until_running(self, step: Step) -> str:
        return await waiting.until_running(self.kube, self.address.name, step, mend_image=self.mend_image)
