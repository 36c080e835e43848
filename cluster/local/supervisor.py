"""The editors that the host keeps running: each started, adopted from an earlier host, or started again."""

import asyncio
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Literal

from cluster import ready
from cluster.errors import WorkspaceFailedError, WorkspaceStoppedError
from cluster.local.ending import end_workspace, gone
from cluster.local.files import private_folder, replace_note, told
from cluster.local.folders import Sockets, WorkspaceFolder
from cluster.local.launch import Launch
from cluster.local.limits import Confinement
from cluster.local.processes import Identity, identify, lives
from cluster.local.records import EditorProcess, read_process, read_record
from templates.errors import VibeCodeError

PAUSES = (0.2, 1.0, 3.0, 10.0, 30.0)
"""Seconds before each new start of an editor that ended by itself; after the last it is given up."""

UNTRIED = 2
"""New starts of an editor that never listened: somebody waits for it, and it will hardly mend."""

STEADY = 60.0
"""Seconds after which an editor counts as having been well, and its next end as the first."""

LISTENS_WITHIN = 60.0
LOOK_EVERY = 0.02
"""Seconds between two looks whether it listens, each of which costs next to nothing."""

LOG_MOST = 8 * 2**20
"""Bytes of log after which a new start begins another one."""

LINE_MOST = 300
"""Characters."""

