"""The Agent's state, read from the cluster, and from the Agent itself where it runs."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from typing import Any, Literal, cast

from cluster.datadog.agent.names import AGENT, NAMESPACE, OURS
from cluster.datadog.agent.pods import image_tag, is_ready, restarts, role, trouble
from cluster.datadog.agent.report import COLLECTS, EXPECTED, AgentReport, read_report
from cluster.datadog.agent.rollout import last_words
from cluster.datadog.agent.state import AgentCheck, AgentPod, AgentState, AgentWord, Match
from cluster.kube.api import Kube
from cluster.kube.kinds import Object
from cluster.manifests.labels import MANAGED_BY
from cluster.manifests.observed import PREFIX
from templates.errors import VibeCodeError

ANSWERED_WITHIN = 15.0
"""Seconds that the Agent has for its own status."""
LARGEST = 16 << 20
"""Bytes of it that are read."""


async def agent_state(kube: Kube) -> AgentState:
    """What there is in the cluster; the annotated pods and the usual checks are told without an Agent, too."""
    ours, watched, daemon_set = await asyncio.gather(
        kube.list("Pod", NAMESPACE, labels=OURS),
        kube.list("Pod", labels=MANAGED_BY),
        kube.get("DaemonSet", AGENT, NAMESPACE),
    )
    asked = tuple(_asked(watched))
    if daemon_set is None:
        expected = tuple(_expected(asked))
        detail = "The Agent is not in the cluster; `vibecode datadog enable` puts it there."
        return AgentState("absent", detail, checks=expected, matches=asked)
    pods = tuple(await asyncio.gather(*(_seen(kube, pod) for pod in ours)))
    report = await _report(kube, ours)
    word, detail = _summary(pods, report)
    if report is None:
        return AgentState(word, detail, pods, tuple(_expected(asked)), asked)
    running = {one.name for one in report.checks}
    matches = tuple(Match(one.pod, one.container, one.check, one.check in running) for one in asked)
    return AgentState(word, detail, pods, report.checks, matches, report.problems, report.received)


async def _seen(kube: Kube, pod: Object) -> AgentPod:
    name, found = pod["metadata"]["name"], trouble(pod)
    log = await last_words(kube, name, found.ended) if found and found.ended else ()
    kind = cast(Literal["agent", "cluster-agent"], role(pod))
    return AgentPod(name, kind, is_ready(pod), image_tag(pod), restarts(pod), found.words if found else "", log)


def _summary(pods: tuple[AgentPod, ...], report: AgentReport | None) -> tuple[AgentWord, str]:
    ill = [pod for pod in pods if pod.trouble]
    if ill:
        return "failing", "; ".join(f"{pod.name}: {pod.trouble}" for pod in ill) + "."
    if not pods or not all(pod.ready for pod in pods):
        return "starting", "Its pods are starting."
    version = f" {report.version}" if report and report.version else ""
    told = "" if report else " It does not tell its own status."
    return "running", f"The Agent{version} runs in the cluster.{told}"


def _asked(pods: Iterable[Object]) -> Iterator[Match]:
    """What pods ask for by annotations such as `ad.datadoghq.com/editor.checks`."""
    for pod in sorted(pods, key=lambda one: one["metadata"]["name"]):
        for key, value in sorted(pod["metadata"].get("annotations", {}).items()):
            if key.startswith(PREFIX) and key.endswith(".checks"):
                container = key.removeprefix(PREFIX).removesuffix(".checks")
                yield from (Match(pod["metadata"]["name"], container, check) for check in _names(value))


def _names(value: str) -> list[str]:
    try:
        parsed: object = json.loads(value)
    except ValueError:
        return []
    return sorted(cast("dict[str, Any]", parsed)) if isinstance(parsed, dict) else []


def _expected(asked: Iterable[Match]) -> Iterator[AgentCheck]:
    for name in (*EXPECTED, *sorted({one.check for one in asked} - set(EXPECTED))):
        yield AgentCheck(name, COLLECTS.get(name, ""))


async def _report(kube: Kube, pods: Iterable[Object]) -> AgentReport | None:
    """Of the first Agent that runs and answers; there is one node."""
    for pod in pods:
        if role(pod) == "agent" and is_ready(pod):
            try:
                async with asyncio.timeout(ANSWERED_WITHIN):
                    return read_report(await _status(kube, pod["metadata"]["name"]))
            except (VibeCodeError, TimeoutError):
                continue
    return None


async def _status(kube: Kube, pod: str) -> str:
    session = await kube.exec(pod, NAMESPACE, ["agent", "status", "--json"], container=AGENT)
    try:
        said = bytearray()
        async for channel, data in session.output():
            if channel == "stdout" and len(said) < LARGEST:
                said += data
    finally:
        await session.close()
    return said.decode("utf-8", "replace")
