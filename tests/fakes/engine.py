"""An `Engine` that keeps its workspaces in memory and their files in a folder; commands really run there.

Only package managers do not: in their place are programs that say what they were asked for, as nothing is fetched.
"""

import asyncio
import errno
import fcntl
import os
import pty
import shutil
import signal
import struct
import termios
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from cluster.config import ClusterConfig
from cluster.engine import (
    Activity,
    Capability,
    EngineName,
    EngineStatus,
    ExecSession,
    Occurrence,
    ServiceStatus,
    TerminalSize,
    Unit,
    Usage,
    Workspace,
)
from cluster.errors import ServiceNotFoundError, WorkspaceExistsError, WorkspaceNotFoundError, WorkspaceStoppedError
from cluster.names import check_name
from templates.errors import VibeCodeError
from templates.events import Event, Step, Steps, stream
from templates.project import Project
from templates.services import ServiceName

PACKAGE_MANAGERS = ("npm", "uv")
PACKAGE_MANAGER = """#!/bin/sh
echo "${0##*/} $*"
if [ -e "$0.refusal" ]; then cat "$0.refusal"; exit 1; fi
while [ -e "$0.hangs" ]; do sleep 0.1; done
"""

USAGE = Usage(cpu=12, memory=150 * 2**20)


@dataclass
class Kept:
    """What the fake knows of one workspace."""

    workspace: Workspace
    digest: str
    folder: Path
    usage: Usage
    lines: list[str]
    happened: list[Occurrence] = field(default_factory=list[Occurrence])
    beside: dict[ServiceName, list[str]] = field(default_factory=dict[ServiceName, list[str]])

    def log(self, service: ServiceName | None) -> list[str]:
        return self.lines if service is None else self.beside.setdefault(service, [f"{service} is ready"])


