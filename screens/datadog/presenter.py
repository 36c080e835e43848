"""Datadog in a line for each of its parts: pure functions of what it answered."""

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from cluster.datadog.keys import KeyKind, KeySource
from screens.datadog.health import AGENT, KEYS, PARTS, TELEMETRY, Health
from screens.datadog.parts import part_row
from screens.datadog.telemetry import telemetry_row
from screens.glyphs import GLYPHS
from screens.words import cut, ticking
from templates.text import age, plain

if TYPE_CHECKING:
    from cluster.datadog.agent.state import AgentState, AgentWord
    from cluster.datadog.monitors.found import FoundMonitor
    from cluster.datadog.status import KeyState, KeyStatus

KEY_TITLES: dict[KeyKind, str] = {"api": "API key", "app": "Application key"}
KEY_STATES: "dict[KeyState, tuple[str, str, str]]" = {
    "missing": (GLYPHS.stopped, "$muted", "none"),
    "malformed": (GLYPHS.wrong, "$error", "not whole"),
    "valid": (GLYPHS.done, "$success", "taken"),
    "refused": (GLYPHS.wrong, "$error", "refused"),
    "unknown": (GLYPHS.unknown, "$warning", "not known"),
}
AGENTS: "dict[AgentWord, tuple[str, str, str]]" = {
    "absent": (GLYPHS.stopped, "$muted", "not in the cluster"),
    "starting": (GLYPHS.starting, "$warning", "starting"),
    "running": (GLYPHS.running, "$success", "running"),
    "failing": (GLYPHS.failed, "$error", "failing"),
    "unknown": (GLYPHS.unknown, "$warning", "not known"),
}
PLACES: dict[KeySource, str] = {"environment": "from the environment", "keyring": "in the keyring"}
UNKEPT = "until you leave"
STATES = {
    "OK": (GLYPHS.running, "$success", "well"),
    "Alert": (GLYPHS.failed, "$error", "alert"),
    "Warn": ("!", "$warning", "warning"),
    "No Data": (GLYPHS.waiting, "$muted", "no data"),
}
"""The words of Datadog's API for a monitor's state."""
ABSENT = (GLYPHS.stopped, "$muted", "not made")
UNREAD = (GLYPHS.stopped, "$muted", "")
STATE = 14
"""Columns of a monitor's state and of its age."""


def state_of(found: "FoundMonitor | None", *, read: bool) -> tuple[str, str, str]:
    """A monitor's sign, colour and word; `read` says whether Datadog's monitors are known at all."""
    if found is None:
        return ABSENT if read else UNREAD
    return STATES.get(found.state, (GLYPHS.unknown, "$muted", plain(found.state).lower()))


def since(found: "FoundMonitor | None", now: datetime) -> str:
    """For how long a monitor has had its state; empty where that is not known."""
    try:
        then = datetime.fromisoformat(found.since) if found is not None and found.since else None
        return age(then, now) if then is not None else ""
    except (ValueError, TypeError):  # no time, or one without a zone
        return ""


def row(health: Health, key: str, width: int, now: datetime) -> Content:
    if key in KEYS:
        return _key_row(health, KEYS[key], health.key(key), width)
    if key == AGENT:
        return _agent_row(health.agent, width)
    if key == TELEMETRY:
        return telemetry_row(health.telemetry)
    if key in PARTS:
        return part_row(PARTS[key], health.part(key), width, now)
    if (monitor := health.defined(key)) is None:
        return _overview_row(health, width)
    found = health.found(monitor)
    glyph, colour, word = state_of(found, read=health.monitors is not None)
    right, room = f"{word:<9}{since(found, now):>5}", max(0, width - STATE - 8)
    return Content.assemble(
        (f"{glyph} ", "$muted" if health.stale else colour),
        (f"P{monitor.priority}  ", "$muted"),
        f"{cut(monitor.title, room):<{room}}  ",
        (right, "$muted"),
    )


def _overview_row(health: Health, width: int) -> Content:
    glyph, colour, words = verdict(health)
    right = plain(health.status.site.name) if health.status is not None and health.status.site is not None else ""
    left = Content.assemble((f"{glyph} ", colour), ("Datadog", "bold"), f"  {words}")
    return Content.assemble(left, " " * max(1, width - left.cell_length - len(right)), (right, "$muted"))


def _agent_row(agent: "AgentState | None", width: int) -> Content:
    glyph, colour, word = AGENTS[agent.state] if agent is not None else UNREAD
    ready = sum(pod.ready for pod in agent.pods) if agent is not None else 0
    right = f"{ready} of {len(agent.pods)} pods ready" if agent is not None and agent.pods else ""
    left = Content.assemble((f"{glyph} ", colour), f"{'Agent':<17}", (word, "$muted"))
    return Content.assemble(left, " " * max(1, width - left.cell_length - len(right)), (right, "$muted"))


def _key_row(health: Health, kind: KeyKind, status: "KeyStatus | None", width: int) -> Content:
    glyph, colour, word = KEY_STATES[status.state] if status is not None else (GLYPHS.stopped, "$muted", "")
    right = source_words(health, status) if status is not None else ""
    left = Content.assemble((f"{glyph} ", colour), f"{KEY_TITLES[kind]:<17}", (word, "$muted"))
    return Content.assemble(left, " " * max(1, width - left.cell_length - len(right)), (right, "$muted"))


def verdict(health: Health) -> tuple[str, str, str]:
    """How it stands, in one sign, one colour and a few words."""
    status = health.status
    if status is None:
        return (GLYPHS.wrong, "$error", "cannot look") if health.error else (GLYPHS.starting, "$muted", "looking")
    if not health.set_up:
        return GLYPHS.stopped, "$muted", "not set up"
    if not status.ok:
        bad = [one for one in (status.api, status.app) if one.state in ("refused", "malformed")]
        return (GLYPHS.wrong, "$error", "a key is not good") if bad else (GLYPHS.unknown, "$warning", "not all known")
    states = Counter(found.state for found in (health.monitors or {}).values())
    if states["Alert"]:
        return GLYPHS.failed, "$error", "alerts" if states["Alert"] > 1 else "an alert"
    if states["Warn"]:
        return "!", "$warning", "warnings" if states["Warn"] > 1 else "a warning"
    return GLYPHS.running, "$success", "connected"


def summary(health: Health, now: datetime) -> str:
    """The line above the list: how old what is shown is."""
    if health.began is not None:
        return f"Asking Datadog, {ticking((now - health.began).total_seconds())}"
    if health.at is None:
        return "Datadog"
    if not health.set_up and health.error is None:
        return "Nothing is sent, nothing is asked"
    old = f"; monitors are {age(health.seen, now)} old" if health.stale else ""
    return f"Asked {age(health.at, now)} ago{old}"


def source_words(health: Health, status: "KeyStatus") -> str:
    """Where a key comes from; empty where there is none."""
    if status.source is None:
        return ""
    return UNKEPT if status.source == "keyring" and not health.keeps else PLACES[status.source]
