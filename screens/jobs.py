"""Work under way: it goes on whatever place is shown, and every place sees the same of it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Literal

from screens.waterfall import Waterfall, ended, fold
from templates.errors import CancelledError, UnexpectedError, VibeCodeError
from templates.events import Event, StepDone

log = logging.getLogger(__name__)

JobState = Literal["running", "stopping", "done", "failed", "stopped"]
Listener = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Task:
    """Work that can be begun, and begun again: `events` is called for each attempt and converges.

    `title` says what is being done (`Creating shop`), `workspace` to which, `done` what is then said (`shop is ready`),
    `told` which sentences more; `if_stopped` what is left of it where it is stopped. `opens` says that the editor
    opens once it is ready; `interrupts` that other work for the workspace is stopped for it; `aside` that it only
    follows what goes on inside the workspace, and other work need not wait for it. Once it is done, `then` says what
    begins by itself.
    """

    title: str
    events: Callable[[], AsyncIterator[Event]]
    done: str
    workspace: str | None = None
    if_stopped: str = "Begun again, it goes on where it stopped."
    opens: bool = False
    interrupts: bool = False
    aside: bool = False
    told: Callable[[], Sequence[str]] = tuple
    then: Callable[[], "Task | None"] = lambda: None

    @property
    def said(self) -> str:
        """All that is said once it is done."""
        return " ".join((f"{self.done}.", *self.told()))


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt at a task, as it stands now."""

    id: str
    task: Task
    started: datetime
    state: JobState = "running"
    waterfall: Waterfall = field(default_factory=Waterfall)
    error: VibeCodeError | None = None
    finished: datetime | None = None

    @property
    def active(self) -> bool:
        return self.state in ("running", "stopping")

    def elapsed(self, now: datetime) -> float:
        """Seconds that it took, or has taken until now."""
        return max(0.0, ((self.finished or now) - self.started).total_seconds())


class Jobs:
    """The jobs in the order in which they began; whoever subscribes is told of every change.

    `ready` is called with a job whose editor can be used, while what follows goes on; `finished` with one at its end.
    """

    def __init__(
        self, now: Callable[[], datetime], ready: Callable[[Job], None], finished: Callable[[Job], None]
    ) -> None:
        self._now = now
        self._ready = ready
        self._finished = finished
        self._jobs: dict[str, Job] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._listeners: list[Listener] = []
        self._ids = count(1)

    @property
    def all(self) -> tuple[Job, ...]:
        return tuple(self._jobs.values())

    @property
    def active(self) -> tuple[Job, ...]:
        return tuple(job for job in self._jobs.values() if job.active)

    def get(self, job_id: str) -> Job | None:
        return self._jobs.get(job_id)

    def of_workspace(self, name: str) -> Job | None:
        """The job under way for this workspace."""
        return next((job for job in reversed(self.active) if job.task.workspace == name), None)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener` after each change, until what is returned is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def begin(self, task: Task) -> Job:
        """Starts the work on the running event loop; where it is under way already, that is the answer.

        What else is under way for the same workspace comes to its end first, if it is not `aside`: two at once would
        undo each other.
        """
        for job in self.active:
            if task.workspace is not None and (job.task.workspace, job.task.title) == (task.workspace, task.title):
                return job
        same = [job for job in self.active if task.workspace is not None and job.task.workspace == task.workspace]
        if task.interrupts:
            for one in same:
                self.cancel(one.id)
        earlier = [] if task.aside else [one.id for one in same if task.interrupts or not one.task.aside]
        job = Job(str(next(self._ids)), task, self._now())
        self._put(job)
        run = self._run(job.id, task, [self._tasks[one] for one in earlier])
        work = asyncio.create_task(run, name=task.title)
        work.add_done_callback(lambda _: self._ensure_ended(job.id))
        self._tasks[job.id] = work
        return job

    def cancel(self, job_id: str) -> None:
        """Asks the work to stop; the job is `stopping` until it has."""
        if (job := self._jobs.get(job_id)) and job.state == "running":
            self._put(replace(job, state="stopping"))
            self._tasks[job_id].cancel()

    def forget(self, job_id: str) -> None:
        """Takes a job that has ended off the list."""
        if (job := self._jobs.get(job_id)) and not job.active:
            del self._jobs[job_id]
            self._tell()

    async def close(self) -> None:
        """Stops everything and waits for its end."""
        for job in self.active:
            self.cancel(job.id)
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def idle(self) -> None:
        """Waits until nothing is under way."""
        while pending := [task for task in self._tasks.values() if not task.done()]:
            await asyncio.wait(pending)

    async def _run(self, job_id: str, task: Task, earlier: Sequence[asyncio.Task[None]]) -> None:
        try:
            if earlier:
                await asyncio.wait(earlier)
            await self._follow(job_id, task)
        except (asyncio.CancelledError, CancelledError):
            self._end(job_id, "stopped")
        except VibeCodeError as error:
            log.error("%s: %s: %s", task.title, error.code, error.detail)
            self._end(job_id, "failed", error)
        except Exception as error:
            log.exception("%s failed", task.title)
            self._end(job_id, "failed", UnexpectedError(f"{type(error).__name__}: {error}"))
        else:
            self._end(job_id, "done")

    async def _follow(self, job_id: str, task: Task) -> None:
        events = task.events()
        try:
            async for event in events:
                job = self._jobs[job_id]
                self._put(replace(job, waterfall=fold(job.waterfall, event)))
                if isinstance(event, StepDone) and event.step == "ready":
                    self._ready(self._jobs[job_id])
        finally:
            close = getattr(events, "aclose", None)
            if close is not None:
                await close()

    def _ensure_ended(self, job_id: str) -> None:
        """Work that is cancelled before its first step never runs, and so cannot tell of its end."""
        if self._jobs[job_id].active:
            self._end(job_id, "stopped")

    def _end(self, job_id: str, state: JobState, error: VibeCodeError | None = None) -> None:
        job, now = self._jobs[job_id], self._now()
        job = replace(job, state=state, error=error, finished=now, waterfall=ended(job.waterfall, now))
        self._put(job)
        self._finished(job)
        if state == "done" and (following := job.task.then()) is not None:
            self.begin(following)

    def _put(self, job: Job) -> None:
        self._jobs[job.id] = job
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()
