"""One trace of a stream of events: the work is its first span, each step a span below it."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from datetime import datetime
from time import time_ns

from launcher.telemetry.metrics import CREATE_DURATION
from launcher.telemetry.recorder import UNDER_WAY, Recorder, SpanUnderWay
from launcher.telemetry.records import Span
from templates.errors import CancelledError, VibeCodeError
from templates.events import Event, StepDone, StepFailed, StepProgress, StepStarted

OTHER = "other"
"""A step whose name is not a plain word, and might be one of the person's."""


async def traced(
    events: AsyncIterator[Event], operation: str, recorder: Recorder, tags: Mapping[str, str]
) -> AsyncGenerator[Event]:
    """Passes the events on; once the work has ended, its spans are told to the recorder."""
    trace = _Trace(operation, recorder, tags)
    outcome, error = "failed", None
    try:
        while True:
            under_way = UNDER_WAY.set(trace.root)
            try:
                event = await anext(events)
            finally:
                UNDER_WAY.reset(under_way)
            trace.tell(event)
            yield event
    except StopAsyncIteration:
        outcome = "done"
    except (asyncio.CancelledError, CancelledError):
        outcome = "stopped"
        raise
    except GeneratorExit:  # nobody waits for the rest
        outcome = "left"
        raise
    except VibeCodeError as failure:
        error = failure
        raise
    finally:
        trace.end(outcome, error)
        close = getattr(events, "aclose", None)
        if close is not None:
            await close()


class _Trace:
    """The spans of one piece of work, as its events tell of them."""

    def __init__(self, operation: str, recorder: Recorder, tags: Mapping[str, str]) -> None:
        self.root = SpanUnderWay.begun(UNDER_WAY.get(), time_ns())
        self._operation = operation
        self._recorder = recorder
        self._tags = tags
        self._steps: dict[str, SpanUnderWay] = {}

    def tell(self, event: Event) -> None:
        match event:
            case StepStarted():
                self._steps[event.step] = SpanUnderWay.begun(self.root, _nanoseconds(event.at))
            case StepDone():
                self._finish(event.step, _nanoseconds(event.at), "done", None)
                if (event.step, self._operation) == ("ready", "vibecode.workspace.create"):
                    seconds = (_nanoseconds(event.at) - self.root.start) / 1e9
                    self._recorder.add(CREATE_DURATION, seconds, self._tags)
            case StepFailed(error=CancelledError()):
                self._finish(event.step, _nanoseconds(event.at), "stopped", None)
            case StepFailed():
                self._finish(event.step, _nanoseconds(event.at), "failed", event.error)
            case StepProgress():
                pass

    def end(self, outcome: str, error: VibeCodeError | None) -> None:
        now = time_ns()
        for step in tuple(self._steps):
            self._finish(step, now, "left", None)
        self._tell(self.root, self._operation, self._operation, now, outcome, error)

    def _finish(self, step: str, end: int, outcome: str, error: VibeCodeError | None) -> None:
        if (span := self._steps.pop(step, None)) is not None:
            name = step if re.fullmatch(r"[a-z][a-z-]{0,30}", step) else OTHER
            self._tell(span, f"{self._operation}.{name}", name, end, outcome, error)

    def _tell(
        self, span: SpanUnderWay, name: str, resource: str, end: int, outcome: str, error: VibeCodeError | None
    ) -> None:
        component = self._operation.split(".")[1]
        tags = {"component": component, "outcome": outcome, **self._tags}
        told = () if error is None else (error.code, error.title)
        self._recorder.finish(
            Span(span.trace, span.id, span.parent, name, resource, span.start, end, tags=tags, error=told)
        )


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp() * 1e6) * 1000
