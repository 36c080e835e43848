"""What a job tells beside its steps."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from templates.events import Event


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a kind of its own; `passing` is one of which a later one tells more."""

    name: str
    document: Mapping[str, object]
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Undertaking:
    """Work on a workspace that can be begun, and begun again: `events` is called for each attempt and converges.

    `aside` says that it only follows what goes on inside the workspace; once it is done, `then` says what begins by
    itself.
    """

    title: str
    workspace: str
    events: Callable[[], AsyncIterator[Event | Told]]
    done: str
    aside: bool = False
    then: Callable[[], "Undertaking | None"] = lambda: None
