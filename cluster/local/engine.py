"""The `local` engine: code-server as processes of this user, for machines without Docker."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from cluster import ready
from cluster.config import ClusterConfig
from cluster.engine import (
    Activity,
    Capability,
    EngineStatus,
    ExecSession,
    TerminalSize,
    Usage,
    Workspace,
)
from cluster.errors import ClusterDownError, WorkspaceNotFoundError, WorkspaceStoppedError
from cluster.extensions import install_extensions
from cluster.local import creation, hosting, log, removal, services
from cluster.local.activity import activity
from cluster.local.contact import Contact, Order, ask, read_contact
from cluster.local.editor import environment
from cluster.local.folders import LocalFolder, WorkspaceFolder
from cluster.local.install import tools
from cluster.local.install.install import install_code_server
from cluster.local.install.program import find_program
from cluster.local.launch import Launch
from cluster.local.limits import Limits, confine, parse_memory
from cluster.local.listing import Found, Listing
from cluster.local.parts import parts
from cluster.local.records import add_port, names, read_process, read_record
from cluster.local.service_states import service_log
from cluster.local.session import PipedSession, TerminalSession
from cluster.local.threads import in_thread
from cluster.local.usage import Meter
from cluster.local.watching import watched
from cluster.names import check_name
from templates.events import Event, Steps, stream, together
from templates.project import Project
from templates.services import ServiceName


class LocalEngine:
    """See `cluster.engine.Engine`; `entrance` gives the address by which a browser gets in."""

    name: Literal["local"] = "local"
    lacks: Mapping[Capability, str] = {
        "network-isolation": "Local workspaces are processes of this user, on this machine's own network.",
        "autoscaling": "There is one process for each local workspace, and no cluster to add more.",
        "datadog-cluster-agent": "The Cluster Agent watches Kubernetes, which is not there for local workspaces.",
    }

    def __init__(self, config: ClusterConfig) -> None:
        self._config = config
        self._folder = LocalFolder(config.home)
        self._listing = Listing(self._folder, config)
        self._meter = Meter(self._folder)

    def up(self) -> AsyncIterator[Event]:
        return stream(self._up)

    def down(self) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            async with steps.step("down", "Removing the local workspaces", expected=1) as step:
                await removal.remove_all(self._folder, step)

        return stream(work)

    async def status(self) -> EngineStatus:
        contact = read_contact(self._folder)
        if contact is None and not names(self._folder):
            return EngineStatus("local", "absent", detail="There are no local workspaces yet; `vibecode up` begins.")
        found = await hosting.find_host(self._folder)
        told = await asyncio.to_thread(parts, self._folder, found)
        if found is None:
            return EngineStatus("local", "stopped", await self.workspaces(), "`vibecode up` starts it.", told)
        return EngineStatus("local", "running", await self.workspaces(), parts=told)

    async def workspaces(self) -> tuple[Workspace, ...]:
        host = await hosting.find_host(self._folder)
        found = await asyncio.to_thread(self._listing.all, host)
        beats = await self._heartbeats(found, host)
        return tuple(replace(one, idle_since=beats.get(one.name)) for one in found)

    def watch(self) -> AsyncGenerator[tuple[Workspace, ...]]:
        return watched(self._listing)

    async def idle_since(self) -> Mapping[str, datetime]:
        host = await hosting.find_host(self._folder)
        return await self._heartbeats(await asyncio.to_thread(self._listing.all, host), host)

    async def usage(self) -> Mapping[str, Usage]:
        return await asyncio.to_thread(self._meter.read)

    async def activity(self, name: str | None = None) -> Activity:
        if name is not None:
            self._named(name)
        return await activity(self._folder, await hosting.find_host(self._folder), name)

    async def workspace(self, name: str) -> Workspace:
        host = await hosting.find_host(self._folder)
        found = await asyncio.to_thread(self._listing.one, name, host)
        if found is None:
            raise _unknown(name)
        return replace(found, idle_since=(await self._heartbeats([found], host)).get(name))

    def create(self, name: str, project: Project) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            check_name(name)
            contact = await self._up(steps)
            folder, address = self._folder.workspace(name), self._listing.address(name)
            path = environment(folder, contact.sockets, os.environ, tools.folders(self._config.home))["PATH"]
            await together(
                creation.create(folder, contact, address, project, steps),
                tools.bring(self._config.home, tools.commands(project.manifest), path, steps),
            )
            if project.manifest.extensions:
                async with steps.step("extensions", "Installing the template's extensions") as step:
                    await install_extensions(self.exec, name, project.manifest.extensions, step)

        return stream(work)

    def start(self, name: str) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            folder = self._named(name)
            contact = await self._up(steps)
            async with steps.step("ready", f"Starting {name}", expected=2) as step:
                await creation.start(folder, contact, step)
                await creation.until_ready(folder, contact, self._listing.address(name), step)
            await services.until_answering(folder, steps)

        return stream(work)

    def stop(self, name: str) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            folder = self._named(name)
            async with steps.step("stop", f"Stopping {name}", expected=0.5) as step:
                await removal.stop(self._folder, folder, step)

        return stream(work)

    def delete(self, name: str) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            folder = self._named(name)
            async with steps.step("delete", f"Deleting {name} and its files", expected=1) as step:
                await removal.delete(self._folder, folder, step)

        return stream(work)

    async def open_port(self, name: str, port: int) -> str:
        folder = self._named(name)
        await in_thread(add_port, folder, port)
        return self._listing.address(name).port_url(port)

    async def entrance(self, name: str, port: int | None = None) -> str:
        """The address with a ticket, for a browser that this program opens: it lets in once, within five minutes.

        With `port`, that of what the workspace serves there. Raises ClusterDownError where the proxy does not run.
        """
        self._named(name)
        found = await hosting.find_host(self._folder)
        if found is None:
            raise ClusterDownError("The program that keeps local workspaces running does not run.")
        address = self._listing.address(name)
        site = name if port is None else f"{port}-{name}"
        answer = await ask(found[0].sockets.control, "ticket", site=site)
        return f"{address.url if port is None else address.port_url(port)}?ticket={answer['ticket']}"

    async def logs(
        self, name: str, *, service: ServiceName | None = None, follow: bool = False, tail: int | None = None
    ) -> AsyncIterator[str]:
        folder = self._named(name)
        file = folder.log if service is None else service_log(folder, read_record(folder), service)
        async for line in log.lines(file, follow=follow, tail=tail):
            yield line

    async def exec(self, name: str, command: Sequence[str], *, terminal: TerminalSize | None = None) -> ExecSession:
        folder = self._named(name)
        found = await hosting.find_host(self._folder)
        if found is None or found[1]["workspaces"].get(name, {}).get("state") != "running":
            hint = f"`vibecode start {name}` starts it."
            raise WorkspaceStoppedError(f"{name!r} is not running, so nothing can run in it.", hint=hint)
        contact, state = found
        order = Order(**state["order"])
        held = await asyncio.to_thread(confine, Limits(parse_memory(order.memory)))
        editor = read_process(folder)
        inside = Launch(
            tuple(command),
            folder=str(folder.project if folder.project.is_dir() else folder.home),
            cgroup=editor.cgroup if editor else None,
            data=held.data,
            tasks=held.tasks,
            terminal=terminal is not None,
        ).arguments()
        env = environment(folder, contact.sockets, os.environ, order.programs, order.packages)
        if terminal is None:
            return await PipedSession.start(inside, folder.home, env)
        env["TERM"] = os.environ.get("TERM", "xterm-256color")
        return await TerminalSession.start(inside, folder.home, env, terminal)

    async def close(self) -> None:
        """Nothing is kept open."""

    async def _up(self, steps: Steps) -> Contact:
        """Two small reads and one question where all is well."""
        program = find_program(self._config.home, os.environ)
        if program is None:
            async with steps.step("code-server", "Installing code-server", expected=60) as step:
                program = await install_code_server(self._config, step)
        order = Order(
            home=str(self._config.home),
            base_domain=self._config.base_domain,
            http_port=self._config.http_port,
            memory=self._config.memory,
            version=self._config.version,
            program=str(program),
            programs=tools.folders(self._config.home),
            packages=str(self._folder.packages) if self._config.package_cache == "shared" else "",
        )
        if (contact := await hosting.running_as(self._folder, order)) is not None:
            return contact
        async with steps.step("host", "Starting the proxy of the local workspaces", expected=1):
            return await hosting.ensure_host(self._folder, order)

    async def _heartbeats(self, found: Sequence[Workspace], host: Found | None) -> dict[str, datetime]:
        """Of those that run and answer, by name."""
        running = [one.name for one in found if host and one.state == "running"]
        sockets = [host[0].sockets.editor(name) for name in running] if host else []
        beats = await asyncio.gather(*(ready.last_heartbeat(socket, "localhost") for socket in sockets))
        return {name: beat for name, beat in zip(running, beats, strict=True) if beat is not None}

    def _named(self, name: str) -> WorkspaceFolder:
        folder = self._folder.workspace(name)
        if name not in names(self._folder):
            raise _unknown(name)
        return folder


def _unknown(name: str) -> WorkspaceNotFoundError:
    return WorkspaceNotFoundError(f"There is no local workspace {name!r}.")
