"""Progress for people: lines that follow each other; `live.py` draws in place where a terminal can."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from launcher.output.console import Console
from launcher.output.text import styled
from templates.errors import CancelledError
from templates.events import Event, StepDone, StepFailed, StepProgress, StepStarted
from templates.text import DASH, duration, plain

CHANGES = 2.0
"""Seconds between two lines of one step that say how far it is."""
SILENCE = 15.0
"""Seconds after which a step that says nothing is shown to be still under way."""

STOPPING = "stopping; Ctrl+C again does not wait for it"

React = Callable[[Event], Awaitable[None]]


class Progress(Protocol):
    """Shows events; `tick` is called every `interval` seconds, so that a wait shows how long it has been."""

    @property
    def interval(self) -> float: ...
    @property
    def running(self) -> Mapping[str, str]:
        """The steps under way and their titles."""
        ...

    def show(self, event: Event) -> None: ...
    def tick(self) -> None: ...
    def aside(self) -> AbstractContextManager[None]:
        """While something else is printed."""
        ...


async def follow(events: AsyncIterator[Event], progress: Progress, react: React | None = None) -> None:
    """Shows the events of some work to its end; `react` is awaited after each one is shown.

    The work is stopped, and its end waited for, when this is cancelled or `react` fails.
    """
    work = asyncio.ensure_future(_show(events, progress, react))
    async with ticking(progress):
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            for step in progress.running:
                progress.show(StepProgress(step, STOPPING))
            work.cancel()
            await asyncio.wait([work])
            raise


async def _show(events: AsyncIterator[Event], progress: Progress, react: React | None) -> None:
    try:
        async for event in events:
            progress.show(event)
            if react is not None:
                await react(event)
    finally:
        close = getattr(events, "aclose", None)
        if close is not None:
            await close()


@asynccontextmanager
async def ticking(progress: Progress) -> AsyncGenerator[None]:
    """Lets time pass on the screen."""

    async def tick() -> None:
        while True:
            await asyncio.sleep(progress.interval)
            progress.tick()

    task = asyncio.ensure_future(tick())
    try:
        yield
    finally:
        task.cancel()


@dataclass(slots=True)
class RunningStep:
    """A step under way: since when, what it said last, and what of that was printed when."""

    title: str
    started: float
    expected: float | None = None
    text: str = ""
    fraction: float | None = None
    printed: str = ""
    printed_at: float = 0.0


def track(steps: dict[str, RunningStep], event: Event, now: float) -> None:
    """Keeps `steps` to those under way, in the order in which they began."""
    match event:
        case StepStarted():
            steps[event.step] = RunningStep(plain(event.title), now, event.expected, printed_at=now)
        case StepProgress():
            if step := steps.get(event.step):
                step.text, step.fraction = plain(event.text), event.fraction
        case StepDone() | StepFailed():
            steps.pop(event.step, None)


def lines(event: Event, colours: bool) -> list[str]:
    """What stays on the screen of an event; an error itself is printed once, at the end of the command."""
    match event:
        case StepDone():
            note = styled(f"  {plain(event.note)}", "dim", colours) if event.note else ""
            return [f"{styled('✓', 'green', colours)} {plain(event.title)}  {duration(event.seconds)}{note}"]
        case StepFailed(error=CancelledError()):
            return [styled(f"{DASH} {plain(event.title)}  stopped", "dim", colours)]
        case StepFailed():
            log = [styled(f"    {plain(line)}", "dim", colours) for line in event.log]
            return [f"{styled('✗', 'red', colours)} {plain(event.title)}  {duration(event.seconds)}", *log]
        case _:
            return []


class PlainProgress:
    """For logs, pipes and terminals that cannot draw."""

    interval = 1.0

    def __init__(self, console: Console, clock: Callable[[], float] = monotonic) -> None:
        self._console = console
        self._clock = clock
        self._steps: dict[str, RunningStep] = {}

    @property
    def running(self) -> Mapping[str, str]:
        return {name: step.title for name, step in self._steps.items()}

    def show(self, event: Event) -> None:
        track(self._steps, event, self._clock())
        if isinstance(event, StepStarted):
            self._console.say(f"• {plain(event.title)}")
        for line in lines(event, colours=False):
            self._console.say(line)
        self.tick()

    def tick(self) -> None:
        now = self._clock()
        for step in self._steps.values():
            if now - step.printed_at >= (SILENCE if step.text == step.printed else CHANGES):
                step.printed, step.printed_at = step.text, now
                text = f": {step.text}" if step.text else ""
                self._console.say(f"  {step.title}{text}  {duration(now - step.started)}")

    @contextmanager
    def aside(self) -> Generator[None]:
        yield


@contextmanager
def shown(console: Console) -> Generator[Progress]:
    """Progress on the console: drawn in place where its terminal can."""
    if console.draws:
        from launcher.output.live import LiveProgress

        with LiveProgress(console) as live:
            yield live
    else:
        yield PlainProgress(console)
