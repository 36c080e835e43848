"""Words, signs and colours that mean the same in every place."""

from collections.abc import Sequence
from datetime import datetime
from textwrap import wrap

from textual.content import Content

from cluster.engine import ServiceState, WorkspaceState
from screens.glyphs import GLYPHS
from templates.text import DASH, age, duration

STATES: dict[WorkspaceState, tuple[str, str, str]] = {
    "running": (GLYPHS.running, "$success", "running"),
    "creating": (GLYPHS.starting, "$warning", "being made"),
    "stopped": (GLYPHS.stopped, "$muted", "stopped"),
    "failed": (GLYPHS.failed, "$error", "failed"),
    "unknown": (GLYPHS.unknown, "$muted", "unknown"),
}
"""For each state its sign, its colour and its word."""

SERVICE_STATES: dict[ServiceState, tuple[str, str, str]] = {
    "running": (GLYPHS.running, "$success", "runs"),
    "starting": (GLYPHS.starting, "$warning", "starts"),
    "stopped": (GLYPHS.stopped, "$muted", "stopped"),
    "failed": (GLYPHS.failed, "$error", "fails"),
    "absent": (GLYPHS.unknown, "$muted", "not here"),
}
"""The same of a service beside a workspace."""


def cpu_words(millicores: int | None) -> str:
    """In percent of one processor."""
    return DASH if millicores is None else f"{round(millicores / 10)} %"


def memory_words(size: int | None) -> str:
    if size is None:
        return DASH
    mebibytes = size / 2**20
    return f"{mebibytes:.0f} MiB" if mebibytes < 999.5 else f"{mebibytes / 1024:.1f} GiB"


def ago(then: datetime | None, now: datetime) -> str:
    return "unknown" if then is None else f"{age(then, now)} ago"


def ticking(seconds: float) -> str:
    """A time that goes on: whole seconds, as they pass."""
    return f"{int(seconds)}s" if seconds < 10 else duration(int(seconds))


def sparkline(values: Sequence[float | None], width: int, top: float | None = None) -> str:
    """The last `width` values as bars, the latest last; `top` is what the highest bar stands for at least."""
    shown = [value for value in values if value is not None][-width:]
    if not shown:
        return ""
    highest = max(top or 0, *shown) or 1
    bars = GLYPHS.bars
    return "".join(bars[min(len(bars) - 1, int(value / highest * len(bars)))] for value in shown)


def cut(text: str, width: int) -> str:
    """At most `width` characters, with an ellipsis where something is missing."""
    return text if len(text) <= width else text[: max(0, width - 1)] + GLYPHS.ellipsis


def pairs(rows: Sequence[tuple[str, Content | str]], width: int = 11) -> Content:
    """Labels and what they stand for, a line each, the labels in one column."""
    return Content("\n").join([Content.assemble((f"{label:<{width}}", "$muted"), value) for label, value in rows])


def hanging(rows: Sequence[tuple[str, str]], width: int, style: str = "", label: int = 11) -> Content:
    """Labels and what they stand for, as `pairs`; what takes several lines stays in its column."""
    lines: list[Content] = []
    for title, text in rows:
        first, *more = wrap(text, max(10, width - label), break_on_hyphens=False) or [""]
        lines.append(Content.assemble((f"{title:<{label}}", "$muted"), (first, style)))
        lines += [Content.assemble(" " * label, (one, style)) for one in more]
    return Content("\n").join(lines)


def marked(text: str) -> Content:
    """A sentence with `code` in it, which stands out instead of its backticks."""
    parts = text.split("`")
    return Content.assemble(*((part, "$accent") if number % 2 else part for number, part in enumerate(parts)))


def keys(rows: Sequence[tuple[str, str]]) -> Content:
    """Keys and what they do, in one line."""
    return Content("   ").join([Content.assemble((key, "$accent bold"), " ", (title, "$muted")) for key, title in rows])
