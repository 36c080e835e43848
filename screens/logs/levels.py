"""How grave a line of a log is, read from JSON and from the usual plain forms."""

import re
from enum import IntEnum

from screens.glyphs import GLYPHS


class Level(IntEnum):
    """In their order; UNTOLD is a line that does not say."""

    UNTOLD = 0
    DEBUG = 1
    INFO = 2
    WARN = 3
    ERROR = 4


SIGNS = {Level.ERROR: GLYPHS.failed, Level.WARN: "!"}
"""The signs of the levels that matter, so that colour is not all that tells them."""

_WORDS = {
    Level.ERROR: ("error", "err", "fatal", "critical", "crit", "panic", "alert", "emerg", "emergency", "severe"),
    Level.WARN: ("warn", "warning"),
    Level.INFO: ("info", "information", "notice"),
    Level.DEBUG: ("debug", "trace", "verbose", "silly"),
}
_LEVELS = {word: level for level, words in _WORDS.items() for word in words}
_ANY = "|".join(sorted(_LEVELS, key=len, reverse=True))

_NAMED = re.compile(
    rf"""["']?(?:level|severity|lvl|log\.level|levelname|loglevel|status)["']?\s*[:=]\s*["']?(?:({_ANY})\b|(\d\d)\b)""",
    re.IGNORECASE,
)
_FIRST = re.compile(rf"(?:[\[(]?[\dT:.,+/Z -]{{6,}}[\])]?\s*)?[\[(<]?({_ANY})[\])>]?(?=[\s:|]|$)", re.IGNORECASE)
"""The first word, or the first after a time: `[2026-03-01T12:00:00.000Z] info  …`, `error: …`, `[WARN] …`."""
_LOUD = re.compile(rf"\b({_ANY.upper()})\b")
_KLOG = re.compile(r"([IWEF])\d{4} \d\d:\d\d:")
"""Kubernetes' own programs: `E0301 12:00:00.000000 …` (k8s.io/klog, header format)."""
_THROWN = re.compile(r"Traceback \(most recent call last\)|(?:[\w.]+\.)?[A-Z]\w*(?:Error|Exception)(?::|$)|panic:")
_KLOG_LEVELS = {"I": Level.INFO, "W": Level.WARN, "E": Level.ERROR, "F": Level.ERROR}
_HEAD = 160
"""Characters in which a plain line tells its level."""


def level_of(line: str, before: Level = Level.UNTOLD) -> Level:
    """The level of one line; an indented one goes on with the line `before` it, as the lines of a traceback do."""
    if line[:1].isspace():
        return before
    head = line[:_HEAD]
    if line.startswith("{"):
        return _named(line) or Level.UNTOLD
    if found := _FIRST.match(head):
        return _LEVELS[found[1].lower()]
    if found := _KLOG.match(head):
        return _KLOG_LEVELS[found[1]]
    if "=" in head and (named := _named(head)):
        return named
    if found := _LOUD.search(head):
        return _LEVELS[found[1].lower()]
    return Level.ERROR if _THROWN.match(head) else Level.UNTOLD


def _named(text: str) -> Level | None:
    """What a field says: a word, or the number of pino and bunyan (10 trace to 60 fatal)."""
    if not (found := _NAMED.search(text)):
        return None
    if found[1]:
        return _LEVELS[found[1].lower()]
    number = int(found[2])
    thresholds = ((50, Level.ERROR), (40, Level.WARN), (30, Level.INFO))
    return next((level for least, level in thresholds if number >= least), Level.DEBUG)
