"""Datadog's Agent in the cluster in full: its pods, what it collects, what it has received."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.content import Content

from screens.datadog.presenter import AGENTS
from screens.glyphs import GLYPHS
from screens.words import cut, hanging, keys, marked
from templates.text import plain

if TYPE_CHECKING:
    from cluster.datadog.agent.state import AgentCheck, AgentPod, AgentState

CHECK = 17
"""Columns of a check's name."""


def agent_detail(agent: "AgentState", width: int) -> Content:
    glyph, colour, word = AGENTS[agent.state]
    blocks = [
        Content.assemble(("Datadog's Agent", "bold"), "\n", (f"{glyph} {word}", colour)),
        marked(plain(agent.detail)),
        *(_pod(pod, width) for pod in agent.pods),
        *(_trouble(problem) for problem in _problems(agent)),
    ]
    received = {"spans": agent.received.spans, "metrics": agent.received.metrics, "lines": agent.received.log_lines}
    told = [f"{count:,} {what}" for what, count in received.items() if count is not None]
    if told:
        blocks.append(hanging([("Received", ", ".join(told))], width, label=CHECK))
    if agent.checks:
        title = "What it collects" if agent.pods else "What it would collect"
        blocks.append(Content.assemble((title, "bold"), "\n", _checks(agent.checks, width)))
    removing = (("x", "removes it"),) if agent.state != "absent" else ()
    blocks.append(keys((("e", "puts it there"), ("l", "with less memory"), *removing)))
    return Content("\n\n").join(blocks)


def _pod(pod: "AgentPod", width: int) -> Content:
    glyph, colour = (GLYPHS.running, "$success") if pod.ready else (GLYPHS.failed, "$error")
    again = f", started again {pod.restarts} times" if pod.restarts else ""
    lines = [Content.assemble((f"{glyph} ", colour), plain(pod.name), (f"  {plain(pod.version)}{again}", "$muted"))]
    if pod.trouble:
        lines.append(Content(plain(pod.trouble)))
    lines += [Content.styled(cut(plain(line), width), "$muted") for line in pod.log]
    return Content("\n").join(lines)


def _problems(agent: "AgentState") -> Iterator[str]:
    yield from (f"The check {one.name}: {one.error}" for one in agent.checks if one.error)
    lost = (one for one in agent.matches if one.found is False)
    yield from (f"{one.pod} asks for {one.check}, which the Agent does not run" for one in lost)
    yield from agent.problems


def _trouble(words: str) -> Content:
    return Content.assemble((f"{GLYPHS.wrong} ", "$error"), plain(words))


def _checks(checks: "tuple[AgentCheck, ...]", width: int) -> Content:
    """A line for each, and how often it ran where an Agent tells of it."""
    rows = [(plain(one.name), f"{plain(one.collects)}{_runs_words(one)}") for one in checks]
    return hanging(rows, width, "$foreground 80%", CHECK)


def _runs_words(check: "AgentCheck") -> str:
    if check.runs is None:
        return ""
    return f" ({check.runs:,} runs, {check.errors} failed)" if check.errors else f" ({check.runs:,} runs)"
