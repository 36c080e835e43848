"""What arrives in Datadog, in a line and in full: hosts, metrics, traces, logs, and the open incidents."""

from collections.abc import Iterator
from datetime import datetime

from textual.content import Content

from cluster.datadog.errors import (
    DatadogError,
    DatadogKeyRefusedError,
    DatadogOutageError,
    DatadogRateLimitError,
    DatadogScopeError,
)
from cluster.datadog.health.parts import PARTS, Hosts, Incidents, Metrics, Part, PartName, Series, Told, Volume
from screens.glyphs import GLYPHS
from screens.words import cut, hanging, keys, marked, memory_words, sparkline
from templates.text import age, plain

TITLE = 17
"""Columns of a part's title."""
AGE = 5
LABEL = 20
"""Columns of what a detail lists."""
BARS = 24

_SHORT: dict[type[DatadogError], str] = {
    DatadogScopeError: "may not be read",
    DatadogKeyRefusedError: "may not be read",
    DatadogRateLimitError: "asked too often",
    DatadogOutageError: "no answer",
}
_MEANINGS: dict[PartName, str] = {
    "hosts": "Machines whose Agent VibeCode has put into a cluster.",
    "metrics": "The main ones of the last hour, a bar for each minute with a value, the latest last.",
    "traces": "Spans of each service within the last hour.",
    "logs": "Lines of each service within the last hour.",
    "incidents": "Those of everybody in this Datadog that are not resolved.",
}


def part_row(name: PartName, part: Part | None, width: int, now: datetime) -> Content:
    """A line of exactly this width; its end tells how old it is."""
    glyph, colour = _sign(part)
    room = max(0, width - 2 - TITLE - AGE)
    words = cut(_short_words(part, now), room) if part is not None else ""
    old = age(part.at, now) if part is not None and part.at is not None else ""
    return Content.assemble(
        (f"{glyph} ", colour), f"{PARTS[name].title:<{TITLE}}", (f"{words:<{room}}{old:>{AGE}}", "$muted")
    )


def part_words(part: Part, now: datetime) -> str:
    """What was told, and what keeps it from being told anew."""
    if part.error is None:
        return _told_words(part.told, now)
    short = _error_words(part.error)
    return f"{short}; {_told_words(part.told, now)} {age(part.at, now)} ago" if part.told is not None else short


def part_detail(name: PartName, part: Part | None, width: int, now: datetime) -> Content:
    title = (PARTS[name].title, "bold")
    if part is None:
        unread = ("not read: that needs both keys", "$muted")
        return Content("\n\n").join([Content.assemble(title, "\n", unread), Content(_MEANINGS[name])])
    glyph, colour = _sign(part)
    said = _told_words(part.told, now) if part.told is not None else _short_words(part, now)
    old = f"  as of {age(part.at, now)} ago" if part.at is not None else ""
    blocks = [Content.assemble(title, "\n", (f"{glyph} {said}", colour), (old, "$muted"))]
    if part.error is not None:
        blocks.append(_trouble(part.error))
    blocks.append(Content.styled(_MEANINGS[name], "$muted"))
    if listed := list(_listed(part.told, width, now)):
        blocks.append(Content("\n").join(listed))
    blocks.append(keys((("o", "opens its page"), ("c", "copies the address"))))
    return Content("\n\n").join(blocks)


def _sign(part: Part | None) -> tuple[str, str]:
    if part is None:
        return GLYPHS.stopped, "$muted"
    if part.error is not None:
        return GLYPHS.unknown, "$warning"
    match part.told:
        case Incidents(total) if total:
            return "!", "$warning"
        case Hosts() as hosts if not hosts.up:
            return GLYPHS.waiting, "$muted"
        case Metrics(last=None) | Volume(services=()):
            return GLYPHS.waiting, "$muted"
        case _:
            return GLYPHS.running, "$success"


def _short_words(part: Part | None, now: datetime) -> str:
    if part is None:
        return ""
    return _error_words(part.error) if part.error is not None else _told_words(part.told, now)


def _error_words(error: DatadogError) -> str:
    return _SHORT.get(type(error), "not known")


def _told_words(told: Told | None, now: datetime) -> str:
    match told:
        case Hosts() as hosts:
            return f"{hosts.up} of {hosts.total} reporting" if hosts.total else "none reports"
        case Metrics(last=None):
            return "none in an hour"
        case Metrics(last=last):
            return f"last {age(last, now)} ago"
        case Volume() as volume:
            return f"{volume.total:,} {volume.unit} in an hour" if volume.services else "none in an hour"
        case Incidents(total):
            return f"{total} open" if total else "none open"
        case None:
            return ""


def _listed(told: Told | None, width: int, now: datetime) -> Iterator[Content]:
    match told:
        case Hosts():
            for host in told.hosts:
                glyph, colour = (GLYPHS.running, "$success") if host.up else (GLYPHS.stopped, "$muted")
                heard = f"heard of {age(host.reported, now)} ago" if host.reported is not None else ""
                name = cut(plain(host.name), LABEL)
                yield Content.assemble((f"{glyph} ", colour), f"{name:<{LABEL}} ", (heard, "$muted"))
        case Metrics():
            for series in told.series:
                yield _line(series)
        case Volume():
            for service, count in told.services:
                yield hanging([(cut(plain(service), LABEL - 1), f"{count:,}")], width, label=LABEL)
        case Incidents():
            for incident in told.newest:
                number = f"#{incident.number} " if incident.number is not None else ""
                words = f"{number}{plain(incident.title)} ({plain(incident.state)})"
                yield hanging([(cut(plain(incident.severity), 9), words)], width, label=10)
        case None:
            return


def _line(series: Series) -> Content:
    bars = sparkline(series.values, BARS)
    return Content.assemble(
        (f"{series.title:<{LABEL}}", "$muted"), (f"{bars:<{BARS}} ", "$accent"), _value(series) if bars else "no value"
    )


def _value(series: Series) -> str:
    value = series.last
    if value is None:
        return ""
    if series.unit == "B":
        return memory_words(int(value))
    return f"{value:.2f} s" if series.unit == "s" else f"{value:,.0f}"


def _trouble(error: DatadogError) -> Content:
    return Content.assemble(
        (f"{GLYPHS.failed} {error.title}", "$error"),
        "\n",
        plain(error.detail),
        "\n",
        (f"{GLYPHS.arrow} ", "$accent"),
        marked(plain(error.hint)),
    )