class FakeEngine:
    """See `cluster.engine.Engine`; `put`, `change`, `use`, `happen`, `speak`, `refuse`, `lose` and `recover` set the
    scene.

    A step named in `fails` raises that error once; one in `hangs` never ends; one in `lingers` does not even end
    the first time it is cancelled.
    """

    name: EngineName = "kind"
    lacks: Mapping[Capability, str] = {}

    def __init__(
        self,
        config: ClusterConfig,
        *,
        fails: Mapping[str, VibeCodeError] | None = None,
        hangs: Sequence[str] = (),
        lingers: Sequence[str] = (),
        running: bool = False,
    ) -> None:
        self.config = config
        self._fails = dict(fails or {})
        self._hangs = frozenset(hangs)
        self._lingers = frozenset(lingers)
        self.running = running
        self.parts: Mapping[str, str] = {"node": "Ready"}
        self._kept: dict[str, Kept] = {}
        self._busy: set[str] = set()
        self._spoken = asyncio.Event()
        self._changed = asyncio.Event()
        self._lost: VibeCodeError | None = None
        self.closed = False

    def put(self, name: str, project: Project) -> None:
        """A workspace that is there from the start."""
        self.running = True
        self._make(name, project)
        self._seed(name, project)
        self._set(name, state="running", reason=None)

    def change(self, name: str, **changes: object) -> None:
        """Makes a workspace's record another, as somebody else may."""
        self._set(name, **changes)

    def use(self, name: str, usage: Usage) -> None:
        self._kept[name].usage = usage

    def happen(self, occurrence: Occurrence) -> None:
        """Adds what happened to its workspace."""
        assert occurrence.workspace is not None
        self._kept[occurrence.workspace].happened.append(occurrence)

    def lose(self, error: VibeCodeError) -> None:
        """From now on the engine is out of reach: what asks it, and every watch, meets this error."""
        self._lost = error
        self._tell()

    def recover(self) -> None:
        """The engine is in reach again."""
        self._lost = None
        self._tell()

    def speak(self, name: str, line: str, service: ServiceName | None = None) -> None:
        """Adds a line to a workspace's log, or to that of a service beside it."""
        self._kept[name].log(service).append(line)
        self._spoken.set()
        self._spoken = asyncio.Event()

    def refuse(self, manager: str, words: str) -> None:
        """From now on this package manager says only that and fails."""
        (self._programs() / f"{manager}.refusal").write_text(f"{words}\n")

    def up(self) -> AsyncIterator[Event]:
        return stream(self._up)

    def down(self) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            async with steps.step("cluster", "Removing the cluster") as step:
                await self._pass(step, "cluster")
                for name in list(self._kept):
                    self._remove(name)
                self.running = False

        return stream(work)

    async def status(self) -> EngineStatus:
        if self._lost is not None:
            return EngineStatus(self.name, "unreachable", detail=self._lost.detail)
        if not self.running:
            return EngineStatus(self.name, "absent")
        return EngineStatus(self.name, "running", await self.workspaces(), parts=self.parts)

    async def workspaces(self) -> tuple[Workspace, ...]:
        self._reach()
        return self._workspaces()

    async def watch(self) -> AsyncGenerator[tuple[Workspace, ...]]:
        told: tuple[Workspace, ...] | None = None
        while True:
            changed = self._changed
            self._reach()
            now = tuple(replace(one, idle_since=None) for one in self._workspaces())
            if now != told:
                yield (told := now)
            else:
                await changed.wait()

    async def idle_since(self) -> Mapping[str, datetime]:
        self._reach()
        return {one.name: one.idle_since for one in self._workspaces() if one.idle_since and one.state == "running"}

    async def usage(self) -> Mapping[str, Usage]:
        self._reach()
        return {name: kept.usage for name, kept in self._kept.items() if kept.workspace.state == "running"}

    async def activity(self, name: str | None = None) -> Activity:
        self._reach()
        chosen = (
            sorted(self._kept.values(), key=lambda one: one.workspace.name) if name is None else [self._named(name)]
        )
        units = tuple(
            Unit("Pod", f"{one.name}-0", "running", "the editor runs", one.created, workspace=one.name)
            for one in (kept.workspace for kept in chosen)
            if one.state == "running"
        )
        happened = (occurrence for kept in chosen for occurrence in kept.happened)
        return Activity(units, tuple(sorted(happened, key=lambda one: one.time)))

    async def workspace(self, name: str) -> Workspace:
        return self._named(name).workspace

    def create(self, name: str, project: Project) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            check_name(name)
            await self._up(steps)
            kept = self._kept.get(name)
            if name in self._busy or (
                kept is not None and (kept.workspace.state != "creating" or kept.digest != project.digest)
            ):
                raise WorkspaceExistsError(f"{name!r} is there already.")
            self._busy.add(name)
            try:
                await self._create(name, project, steps)
            finally:
                self._busy.remove(name)

        return stream(work)

    def start(self, name: str) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            self._named(name)
            async with steps.step("ready", "Starting the editor") as step:
                await self._pass(step, "ready")
                self._set(name, state="running", reason=None)

        return stream(work)

    def stop(self, name: str) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            self._named(name)
            async with steps.step("stop", "Stopping the workspace") as step:
                await self._pass(step, "stop")
                self._set(name, state="stopped", reason="it was stopped")

        return stream(work)

    def delete(self, name: str) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            self._named(name)
            async with steps.step("delete", f"Deleting {name}") as step:
                await self._pass(step, "delete")
                self._remove(name)

        return stream(work)

    async def open_port(self, name: str, port: int) -> str:
        workspace = self._named(name).workspace
        address = self._address(f"{port}-{name}")
        self._set(name, ports={**workspace.ports, port: address})
        return address

    async def entrance(self, name: str, port: int | None = None) -> str:
        self._named(name)
        return self._address(name if port is None else f"{port}-{name}")

    async def logs(
        self, name: str, *, service: ServiceName | None = None, follow: bool = False, tail: int | None = None
    ) -> AsyncIterator[str]:
        kept = self._named(name)
        there = [one.name for one in kept.workspace.services if one.state != "absent"]
        if service is not None and service not in there:
            raise ServiceNotFoundError(f"{name!r} was not made with {service}.")
        lines = kept.log(service)
        position = 0 if tail is None else max(0, len(lines) - tail)
        while True:
            spoken = self._spoken
            while position < len(lines):
                position += 1
                yield lines[position - 1]
            if not follow:
                return
            await spoken.wait()

    async def exec(self, name: str, command: Sequence[str], *, terminal: TerminalSize | None = None) -> ExecSession:
        kept = self._named(name)
        if kept.workspace.state == "stopped":
            raise WorkspaceStoppedError(f"{name!r} is stopped.")
        env = os.environ | {"HOME": str(self._home(name)), "PATH": f"{self._programs()}:{os.environ['PATH']}"}
        if terminal is None:
            return await PipedSession.start(command, kept.folder, env)
        return await TerminalSession.start(command, kept.folder, env, terminal)

    async def close(self) -> None:
        self.closed = True
        if "install" in self._hangs:
            await self._let_go()

    async def _up(self, steps: Steps) -> None:
        if self.running:
            return
        async with steps.step("cluster", "Creating the cluster", expected=20) as step:
            await self._pass(step, "cluster")
        self.running = True

    async def _create(self, name: str, project: Project, steps: Steps) -> None:
        async with steps.step("workspace", "Creating the workspace") as step:
            await self._pass(step, "workspace")
            self._make(name, project)
        async with steps.step("seed", "Seeding the files") as step:
            await self._pass(step, "seed")
            self._seed(name, project)
        async with steps.step("ready", "Waiting for the editor") as step:
            await self._pass(step, "ready")
        if project.manifest.services:
            async with steps.step("services", "Waiting for its services") as step:
                await self._pass(step, "services")
        self._set(name, state="running", reason=None)
        if project.manifest.extensions:
            async with steps.step("extensions", "Installing extensions") as step:
                await self._pass(step, "extensions")
                step.note = f"{len(project.manifest.extensions)} installed"

    async def _pass(self, step: Step, name: str) -> None:
        """Lets others run, as real work does; then fails or hangs where that was asked for."""
        step.progress("under way", 0.5)
        await asyncio.sleep(0)
        if name in self._lingers:
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            step.progress("cleaning up")
        if name in self._hangs | self._lingers:
            await asyncio.Event().wait()
        if error := self._fails.pop(name, None):
            step.log = (f"{name}: the log that explains it",)
            raise error

    def _workspaces(self) -> tuple[Workspace, ...]:
        return tuple(self._kept[name].workspace for name in sorted(self._kept))

    def _reach(self) -> None:
        if self._lost is not None:
            raise self._lost

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _make(self, name: str, project: Project) -> None:
        if name in self._kept:
            return
        folder = self.config.home / name
        folder.mkdir(parents=True)
        workspace = Workspace(
            name=name,
            url=self._address(name),
            state="creating",
            engine=self.name,
            template=project.manifest.template,
            created=datetime.now(UTC),
            ports={port: self._address(f"{port}-{name}") for port in project.manifest.ports},
            reason="it is being made",
            user=project.manifest.user or None,
            services=tuple(ServiceStatus(one, "running") for one in project.manifest.services),
        )
        self._kept[name] = Kept(workspace, project.digest, folder, USAGE, ["the editor listens"])
        self._tell()

    def _seed(self, name: str, project: Project) -> None:
        for file in project.files:
            path = self._kept[name].folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"".join(file.chunks()))
            path.chmod(file.mode)

    def _set(self, name: str, **changes: object) -> None:
        kept = self._kept[name]
        before = kept.workspace.state
        kept.workspace = replace(kept.workspace, **changes)  # type: ignore[arg-type]
        if (state := kept.workspace.state) != before:
            words = kept.workspace.reason or f"it is {state}"
            happened = Occurrence(
                datetime.now(UTC), "Pod", f"{name}-0", state.capitalize(), words, words, workspace=name
            )
            kept.happened.append(happened)
        self._tell()

    def _remove(self, name: str) -> None:
        shutil.rmtree(self._kept.pop(name).folder)
        shutil.rmtree(self._home(name), ignore_errors=True)
        self._tell()

    def _home(self, name: str) -> Path:
        """The home folder of a workspace, beside its project."""
        home = self.config.home / ".homes" / name
        home.mkdir(parents=True, exist_ok=True)
        return home

    async def _let_go(self) -> None:
        """Package managers that hang go on, and come to their end, before somebody removes what they write to."""
        for one in self._programs().glob("*.hangs"):
            one.unlink()
        for lock in self.config.home.glob(".homes/*/.vibecode/install/lock"):
            await (await asyncio.create_subprocess_exec("flock", "--shared", lock, "true")).wait()

    def _programs(self) -> Path:
        folder = self.config.home / ".programs"
        folder.mkdir(parents=True, exist_ok=True)
        for name in PACKAGE_MANAGERS:
            if not (folder / name).exists():
                (folder / name).write_text(PACKAGE_MANAGER)
                (folder / name).chmod(0o755)
                if "install" in self._hangs:
                    (folder / f"{name}.hangs").touch()
        return folder

    def _named(self, name: str) -> Kept:
        self._reach()
        try:
            return self._kept[name]
        except KeyError:
            raise WorkspaceNotFoundError(f"There is no workspace {name!r}.") from None

    def _address(self, host: str) -> str:
        return f"http://{host}.{self.config.base_domain}:8080/"


