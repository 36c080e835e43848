"""The editors that the host keeps running: each started, adopted from an earlier host, or started again."""

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Literal

from cluster import ready
from cluster.errors import WorkspaceFailedError, WorkspaceStoppedError
from cluster.local.ending import end_editor, end_workspace, gone
from cluster.local.processes import Identity, identify, lives
from cluster.local.recipe import Recipe
from cluster.local.records import read_process, read_record

PAUSES = (0.2, 1.0, 3.0, 10.0, 30.0)
"""Seconds before each new start of an editor that ended by itself; after the last it is given up."""

UNTRIED = 2
"""New starts of an editor that never listened: somebody waits for it, and it will hardly mend."""

STEADY = 60.0
"""Seconds after which an editor counts as having been well, and its next end as the first."""

LISTENS_WITHIN = 60.0
LOOK_EVERY = 0.02
"""Seconds between two looks whether it listens, each of which costs next to nothing."""

LINE_MOST = 300
"""Characters."""

EditorState = Literal["starting", "running", "failed", "stopped"]


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
            if self._recipe.folder.process.exists():  # what an editor that ended has left
                await end_editor(self._recipe.folder, self._recipe.runtime)
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
                await end_editor(self._recipe.folder, self._recipe.runtime)
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
