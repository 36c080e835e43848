"""The `kind` engine: workspaces in a KIND cluster that the program itself creates, repairs and removes."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from typing import Literal

from cluster import ready, system
from cluster.config import ClusterConfig
from cluster.engine import Activity, Capability, EngineStatus, ExecSession, TerminalSize, Usage, Workspace
from cluster.errors import ClusterDownError, ClusterUnreachableError, WorkspaceNotFoundError
from cluster.kind import toolchain_image
from cluster.kind.image import workspace_image
from cluster.kind.image_build import build
from cluster.kind.image_load import load
from cluster.kind.lifecycle import Lifecycle
from cluster.kind.node import find_node, node_name
from cluster.kind.parts import parts
from cluster.kind.record import State
from cluster.kind.service_image import bring
from cluster.kube.api import Kube
from cluster.kube.connection import Connection
from cluster.names import check_name
from cluster.usage import node_usage
from cluster.workspaces import KubernetesWorkspaces
from templates.events import Event, Step, Steps, stream, together
from templates.project import Project
from templates.services import ServiceName
from templates.toolchains import ToolchainName

LOOK_EVERY = 0.5
"""Seconds between two looks whether a cluster that is not there has come."""


class KindEngine:
    """See `cluster.engine.Engine`; connections are opened when first needed and kept until `close`."""

    name: Literal["kind"] = "kind"
    lacks: Mapping[Capability, str] = {}

    def __init__(self, config: ClusterConfig) -> None:
        self._config = config
        self._lifecycle = Lifecycle(config)
        self._kubes: dict[Connection, Kube] = {}

    def up(self) -> AsyncIterator[Event]:
        return stream(self._up)

    def down(self) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            async with steps.step("cluster", f"Removing the cluster {self._config.cluster}", expected=5) as step:
                await self.close()
                await self._lifecycle.remove(step)

        return stream(work)

    async def status(self) -> EngineStatus:
        node = await find_node(self._config.cluster)
        if node is None:
            return EngineStatus("kind", "absent", detail="There is no cluster yet; `vibecode up` creates it.")
        if node.state != "running":
            return EngineStatus("kind", "stopped", detail="`vibecode up` starts it.", parts={"node": node.state})
        known = self._lifecycle.known()
        if known is None:
            detail = "Its creation was cut off, or it is not ours; `vibecode up` sees to it."
            return EngineStatus("kind", "unreachable", detail=detail, parts={"node": node.state})
        answers, _, _ = await ready.get(known[1].http_port, "localhost", "/", within=2)
        address = f"http://*.{self._config.base_domain} on 127.0.0.1:{known[1].http_port}"
        address += "" if answers else " (does not answer)"
        try:
            found, told = await asyncio.gather(
                self.workspaces(), parts(self._connect(known[0]), self._config.images, address)
            )
        except ClusterUnreachableError as error:
            return EngineStatus("kind", "unreachable", detail=error.detail, parts={"node": node.state})
        return EngineStatus("kind", "running" if answers else "starting", found, parts=told)

    async def workspaces(self) -> tuple[Workspace, ...]:
        if self._lifecycle.known() is None:
            return ()
        return await (await self._workspaces()).list()

    async def watch(self) -> AsyncGenerator[tuple[Workspace, ...]]:
        """By a connection of its own, so that a cluster that is gone is noticed soon, and `down` cuts nobody off."""
        if self._lifecycle.known() is None:
            yield ()
            while (known := self._lifecycle.known()) is None or not await self._serves(known[0]):
                await asyncio.sleep(LOOK_EVERY)
        here = await self._workspaces()
        kube = Kube(here.kube.connection, timeout=5, patience=2)
        try:
            async with aclosing(replace(here, kube=kube).watch()) as every:
                async for one in every:
                    yield one
        finally:
            await kube.close()

    async def idle_since(self) -> Mapping[str, datetime]:
        return {} if self._lifecycle.known() is None else await (await self._workspaces()).idle_since()

    async def usage(self) -> Mapping[str, Usage]:
        if self._lifecycle.known() is None:
            return {}
        return await node_usage((await self._workspaces()).kube, node_name(self._config.cluster))

    async def activity(self, name: str | None = None) -> Activity:
        if name is not None:
            return await (await self._named(name)).activity(name)
        return Activity() if self._lifecycle.known() is None else await (await self._workspaces()).activity()

    async def workspace(self, name: str) -> Workspace:
        return await (await self._named(name)).get(name)

    def create(self, name: str, project: Project) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            check_name(name)  # before the long work
            await self._up(steps)
            wanted = project.manifest.toolchains
            await toolchain_image.prepare(self._config, wanted, node_name(self._config.cluster), steps)
            image = toolchain_image.image_with(self._config, wanted)
            await replace(await self._workspaces(), image=image).create(name, project, steps)

        return stream(work)

    def start(self, name: str) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            await self._up(steps)
            await (await self._named(name)).start(name, steps)

        return stream(work)

    def stop(self, name: str) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            await (await self._named(name)).stop(name, steps)

        return stream(work)

    def delete(self, name: str) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            await (await self._named(name)).delete(name, steps)

        return stream(work)

    async def open_port(self, name: str, port: int) -> str:
        return await (await self._named(name)).open_port(name, port)

    async def entrance(self, name: str, port: int | None = None) -> str:
        return await (await self._named(name)).entrance(name, port)

    async def logs(
        self, name: str, *, service: ServiceName | None = None, follow: bool = False, tail: int | None = None
    ) -> AsyncIterator[str]:
        async for line in (await self._named(name)).logs(name, service=service, follow=follow, tail=tail):
            yield line

    async def exec(self, name: str, command: Sequence[str], *, terminal: TerminalSize | None = None) -> ExecSession:
        return await (await self._named(name)).exec(name, command, terminal=terminal)

    async def close(self) -> None:
        while self._kubes:
            _, kube = self._kubes.popitem()
            await kube.close()

    async def _up(self, steps: Steps) -> None:
        """Two requests where all is well; else the cluster, then ingress and image side by side."""
        if await self._is_up():
            return
        built = asyncio.ensure_future(self._build(steps))
        try:
            async with steps.step("cluster", f"Bringing up the cluster {self._config.cluster}", expected=25) as step:
                connection, state = await self._lifecycle.ensure(step)
            kube = self._connect(connection)
            await together(self._open_ingress(kube, state, steps), self._load(built, steps))
            await system.mark_complete(kube, self._config, self._image)
        finally:
            built.cancel()
            await asyncio.wait([built])

    async def _is_up(self) -> bool:
        if (known := self._lifecycle.known()) is None or not await self._serves(known[0]):
            return False
        answers, _, _ = await ready.get(known[1].http_port, "localhost", "/", within=2)
        return bool(answers) and await system.is_complete(self._connect(known[0]), self._config, self._image)

    async def _open_ingress(self, kube: Kube, state: State, steps: Steps) -> None:
        async with steps.step("ingress", "Opening the way in (Traefik)", expected=6) as step:
            await system.install(kube, self._config, state.http_port, step)

    async def _build(self, steps: Steps) -> None:
        async with steps.step("image", "Building the workspace image", expected=120) as step:
            await build(self._config, step)

    async def _load(self, built: "asyncio.Future[None]", steps: Steps) -> None:
        await asyncio.shield(built)
        async with steps.step("image-load", "Giving the workspace image to the cluster", expected=30) as step:
            await load(self._config, node_name(self._config.cluster), step)

    async def _mend_image(self, toolchains: Sequence[ToolchainName], step: Step) -> bool:
        """Puts our own image back into a node that lost it (the kubelet removes unused images when disk is short)."""
        if self._config.images.workspace:
            return False
        step.progress("the node no longer has the workspace image; giving it again")
        if toolchains:
            await toolchain_image.mend(self._config, toolchains, node_name(self._config.cluster), step)
        else:
            await build(self._config, step)
            await load(self._config, node_name(self._config.cluster), step)
        return True

    async def _bring_image(self, image: str, step: Step) -> None:
        await bring(self._config, image, node_name(self._config.cluster), step)

    @property
    def _image(self) -> str:
        return workspace_image(self._config)

    def _connect(self, connection: Connection) -> Kube:
        """A cluster that somebody removed and we made anew has another connection; the old one may be in use."""
        if connection not in self._kubes:
            self._kubes[connection] = Kube(connection)
        return self._kubes[connection]

    async def _serves(self, connection: Connection) -> bool:
        """Whether the API server says that it is ready: while it starts, it forbids what it will allow."""
        return await self._connect(connection).ready()

    async def _workspaces(self) -> KubernetesWorkspaces:
        known = self._lifecycle.known()
        if known is None or not await self._serves(known[0]):
            node = await find_node(self._config.cluster)
            if node is None or node.state == "running":
                raise ClusterUnreachableError("Its API server does not say that it is ready.")
            raise ClusterDownError(f"The cluster {self._config.cluster!r} is {node.state}.")
        connection, state = known
        return KubernetesWorkspaces(
            self._connect(connection),
            self._config,
            self.name,
            self._image,
            state.http_port,
            self._mend_image,
            self._bring_image,
        )

    async def _named(self, name: str) -> KubernetesWorkspaces:
        if self._lifecycle.known() is None:
            raise WorkspaceNotFoundError(f"There is no workspace {name!r}: there is no cluster yet.")
        return await self._workspaces()
