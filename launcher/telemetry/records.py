"""What is recorded, as it goes to the process that sends it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One request to a model; `cost` is in US dollars, `first_token` in seconds, None is unknown.

    `session` is the same for all requests of one conversation. `messages` (role and content) and `answer` are words of
    the person and of the model: they are there only where that is allowed.
    """

    model: str
    provider: str
    session: str
    prompt_tokens: int
    completion_tokens: int
    cost: float | None = None
    first_token: float | None = None
    messages: Sequence[Sequence[str]] = ()
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """Work that has ended; `start` and `end` are nanoseconds since 1970, `parent` is 0 for a trace's first span.

    `error` is the code and the title of what ended it, both constants of ours: a detail may hold a path or a name.
    """

    trace: int
    id: int
    parent: int
    name: str
    resource: str
    start: int
    end: int
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    error: Sequence[str] = ()
    call: ModelCall | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a metric; `type` is DogStatsD's: c, g or d."""

    name: str
    type: str
    value: float
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Batch:
    """All that goes at once; what it has to say itself, the sender logs to `log_file` from `log_level` on."""

    log_file: str
    log_level: str
    spans: Sequence[Span]
    points: Sequence[Point]

    def encoded(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def decoded(cls, document: bytes) -> "Batch":
        """Of what `encoded` has made."""
        read: dict[str, Any] = json.loads(document)
        return cls(
            log_file=read["log_file"],
            log_level=read["log_level"],
            spans=tuple(_span(**one) for one in read["spans"]),
            points=tuple(Point(**one) for one in read["points"]),
        )


def _span(call: dict[str, Any] | None, **fields: Any) -> Span:
    return Span(**fields, call=None if call is None else ModelCall(**call))
