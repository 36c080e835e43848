"""What stands around a log: those to choose from, the state, the levels, and what to do where it is silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from textual.content import Content
from textual.style import Style

from cluster.engine import ServiceStatus, Workspace
from cluster.errors import WorkspaceStoppedError
from screens.glyphs import GLYPHS
from screens.logs.levels import SIGNS, Level
from screens.logs.source import Source
from screens.words import SERVICE_STATES, STATES, cut, marked
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


def state(source: Source, workspace: Workspace | None) -> tuple[str, str, str]:
    """The sign, the colour and the word of whose log it is; `workspace` is as it was seen last."""
    if workspace is not None and source.service is None:
        return STATES[workspace.state]
    if workspace is not None and (status := source.status(workspace)) is not None:
        return SERVICE_STATES[status.state]
    return GLYPHS.unknown, "$muted", "gone"


def row(source: Source, workspace: Workspace, width: int, *, stale: bool) -> Content:
    """A workspace in the list, or, indented, a service beside it."""
    glyph, colour, _ = state(source, workspace)
    branch = "" if source.service is None else f"{GLYPHS.branch} "
    name = cut(source.name, width - len(branch) - 2)
    return Content.assemble((branch, "$muted"), (f"{glyph} ", "$muted" if stale else colour), name)


def heading(source: Source, workspace: Workspace | None, place: Place, width: int) -> Content:
    """Whose log it is and how long; below, where one is in it and what keys lead on."""
    glyph, colour, word = state(source, workspace)
    lines = f"{place.shown:,} line{'' if place.shown == 1 else 's'}"
    if place.dropped:
        lines += f", {place.dropped:,} older dropped"
    title = cut(source.title, max(8, width - len(lines) - 16))
    left = Content.assemble((title, "bold"), "  ", (f"{glyph} {word}", colour))
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
    source: Source, workspace: Workspace | None, seen: datetime | None, error: VibeCodeError | None, now: datetime
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
        gone = f"{source.title} is not there any more."
        return _say(GLYPHS.unknown, "$muted", gone, "Its last lines stay until you leave.")
    if (status := source.status(workspace)) is not None and status.state != "stopped":
        return _of_service(source.name, status, error)
    name, reason = workspace.name, f" {plain(workspace.reason)}" if workspace.reason else ""
    match workspace.state:
        case "stopped":
            return _say(GLYPHS.stopped, "$muted", f"{name} is stopped.", "`s` starts it; what it says then shows here.")
        case "failed":
            return _say(GLYPHS.failed, "$error", f"{name} failed.{reason}", "`s` tries again.")
        case "creating":
            return _say(GLYPHS.starting, "$warning", f"{name} is being made.", f"`5` shows how far it is.{reason}")
        case _:
            return _unreadable(error)


def _of_service(name: str, status: ServiceStatus, error: VibeCodeError | None) -> Content | None:
    """Of one that is to run, whatever becomes of its workspace."""
    if status.state == "running":
        return _unreadable(error)
    glyph, colour, word = SERVICE_STATES[status.state]
    does = f"{name} is {word}" if status.state == "absent" else f"{name} {word}"
    return _say(glyph, colour, f"{does}{':' if status.reason else '.'}", plain(status.reason or ""))


def _unreadable(error: VibeCodeError | None) -> Content | None:
    if error is None or isinstance(error, WorkspaceStoppedError):
        return None
    words = f"{plain(error.detail)} It is tried again by itself."
    return _say(GLYPHS.failed, "$error", f"{error.title}.", words)


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
