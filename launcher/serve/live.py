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
from screens.store import Store
from screens.watching import watch
from templates.errors import VibeCodeError


class Live:
    """`read` yields all workspaces at once and again after each change, and so the jobs."""

    def __init__(self, engines: Engines, work: Work, now: Callable[[], datetime]) -> None:
        self._engines = engines
        self._work = work
        self._now = now
        self._store = Store()
        self._readers = 0
        self._watching: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._rendered: tuple[object, bytes] = (None, b"")
        self._store.know(tuple(engine.name for engine in engines.engines))
        self._store.subscribe(self._tell)
        work.subscribe(self._tell)

    async def read(self) -> AsyncIterator[bytes]:
        self._readers += 1
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())
        told: tuple[bytes, bytes] = (b"", b"")
        try:
            while True:
                changed = self._changed
                now = (self._workspaces(), self._jobs())
                if news := b"".join(one for one, before in zip(now, told, strict=True) if one != before):
                    told = now
                    yield news
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

    def _workspaces(self) -> bytes:
        snapshot = self._store.snapshot
        if snapshot.loading:
            return b""
        if self._rendered[0] is not snapshot:
            found = (workspace_body(one, page_path(one.name), None) for one in snapshot.workspaces)
            usage = {one.name: snapshot.usage(one.name)[-1:] for one in snapshot.workspaces}
            document = {
                "workspaces": [one.model_dump(mode="json") for one in found],
                "usage": {
                    name: {"cpu": taken[0].cpu, "memory": taken[0].memory} for name, taken in usage.items() if taken
                },
                "engines": [
                    {"engine": view.name, "error": None if view.error is None else error_body(view.error).model_dump()}
                    for view in snapshot.engines
                ],
                "chosen": snapshot.chosen,
                "reason": snapshot.reason,
            }
            self._rendered = (snapshot, sse("workspaces", json.dumps(document)))
        return self._rendered[1]

    def _jobs(self) -> bytes:
        """Those under way; how far each is, its own events tell."""
        jobs = [job_body(one).model_dump(mode="json", exclude={"steps"}) for one in self._work.active]
        return sse("jobs", json.dumps({"jobs": jobs}))

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
