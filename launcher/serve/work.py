"""Work that goes on in the server, whoever looks: each job with its events."""

import json
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime

from launcher.serve.documents import event_document, job_state
from launcher.serve.errors import JobNotFoundError, TooManyRequestsError
from launcher.serve.feed import Feed
from launcher.serve.limits import JOBS
from launcher.serve.told import Told, Undertaking
from screens.jobs import Job, Jobs, Task
from templates.events import Event, StepProgress

KEPT = 100
"""Jobs that have ended and can still be asked about."""


@dataclass(frozen=True, slots=True)
class Running:
    """A job with its events; `id` is not that of a job of an earlier run of the server."""

    id: str
    job: Job
    feed: Feed

    async def ended(self) -> None:
        """Waits for the job's end, however it ends."""
        async for _ in self.feed.read(self.feed.last):
            continue


class Work:
    """The jobs of this run of the server."""

    def __init__(self, now: Callable[[], datetime], most: int = JOBS, kept: int = KEPT) -> None:
        self._most = most
        self._kept = kept
        self._run = secrets.token_hex(4)
        self._feeds: dict[str, Feed] = {}
        self._following: dict[str, Callable[[], Undertaking | None]] = {}
        self._jobs = Jobs(now, ready=lambda _: None, finished=self._finish)

    def begin(self, wanted: Undertaking) -> Running:
        """Starts the work, or answers that which is under way already. Raises TooManyRequestsError."""
        if len(self._jobs.active) >= self._most and self.of_workspace(wanted.workspace) is None:
            raise TooManyRequestsError(f"{self._most} jobs are under way already.", seconds=10)
        feed = Feed()
        task = Task(
            wanted.title,
            lambda: _steps(wanted.events(), feed),
            wanted.done,
            workspace=wanted.workspace,
            aside=wanted.aside,
        )
        job = self._jobs.begin(task)
        if job.task is task:
            self._feeds[job.id] = feed
            self._following[job.id] = wanted.then
        return self._running(job)

    def get(self, public_id: str) -> Running:
        """Raises JobNotFoundError."""
        run, _, number = public_id.partition("-")
        job = self._jobs.get(number) if run == self._run else None
        if job is None:
            raise JobNotFoundError("No job of this run of the server has this id.")
        return self._running(job)

    @property
    def all(self) -> tuple[Running, ...]:
        """The newest last."""
        return tuple(self._running(job) for job in self._jobs.all)

    @property
    def active(self) -> tuple[Running, ...]:
        return tuple(self._running(job) for job in self._jobs.active)

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Calls `listener` after each change."""
        self._jobs.subscribe(listener)

    def of_workspace(self, name: str) -> Running | None:
        """The job under way for this workspace."""
        job = self._jobs.of_workspace(name)
        return None if job is None else self._running(job)

    @property
    def names(self) -> frozenset[str]:
        """The workspaces that something is done to."""
        return frozenset(job.task.workspace for job in self._jobs.active if job.task.workspace)

    def cancel(self, public_id: str) -> Running:
        running = self.get(public_id)
        self._jobs.cancel(running.job.id)
        return self.get(public_id)

    async def close(self) -> None:
        """Stops everything and waits for its end."""
        await self._jobs.close()

    async def idle(self) -> None:
        """Waits until nothing is under way."""
        await self._jobs.idle()

    def _running(self, job: Job) -> Running:
        return Running(f"{self._run}-{job.id}", job, self._feeds[job.id])

    def _finish(self, job: Job) -> None:
        self._feeds[job.id].end("end", json.dumps(job_state(job)))
        follows = self._following.pop(job.id, None)
        if follows is not None and job.state == "done" and (following := follows()) is not None:
            self.begin(following)
        ended = [one for one in self._jobs.all if not one.active]
        for one in ended[: max(0, len(ended) - self._kept)]:
            self._jobs.forget(one.id)
            del self._feeds[one.id]


async def _steps(events: AsyncIterator[Event | Told], feed: Feed) -> AsyncGenerator[Event]:
    """Tells the feed everything, and passes on what is a step's."""
    try:
        async for event in events:
            if isinstance(event, Told):
                feed.add(event.name, json.dumps(event.document), passing=event.passing)
                continue
            document = event_document(event)
            feed.add(str(document["event"]), json.dumps(document), passing=isinstance(event, StepProgress))
            yield event
    finally:
        close = getattr(events, "aclose", None)
        if close is not None:
            await close()
