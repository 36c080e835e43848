"""Where what the program tells of itself goes: as `sender` finds it, too."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Literal, NamedTuple

from cluster.datadog.agent.names import HOST, TRACES_PORT
from launcher.telemetry.agent import Agent, agent_of, is_named
from launcher.telemetry.statsd import PROXY
from templates.errors import VibeCodeError

if TYPE_CHECKING:
    from cluster.kube.api import Kube

Place = Literal["named", "machine", "cluster", "nowhere"]
"""The Agent that Datadog's variables name, whether it answers or not; one on this machine; the cluster's; none."""

IN_CLUSTER = Agent(f"http://{HOST}:{TRACES_PORT}", f"http://{HOST}:{TRACES_PORT}{PROXY}")
TITLES: dict[Place, str] = {
    "named": "an Agent",
    "machine": "the Agent on this machine",
    "cluster": "the Agent in the cluster",
    "nowhere": "nobody",
}


class Destination(NamedTuple):
    """`why` says what is missing where none answers; `agent` is then where one was looked for, on this machine."""

    place: Place
    agent: Agent
    answers: bool
    why: str = ""

    def as_dict(self) -> dict[str, object]:
        return {
            "place": self.place,
            "traces": self.agent.traces,
            "metrics": self.agent.metrics,
            "answers": self.answers,
            "why": self.why,
        }


async def destination(
    environ: Mapping[str, str], open_cluster: "Callable[[], AbstractAsyncContextManager[Kube]]"
) -> Destination:
    """The cluster is asked only where there is no Agent on this machine, and none that somebody has named."""
    agent = agent_of(environ)
    answers = await asyncio.to_thread(agent.answers)
    if is_named(environ):
        why = "" if answers else f"None answers at {agent.traces}, where Datadog's variables say that it is."
        return Destination("named", agent, answers, why)
    if answers:
        return Destination("machine", agent, True)
    from cluster.datadog.agent.reach import ready_agent

    try:
        async with open_cluster() as kube:
            await ready_agent(kube)
    except VibeCodeError as error:
        return Destination("nowhere", agent, False, f"{error.detail} {error.hint}")
    return Destination("cluster", IN_CLUSTER, True)


def words(to: Destination) -> str:
    """In sentences."""
    traces, metrics = to.agent
    match to.place:
        case "cluster":
            return "To the Agent in the cluster, through the cluster's API server; metrics by its port for traces, too."
        case "machine":
            return f"To the Agent on this machine, at {traces} and {metrics}."
        case "named":
            there = "answers" if to.answers else "does not answer: nothing arrives, and nothing waits for it"
            return f"To the Agent at {traces} ({there}) and {metrics}."
        case "nowhere":
            return f"To nobody: no Agent answers on this machine, at {traces}. {to.why}"
