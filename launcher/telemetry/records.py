"""What is recorded, as it goes to the process that sends it.

Named tuples, since a command pays for their definition: a dataclass takes ten times as long to define.
"""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class ModelCall(NamedTuple):
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


class Span(NamedTuple):
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
    tags: Mapping[str, str]
    error: Sequence[str] = ()
    call: ModelCall | None = None


class Point(NamedTuple):
    """One value of a metric; `type` is DogStatsD's: c, g or d."""

    name: str
    type: str
    value: float
    tags: Mapping[str, str]


class Batch(NamedTuple):
    """All that goes at once; what it has to say itself, the sender logs to `log_file` from `log_level` on.

    `home` and `cluster` lead to the cluster, as in `cluster.config`; how it is reached is read there, by the sender.
    """

    log_file: str
    log_level: str
    home: str
    cluster: str
    spans: Sequence[Span]
    points: Sequence[Point]

    def encoded(self) -> bytes:
        return json.dumps(self).encode()

    @classmethod
    def decoded(cls, document: bytes) -> "Batch":
        """Of what `encoded` has made."""
        log_file, log_level, home, cluster, spans, points = json.loads(document)
        return cls(
            log_file,
            log_level,
            home,
            cluster,
            tuple(Span._make((*fields, call and ModelCall._make(call))) for *fields, call in spans),
            tuple(map(Point._make, points)),
        )
