"""All workspaces and all work as they change, for the portal: watched once, however many look, and only then."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import datetime

from cluster.engines import Engines
from launcher.serve.present import error_body, job_body, page_path, workspace_body
from launcher.serve.streams import sse
from launcher.serve.work import Work
from screens.store import Snapshot, Store
from screens.watching import watch
from templates.errors import VibeCodeError

PAUSE = 0.1
"""Seconds between two events for one reader; what changes meanwhile comes as one."""
JOBS = 10
"""The newest jobs that are told, with those under way."""


class Live:
    """`read` yields all workspaces and jobs at once, and those that changed again after each change."""

    def __init__(self, engines: Engines, work: Work, now: Callable[[], datetime], pause: float = PAUSE) -> None:
        self._engines = engines
        self._work = work
        self._now = now
        self._pause = pause
        self._store = Store()
        self._readers = 0
        self._watching: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._workspaces: bytes | None = None
        self._jobs: bytes | None = None
        self._store.know(tuple(engine.name for engine in engines.engines))
        self._store.subscribe(self._on_snapshot)
        work.subscribe(self._on_jobs)

    async def read(self) -> AsyncIterator[bytes]:
        self._readers += 1
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())
        told = (b"", b"")
        try:
            while True:
                changed, now = self._changed, self._render()
                if news := b"".join(one for one, before in zip(now, told, strict=True) if one != before):
                    told = now
                    yield news
                    await asyncio.sleep(self._pause)
                else:
                    await changed.wait()
        finally:
            self._readers -= 1
            if not self._readers:
                self._watching.cancel()
                self._watching = None

    async def _watch(self) -> None:
        with suppress(VibeCodeError):  # what cannot be chosen, the engines themselves tell
            choice = await self._engines.choose()
            self._store.choose(choice.engine.name, choice.reason)
        await asyncio.gather(
            *(watch(engine, self._store, self._now, asyncio.Event()) for engine in self._engines.engines)
        )

    def _render(self) -> tuple[bytes, bytes]:
        """The same bytes for all readers until something changes."""
        if self._workspaces is None:
            snapshot = self._store.snapshot
            self._workspaces = b"" if snapshot.loading else sse("workspaces", json.dumps(_document(snapshot)))
        if self._jobs is None:
            newest = self._work.all[-JOBS:]
            told = [*(one for one in self._work.active if one not in newest), *newest]
            self._jobs = sse("jobs", json.dumps({"jobs": [job_body(one).model_dump(mode="json") for one in told]}))
        return self._workspaces, self._jobs

    def _on_snapshot(self) -> None:
        self._workspaces = None
        self._tell()

    def _on_jobs(self) -> None:
        self._jobs = None
        self._tell()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def _document(snapshot: Snapshot) -> dict[str, object]:
    usage = {one.name: snapshot.usage(one.name) for one in snapshot.workspaces}
    return {
        "workspaces": [
            workspace_body(one, page_path(one.name), None).model_dump(mode="json", exclude={"job"})
            for one in snapshot.workspaces
        ],
        "usage": {name: {"cpu": taken[-1].cpu, "memory": taken[-1].memory} for name, taken in usage.items() if taken},
        "engines": [
            {
                "engine": view.name,
                "seen": view.seen is not None,
                "error": None if view.error is None else error_body(view.error).model_dump(),
            }
            for view in snapshot.engines
        ],
        "chosen": snapshot.chosen,
        "reason": snapshot.reason,
    }
