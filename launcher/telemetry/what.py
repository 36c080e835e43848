"""What the program tells of itself, in words: all of it, with nothing left out."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from launcher.settings import Settings
from launcher.telemetry.destination import Destination, destination, words
from launcher.telemetry.identity import identity
from launcher.telemetry.metrics import METRICS

if TYPE_CHECKING:
    from cluster.kube.api import Kube

TRACES = {
    "vibecode.workspace.create": "a new workspace, with a span for each step",
    "vibecode.workspace.start": "a workspace that is started, likewise",
    "vibecode.workspace.stop": "one that is stopped",
    "vibecode.workspace.delete": "one that is deleted",
    "vibecode.cluster.up": "an engine that is brought up",
    "vibecode.cluster.down": "an engine that is removed",
    "vibecode.ai.request": "a request to a model (LLM Observability): its model, tokens, cost, and time",
}
SPAN_TAGS = ("component", "engine", "outcome", "error.type", "error.message", "language", "runtime-id", "process_id")
"""An error is told by its code and title, which are ours, never by its detail; the last three are ddtrace's."""
WORDS = (
    "what you ask models, with the files that go along, and what they answer",
    "the names of workspaces, else `w-` and a number made of them",
)
NEVER = (
    "files and folders, but for those that a model is asked about where words are allowed",
    "keys, tokens and other secrets",
    "your name, addresses, and your machine's name, though the Agent adds that of its host",
    "the details of errors, and the log, which stays in its file",
)


Sections = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True, slots=True)
class What:
    """`traces_possible` says whether this Python has ddtrace."""

    on: bool
    words: bool
    to: Destination
    traces_possible: bool

    def as_dict(self) -> dict[str, object]:
        return {
            "on": self.on,
            "words": self.words,
            "agent": self.to.as_dict(),
            "traces_possible": self.traces_possible,
            "tags": identity(),
            "metrics": [{"name": one.name, "meaning": one.meaning, "tags": list(one.tags)} for one in METRICS],
            "traces": [{"name": name, "meaning": meaning} for name, meaning in TRACES.items()],
            "span_tags": list(SPAN_TAGS),
            "only_with_words": list(WORDS),
            "never": list(NEVER),
        }


async def what_is_sent(
    values: Settings, environ: Mapping[str, str], open_cluster: "Callable[[], AbstractAsyncContextManager[Kube]]"
) -> What:
    to = await destination(environ, open_cluster)
    return What(values.telemetry, values.telemetry_words, to, find_spec("ddtrace") is not None)


def intro(what: What) -> list[str]:
    """Whether it is sent, and where to, in sentences."""
    if what.on:
        said = ["VibeCode tells a Datadog Agent of itself; `vibecode config set telemetry false` ends that."]
    else:
        said = ["VibeCode tells nobody of itself; `vibecode config set telemetry true` has it send this to an Agent:"]
    said.append(words(what.to))
    if not what.traces_possible:
        said.append("No traces: ddtrace is not published for this Python or platform. Metrics are sent all the same.")
    return said


def sections(what: What) -> Sections:
    """All that is sent and what never is: titles, each with what stands below it; what has a name has a meaning."""
    switch = "on" if what.words else "off; `vibecode config set telemetry_words true` allows it"
    tags = f"{', '.join(f'{key}:{value}' for key, value in identity().items())}, component"
    return (
        ("Metrics", tuple((one.name, f"{one.meaning}{_tagged(one.tags)}") for one in METRICS)),
        ("Traces", tuple(TRACES.items())),
        ("Each with", (("", tags), ("", f"spans also with {', '.join(SPAN_TAGS[1:])}"))),
        (f"Only where words are allowed (now {switch})", tuple(("", one) for one in WORDS)),
        ("Never", tuple(("", one) for one in NEVER)),
    )


def lines(what: What) -> list[str]:
    """For a person."""
    first, *others = intro(what)
    said = [first, "", *others]
    width = max(len(one.name) for one in METRICS)
    for title, below in sections(what):
        said += ["", title, *(f"  {name:{width}}  {meaning}" if name else f"  {meaning}" for name, meaning in below)]
    return said


def _tagged(tags: tuple[str, ...]) -> str:
    return f"; by {', '.join(tags)}" if tags else ""
