"""Work as a picture: the events of a stream folded into steps with their times and their last words."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from templates.errors import CancelledError, VibeCodeError
from templates.events import Event, StepDone, StepFailed, StepProgress, StepStarted
from templates.text import plain

StepState = Literal["running", "done", "failed", "stopped"]
LINES = 500
"""Lines of a step's log that are kept."""


@dataclass(frozen=True, slots=True)
class LogLine:
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step; `seconds` is known once it has ended, `expected` is its usual length where one is known."""

    name: str
    title: str
    started: datetime
    state: StepState = "running"
    expected: float | None = None
    seconds: float | None = None
    fraction: float | None = None
    note: str | None = None
    error: VibeCodeError | None = None
    log: tuple[LogLine, ...] = ()

    @property
    def text(self) -> str:
        """What it said last."""
        return self.log[-1].text if self.log else ""

    def elapsed(self, now: datetime) -> float:
        """Seconds that it took, or has taken until now."""
        return self.seconds if self.seconds is not None else max(0.0, (now - self.started).total_seconds())


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The steps in the order in which they began."""

    steps: tuple[StepRecord, ...] = ()

    @property
    def running(self) -> StepRecord | None:
        """The step under way that began last."""
        return next((step for step in reversed(self.steps) if step.state == "running"), None)

    @property
    def failed(self) -> StepRecord | None:
        return next((step for step in self.steps if step.state == "failed"), None)


def fold(waterfall: Waterfall, event: Event) -> Waterfall:
    """The waterfall after one more event; a step that begins again takes the place of its last attempt."""
    if isinstance(event, StepStarted):
        fresh = StepRecord(event.step, plain(event.title), event.at, expected=event.expected)
        others = tuple(step for step in waterfall.steps if step.name != event.step)
        return Waterfall((*others, fresh))
    return Waterfall(tuple(_after(step, event) if step.name == event.step else step for step in waterfall.steps))


def ended(waterfall: Waterfall, at: datetime) -> Waterfall:
    """The waterfall of work that has ended: what seemed to be under way was stopped."""
    return Waterfall(
        tuple(
            replace(step, state="stopped", seconds=step.elapsed(at)) if step.state == "running" else step
            for step in waterfall.steps
        )
    )


def _after(step: StepRecord, event: StepProgress | StepDone | StepFailed) -> StepRecord:
    match event:
        case StepProgress():
            line = LogLine(event.at, plain(event.text))
            log = step.log if step.text == line.text else (*step.log, line)[-LINES:]
            return replace(step, fraction=event.fraction, log=log)
        case StepDone():
            note = None if event.note is None else plain(event.note)
            return replace(step, state="done", seconds=event.seconds, note=note)
        case StepFailed():
            lines = tuple(LogLine(event.at, plain(line)) for line in event.log)
            state: StepState = "stopped" if isinstance(event.error, CancelledError) else "failed"
            return replace(
                step, state=state, seconds=event.seconds, error=event.error, log=(*step.log, *lines)[-LINES:]
            )
