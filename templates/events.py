"""Progress as data: one stream of events that the command line, the screens, the API and telemetry consume."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import TypeVar

from templates.errors import CancelledError, UnexpectedError, VibeCodeError

log = logging.getLogger(__name__)

T = TypeVar("T")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step began; `expected` is its usual length in seconds, where one is known."""

    step: str
    title: str
    expected: float | None = None
    at: datetime = field(default_factory=_now)


@dataclass(frozen=True, slots=True)
class StepProgress:
    """A step goes on; `fraction` is from 0 to 1 where it can be known."""

    step: str
    text: str
    fraction: float | None = None
    at: datetime = field(default_factory=_now)


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step ended well; `note` says what was left out or found already there."""

    step: str
    title: str
    seconds: float
    note: str | None = None
    at: datetime = field(default_factory=_now)


@dataclass(frozen=True, slots=True)
class StepFailed:
    """A step failed; `log` holds the last lines of the log that explains it."""

    step: str
    title: str
    seconds: float
    error: VibeCodeError
    log: tuple[str, ...] = ()
    at: datetime = field(default_factory=_now)


Event = StepStarted | StepProgress | StepDone | StepFailed


class Step:
    """A step under way, as the code that does the work sees it."""

    def __init__(self, name: str, emit: Callable[[Event], None]) -> None:
        self._name = name
        self._emit = emit
        self.note: str | None = None
        self.log: tuple[str, ...] = ()

    def progress(self, text: str, fraction: float | None = None) -> None:
        self._emit(StepProgress(self._name, text, fraction))


class Steps:
    """Turns work into events: each `async with steps.step(...)` is one step of the stream."""

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self._emit = emit

    def pass_on(self, event: Event) -> None:
        """Puts an event of other work into this stream."""
        self._emit(event)

    @asynccontextmanager
    async def step(self, name: str, title: str, expected: float | None = None) -> AsyncGenerator[Step]:
        """One step; an error that is not a `VibeCodeError` leaves as `UnexpectedError`."""
        start = monotonic()
        step = Step(name, self._emit)
        self._emit(StepStarted(name, title, expected))

        def failed(error: VibeCodeError) -> None:
            self._emit(StepFailed(name, title, monotonic() - start, error, step.log))

        try:
            yield step
        except VibeCodeError as error:
            failed(error)
            raise
        except asyncio.CancelledError:
            failed(CancelledError(f"“{title}” was stopped."))
            raise
        except Exception as error:
            log.exception("step %s failed", name)
            wrapped = UnexpectedError(f"{title}: {type(error).__name__}: {error}")
            failed(wrapped)
            raise wrapped from error
        self._emit(StepDone(name, title, monotonic() - start, step.note))


def stream(work: Callable[[Steps], Awaitable[object]]) -> AsyncGenerator[Event]:
    """Runs `work` and yields its events; see `stream_of`."""
    return stream_of(lambda emit: work(Steps(emit)))


async def stream_of(work: Callable[[Callable[[T], None]], Awaitable[object]]) -> AsyncGenerator[T]:
    """Runs `work` and yields what it emits as it happens; its error is raised after the last of it.

    Closing the iterator, or cancelling whoever awaits it, cancels the work and waits for its end.
    """
    queue: asyncio.Queue[T | _End] = asyncio.Queue()
    task = asyncio.ensure_future(work(queue.put_nowait))
    task.add_done_callback(lambda _: queue.put_nowait(_End()))
    try:
        while not isinstance(event := await queue.get(), _End):
            yield event
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class _End:
    """Nothing follows in a stream."""


async def together(*work: Awaitable[object]) -> None:
    """Awaits all; the first error cancels the rest and is raised alone, not in a group."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
