"""What stands around a log: the workspaces to choose from, the state, the levels, and what to do where it is silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from textual.content import Content
from textual.style import Style

from cluster.engine import Workspace
from cluster.errors import WorkspaceStoppedError
from screens.glyphs import GLYPHS
from screens.logs.levels import SIGNS, Level
from screens.words import STATES, cut, marked
from templates.errors import VibeCodeError
from templates.text import age, plain

CHOICES = (Level.UNTOLD, Level.ERROR, Level.WARN, Level.INFO, Level.DEBUG)
"""What can be asked for: everything, or lines at least as grave, the gravest first."""
COPIED = 1_000_000
"""Characters that are copied at most: many terminals take no more."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its log a person is; `match` is which of the `matches`, None on a line without one."""

    line: int
    shown: int
    dropped: int = 0
    selected: int = 1
    follow: bool = True
    words: str = ""
    match: int | None = None
    matches: int = 0


def row(workspace: Workspace, width: int, *, stale: bool) -> Content:
    """A workspace in the list."""
    glyph, colour, _ = STATES[workspace.state]
    return Content.assemble((f"{glyph} ", "$muted" if stale else colour), cut(workspace.name, width - 2))


def heading(name: str, workspace: Workspace | None, place: Place, width: int) -> Content:
    """Whose log it is and how long; below, where one is in it and what keys lead on."""
    glyph, colour, word = STATES[workspace.state] if workspace else (GLYPHS.unknown, "$muted", "gone")
    lines = f"{place.shown:,} line{'' if place.shown == 1 else 's'}"
    if place.dropped:
        lines += f", {place.dropped:,} older dropped"
    left = Content.assemble((cut(name, max(8, width - len(lines) - 16)), "bold"), "  ", (f"{glyph} {word}", colour))
    first = Content.assemble(left, " " * max(2, width - left.cell_length - len(lines)), (lines, "$muted"))
    return Content("\n").join([first, _where(place)])


def _where(place: Place) -> Content:
    if place.follow or not place.shown:
        parts = [Content.styled(f"{GLYPHS.arrow} follows what comes", "$muted")]
    else:
        parts = [Content.assemble((f"line {place.line:,}", ""), ("  f follows the end again", "$muted"))]
    if place.selected > 1:
        parts.append(Content.assemble((f"{place.selected:,} lines selected", "$accent")))
    if place.words and not place.matches:
        parts.append(Content.styled("nothing here has these letters", "$warning"))
    elif place.words:
        which = f"{place.match:,} of " if place.match else ""
        noun = "match" if place.matches == 1 else "matches"
        parts.append(Content.assemble((f"{which}{place.matches:,} {noun}", "$accent")))
    return Content("   ").join(parts)


def levels(chosen: Level, errors: int, warnings: int, width: int) -> Content:
    """The levels to choose from, a click on one chooses it; at the end how many lines are errors and warnings."""
    items = [
        Content.styled(
            f" {level_words(level)} ", "$accent bold on $accent 16%" if level is chosen else "$foreground 80%"
        ).stylize(Style.from_meta({"level": int(level)}))
        for level in CHOICES
    ]
    left = Content(" ").join(items)
    right = Content.assemble(
        (f"{SIGNS[Level.ERROR]} {errors:,}", "$error" if errors else "$muted"),
        "   ",
        (f"{SIGNS[Level.WARN]} {warnings:,}", "$warning" if warnings else "$muted"),
    )
    return Content.assemble(left, " " * max(2, width - left.cell_length - right.cell_length), right).truncate(width)


def level_words(level: Level) -> str:
    """`All`, `ERROR`, `WARN+`: the plus says that what is graver is there too."""
    if level is Level.UNTOLD:
        return "All"
    return level.name if level is Level.ERROR else f"{level.name}+"


def next_level(level: Level) -> Level:
    return CHOICES[(CHOICES.index(level) + 1) % len(CHOICES)]


def notice(
    name: str, workspace: Workspace | None, seen: datetime | None, error: VibeCodeError | None, now: datetime
) -> Content | None:
    """Why nothing comes, and what can be done; None where the log is as it should be.

    `seen` is since when the engine is out of reach, `error` why the log cannot be read.
    """
    if seen is not None:
        return _say(
            GLYPHS.failed,
            "$error",
            "The connection is lost.",
            f"What is shown is {age(seen, now)} old; it is tried again by itself.",
        )
    if workspace is None:
        return _say(GLYPHS.unknown, "$muted", f"{name} is not there any more.", "Its last lines stay until you leave.")
    reason = f" {plain(workspace.reason)}" if workspace.reason else ""
    match workspace.state:
        case "stopped":
            return _say(GLYPHS.stopped, "$muted", f"{name} is stopped.", "`s` starts it; what it says then shows here.")
        case "failed":
            return _say(GLYPHS.failed, "$error", f"{name} failed.{reason}", "`s` tries again.")
        case "creating":
            return _say(GLYPHS.starting, "$warning", f"{name} is being made.", f"`5` shows how far it is.{reason}")
        case _ if error is not None and not isinstance(error, WorkspaceStoppedError):
            words = f"{plain(error.detail)} It is tried again by itself."
            return _say(GLYPHS.failed, "$error", f"{error.title}.", words)
        case _:
            return None


def _say(glyph: str, colour: str, head: str, rest: str) -> Content:
    return Content.assemble((f"{glyph} ", colour), (head, "bold"), " ", marked(rest))


def copied(lines: Sequence[str]) -> tuple[str, str]:
    """The lines as text, the oldest left out where it is too much, and how to call them."""
    room, first = COPIED, len(lines)
    while first and room >= len(lines[first - 1]) + 1:
        first -= 1
        room -= len(lines[first]) + 1
    kept = lines[first:]
    what = "The line" if len(lines) == 1 else f"{len(lines):,} lines"
    if first:
        what = f"The last {len(kept):,} of {len(lines):,} lines, which is what a terminal takes,"
    return "\n".join(kept), what