EditorState = Literal["starting", "running", "failed", "stopped"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the editor of one workspace is started."""

    folder: WorkspaceFolder
    sockets: Sockets
    command: tuple[str, ...]
    env: Mapping[str, str]
    confinement: Confinement

    @property
    def socket(self) -> Path:
        return self.sockets.editor(self.folder.name)

    @property
    def runtime(self) -> Path:
        return self.sockets.runtime(self.folder.name)

    def start(self) -> int:
        """Starts it in a session of its own, its output in the log, to go on without whoever started it; its number.

        Nothing of it runs before it is noted which process it is: a host that comes later would start a second one.
        """
        for one in (self.folder.home, self.folder.temporary, self.runtime):
            private_folder(one)
        if self.folder.log.exists() and self.folder.log.stat().st_size > LOG_MOST:
            self.folder.log.replace(self.folder.log.with_suffix(".log.1"))
        group = self.confinement.enter(self.folder.path)
        cgroup = str(group) if group else None
        held_by, let_go = os.pipe()
        try:
            pid = self._spawn(cgroup, held_by)
        finally:
            os.close(held_by)
        try:
            self._note(pid, cgroup)
            with suppress(BrokenPipeError):
                os.write(let_go, b"\n")
        except VibeCodeError:
            os.close(let_go)
            os.waitpid(pid, 0)
            raise
        os.close(let_go)
        return pid

    def _note(self, pid: int, cgroup: str | None) -> None:
        if (identity := identify(pid)) is not None:
            with told(self.folder.process):
                replace_note(self.folder.process, EditorProcess(identity, self.command, cgroup).encode())

    def _spawn(self, cgroup: str | None, held_by: int) -> int:
        data, tasks = self.confinement.data, self.confinement.tasks
        arguments = Launch(self.command, str(self.folder.home), cgroup, data, tasks, held=True).arguments()
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        with told(self.folder.log):
            return os.posix_spawn(
                arguments[0],
                arguments,
                dict(self.env),
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, held_by, 0),
                    (os.POSIX_SPAWN_OPEN, 1, str(self.folder.log), flags, 0o600),
                    (os.POSIX_SPAWN_DUP2, 1, 2),
                ],
                setsid=True,
                setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],  # Python ignores them
            )


class Editor:
    """One workspace's editor under supervision, until it is stopped or given up."""

    def __init__(
        self,
        recipe: Recipe,
        *,
        tell: Callable[[str, str], None] | None = None,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        """`tell` is called with each new state and its reason in words."""
        self._recipe = recipe
        self._tell = tell
        self._pauses = pauses
        self._changed = asyncio.Condition()
        self._child: int | None = None
        self._ran = False
        self.state: EditorState = "starting"
        self.reason = "the editor is starting"
        self._task = asyncio.create_task(self._supervise())

    @property
    def socket(self) -> Path | None:
        """Where it listens, while it does."""
        return self._recipe.socket if self.state == "running" else None

    async def well(self) -> bool:
        """Whether it answers, or is still on its way to."""
        if self._task.done() or self.state == "starting":
            return not self._task.done()
        status, _, _ = await ready.get(self._recipe.socket, "localhost", "/healthz", within=5)
        return bool(status)

    async def listening(self) -> None:
        """Returns once it listens; raises WorkspaceFailedError where it was given up, or WorkspaceStoppedError."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.state != "starting")
        if self.state == "stopped":
            raise stopped_meanwhile(self._recipe.folder.name)
        if self.state != "running":
            raise WorkspaceFailedError(self.reason)

    async def stop(self) -> None:
        """Ends it and all that runs in its workspace."""
        await self.let_go()
        await end_workspace(self._recipe.folder, self._recipe.runtime)
        self._reap()
        await self._becomes("stopped", "it was stopped")

    async def let_go(self) -> None:
        """Ends the supervision alone; the editor goes on."""
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _supervise(self) -> None:
        ends = 0
        while self._wanted():
            try:
                began = monotonic()
                code = await self._run()
                ends = 0 if monotonic() - began > STEADY else ends
                reason = "The editor ended" + ("" if code is None else f" with exit code {code}")
            except Exception as error:
                reason = f"The editor cannot be started: {error}"
            if not self._wanted():
                break
            last = tail(self._recipe.folder.log, 1)
            reason += f"; the end of its log: {last[0]}" if last else ""
            if ends == (len(self._pauses) if self._ran else min(UNTRIED, len(self._pauses))):
                await self._becomes("failed", f"{reason} (it was started {ends + 1} times).")
                return
            await self._becomes("starting", f"{reason}; it is started again.")
            await asyncio.sleep(self._pauses[ends])
            ends += 1
        await self._becomes("stopped", "it was stopped")

    def _wanted(self) -> bool:
        """Whether it is to run: somebody may have stopped or deleted the workspace past this host."""
        record = read_record(self._recipe.folder)
        return record is not None and record.wanted == "running"

    async def _run(self) -> int | None:
        """One life of the editor; its exit code, or None where it was not started here."""
        identity = await self._adopt()
        if identity is None:
            if self._recipe.folder.process.exists():  # what an editor that ended has left; else files may be arriving
                await end_workspace(self._recipe.folder, self._recipe.runtime)
            self._child = self._recipe.start()
            identity = identify(self._child)
        if identity is not None:
            end = asyncio.ensure_future(gone(identity))
            try:
                if await self._listens(end):
                    self._ran = True
                    await self._becomes("running", "")
                await end
            finally:
                end.cancel()
                await asyncio.gather(end, return_exceptions=True)
        return self._reap()

    async def _adopt(self) -> Identity | None:
        """The editor that an earlier host left, if it is the one that we would start."""
        left = read_process(self._recipe.folder)
        if left is None or left.command != self._recipe.command or not lives(left.identity):
            return None
        status, _, _ = await ready.get(self._recipe.socket, "localhost", "/healthz", within=5)
        return left.identity if status else None

    async def _listens(self, end: "asyncio.Future[None]") -> bool:
        """Waits until it answers; an editor that does not within a minute is ended."""
        start = monotonic()
        while not end.done():
            status, _, _ = await ready.get(self._recipe.socket, "localhost", "/healthz", within=5)
            if status:
                return True
            if monotonic() - start > LISTENS_WITHIN:
                await end_workspace(self._recipe.folder, self._recipe.runtime)
                return False
            await asyncio.sleep(LOOK_EVERY)
        return False

    def _reap(self) -> int | None:
        """The exit code of the process that was started here last; it has ended."""
        child, self._child = self._child, None
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) if child is not None else None

    async def _becomes(self, state: EditorState, reason: str) -> None:
        async with self._changed:
            self.state, self.reason = state, reason
            if self._tell is not None:
                self._tell(state, reason)
            self._changed.notify_all()


def stopped_meanwhile(name: str) -> WorkspaceStoppedError:
    return WorkspaceStoppedError(
        f"{name} was stopped while it was being started.", hint=f"`vibecode start {name}` starts it."
    )


def tail(log: Path, count: int) -> tuple[str, ...]:
    """The last lines of a log, each cut to what a person reads; none where there is no log."""
    with suppress(OSError), log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 64 * 1024))
        lines = [line for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
        return tuple(line if len(line) <= LINE_MOST else f"{line[:LINE_MOST]}…" for line in lines[-count:])
    return ()
