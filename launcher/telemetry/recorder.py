"""Where spans and points are kept until they are sent, and which span is under way."""

import os
from collections import deque
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from time import monotonic, time
from typing import NamedTuple

from launcher.telemetry.metrics import Metric
from launcher.telemetry.records import Point, Span

EVERY = 60.0
"""Seconds between two posts of a program that goes on."""
KEPT = 2000
"""The newest spans, and the newest points, that wait for the next post."""

Post = Callable[[tuple[Span, ...], tuple[Point, ...]], bool]
"""Begins to send; false where what was posted before is still on its way, so that this must wait."""


class SpanUnderWay(NamedTuple):
    """A span that has begun; `start` is in nanoseconds since 1970."""

    trace: int
    id: int
    parent: int
    start: int

    @classmethod
    def begun(cls, parent: "SpanUnderWay | None", start: int) -> "SpanUnderWay":
        if parent is None:
            return cls(_trace_id(), _random(), 0, start)
        return cls(parent.trace, _random(), parent.id, start)


UNDER_WAY: ContextVar[SpanUnderWay | None] = ContextVar("UNDER_WAY", default=None)
"""The innermost span of the work that this is called in; its ids are in what that work logs."""

RECORDER: ContextVar["Recorder | None"] = ContextVar("RECORDER", default=None)
"""Set for one run of the program where telemetry is on."""


class Recorder:
    """Keeps what is told to it and posts it now and then; `words` allows what a person or a model has written."""

    def __init__(self, post: Post, words: bool = False, clock: Callable[[], float] = monotonic) -> None:
        self.words = words
        self._post = post
        self._clock = clock
        self._posted = clock()
        self._spans = deque[Span](maxlen=KEPT)
        self._points = deque[Point](maxlen=KEPT)

    def add(self, metric: Metric, value: float, tags: Mapping[str, str] | None = None) -> None:
        self._points.append(Point(metric.name, metric.type, value, {"component": metric.component, **(tags or {})}))
        self._post_at_times()

    def finish(self, span: Span) -> None:
        self._spans.append(span)
        self._post_at_times()

    def send(self) -> None:
        """Posts all that there is; what is refused waits for the next time."""
        self._posted = self._clock()
        spans, points = tuple(self._spans), tuple(self._points)
        if (spans or points) and self._post(spans, points):
            self._spans.clear()
            self._points.clear()

    def _post_at_times(self) -> None:
        if self._clock() - self._posted >= EVERY:
            self.send()


def _random() -> int:
    """63 bits, so that no reader takes it for a negative number; not `secrets`, which is slow to import."""
    return int.from_bytes(os.urandom(8)) >> 1 or 1


def _trace_id() -> int:
    """128 bits as Datadog's: the time in seconds, 32 zeros, 64 random bits."""
    return int(time()) << 96 | _random()