class PipedSession:
    """A command with pipes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, command: Sequence[str], folder: Path, env: Mapping[str, str]) -> "PipedSession":
        pipe = asyncio.subprocess.PIPE
        return cls(
            await asyncio.create_subprocess_exec(
                *command, cwd=folder, env=env, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
            )
        )

    async def write(self, data: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        await self._process.stdin.drain()

    async def close_stdin(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()

    async def resize(self, size: TerminalSize) -> None:
        raise AssertionError("there is no terminal to resize")

    async def output(self) -> AsyncIterator[tuple[Literal["stdout", "stderr"], bytes]]:
        queue: asyncio.Queue[tuple[Literal["stdout", "stderr"], bytes] | None] = asyncio.Queue()

        async def read(name: Literal["stdout", "stderr"], reader: asyncio.StreamReader) -> None:
            while data := await reader.read(65536):
                queue.put_nowait((name, data))
            queue.put_nowait(None)

        assert self._process.stdout is not None
        assert self._process.stderr is not None
        readers = [
            asyncio.ensure_future(read("stdout", self._process.stdout)),
            asyncio.ensure_future(read("stderr", self._process.stderr)),
        ]
        try:
            for _ in readers:
                while (piece := await queue.get()) is not None:
                    yield piece
            await self._process.wait()
        finally:
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)

    @property
    def exit_code(self) -> int:
        return _exit_code(self._process)

    async def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._process.stdin.close()
        if self._process.returncode is None:
            with suppress(ProcessLookupError):  # it has ended, and nobody here was told yet
                os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()
        # Its pipes are closed once they are read to the end, which a test's loop may not live to see.
        await asyncio.gather(self._process.stdout.read(), self._process.stderr.read())


class TerminalSession:
    """A command on a pseudo-terminal."""

    def __init__(self, process: asyncio.subprocess.Process, master: int) -> None:
        self._process = process
        self._master = master

    @classmethod
    async def start(
        cls, command: Sequence[str], folder: Path, env: Mapping[str, str], size: TerminalSize
    ) -> "TerminalSession":
        master, slave = pty.openpty()
        _set_size(master, size)
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=env,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        os.close(slave)
        return cls(process, master)

    async def write(self, data: bytes) -> None:
        os.write(self._master, data)

    async def close_stdin(self) -> None:
        os.write(self._master, b"\x04")

    async def resize(self, size: TerminalSize) -> None:
        _set_size(self._master, size)

    async def output(self) -> AsyncIterator[tuple[Literal["stdout", "stderr"], bytes]]:
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[bytes] = asyncio.Queue()

        def read() -> None:
            try:
                data = os.read(self._master, 65536)
            except OSError as error:  # Linux says so when the last holder of the other end is gone
                if error.errno != errno.EIO:
                    raise
                data = b""
            if not data:
                loop.remove_reader(self._master)
            queue.put_nowait(data)

        loop.add_reader(self._master, read)
        try:
            while data := await queue.get():
                yield "stdout", data
            await self._process.wait()
        finally:
            loop.remove_reader(self._master)

    @property
    def exit_code(self) -> int:
        return _exit_code(self._process)

    async def close(self) -> None:
        os.close(self._master)
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGHUP)
        await self._process.wait()


def _exit_code(process: asyncio.subprocess.Process) -> int:
    code = process.returncode
    assert code is not None
    return code if code >= 0 else 128 - code


def _take_terminal() -> None:
    """Standard input becomes the controlling terminal, whose end ends the command, also under `nohup`."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _set_size(descriptor: int, size: TerminalSize) -> None:
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", size.rows, size.columns, 0, 0))
