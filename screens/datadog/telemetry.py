"""What VibeCode itself tells an Agent: all of it, before and after it is switched on."""

from textual.content import Content

from screens.datadog.access import Telemetry
from screens.glyphs import GLYPHS
from screens.words import hanging, marked
from templates.text import plain

TITLE = 17
"""Columns of a row's title, as of all rows beside it."""
INDENT = 4
"""Columns before what a name means."""


def telemetry_row(telemetry: Telemetry | None) -> Content:
    glyph, colour, word = _state(telemetry)
    return Content.assemble((f"{glyph} ", colour), f"{'VibeCode itself':<{TITLE}}", (word, "$muted"))


def telemetry_detail(telemetry: Telemetry | None, width: int) -> Content:
    glyph, colour, word = _state(telemetry)
    title = Content.assemble(("What VibeCode tells of itself", "bold"), "\n", (f"{glyph} {word}", colour))
    if telemetry is None:
        return title
    blocks = [title, *(marked(plain(one)) for one in telemetry.intro)]
    for heading, below in telemetry.sections:
        lines = [marked(plain(heading)).stylize("bold")]
        lines += [_line(name, meaning, width) for name, meaning in below]
        blocks.append(Content("\n").join(lines))
    return Content("\n\n").join(blocks)


def _state(telemetry: Telemetry | None) -> tuple[str, str, str]:
    if telemetry is None:
        return GLYPHS.stopped, "$muted", ""
    if not telemetry.on:
        return GLYPHS.stopped, "$muted", "tells nobody"
    if not telemetry.to:
        return GLYPHS.unknown, "$warning", "no Agent answers"
    return GLYPHS.running, "$success", f"tells {plain(telemetry.to)}"


def _line(name: str, meaning: str, width: int) -> Content:
    if not name:
        return hanging([("", plain(meaning))], width, "$foreground 80%", label=2)
    told = hanging([("", plain(meaning))], width, "$foreground 80%", label=INDENT)
    return Content("\n").join([Content.styled(plain(name), "$accent"), told])
