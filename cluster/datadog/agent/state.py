"""How the Agent in the cluster is doing, as records."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

AgentWord = Literal["absent", "starting", "running", "failing", "unknown"]


@dataclass(frozen=True, slots=True)
class AgentPod:
    """One pod; `trouble` says why it is not ready, `log` is the end of the log of what ended last."""

    name: str
    role: Literal["agent", "cluster-agent"]
    ready: bool
    version: str
    restarts: int
    trouble: str = ""
    log: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentCheck:
    """One check: what it collects in words, and how it went, from the Agent's own status.

    `runs` is None where no Agent tells of it; then it is what would be collected.
    """

    name: str
    collects: str
    runs: int | None = None
    errors: int = 0
    samples: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A check that a pod asks for by its annotations; `found` is None where no Agent can be asked."""

    pod: str
    container: str
    check: str
    found: bool | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """What has come in since the Agent started; None where it does not tell."""

    spans: int | None = None
    metrics: int | None = None
    log_lines: int | None = None


@dataclass(frozen=True, slots=True)
class AgentState:
    """`problems` are the Agent's own: configuration that it cannot read, checks that it cannot load."""

    state: AgentWord
    detail: str
    pods: tuple[AgentPod, ...] = ()
    checks: tuple[AgentCheck, ...] = ()
    matches: tuple[Match, ...] = ()
    problems: tuple[str, ...] = ()
    received: Received = Received()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
