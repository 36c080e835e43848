"""Words for people: columns, times, colours, and what stands in where the encoding has no sign for it."""

import codecs
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TextIO

FALLBACK = "vibecode-ascii"
DASH = "\N{EN DASH}"
"""What stands where there is nothing to say."""
_STAND_INS = {"✓": "ok", "✗": "x", "⚠": "!", "•": "*", "…": "...", "→": "->", "“": '"', "”": '"', DASH: "-"}
_ESCAPE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\-_])")
_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_STAND_INS.get(char, "?") for char in error.object[error.start : error.end]), error.end


def make_printable(stream: TextIO) -> None:
    """Lets a stream of any encoding take any text: a sign that it lacks is written in ASCII."""
    codecs.register_error(FALLBACK, _stand_in)
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors=FALLBACK)


def takes_unicode(stream: TextIO) -> bool:
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "").startswith("utf")


def plain(text: str) -> str:
    """One line without control characters: what a cluster or a container says must not steer the terminal."""
    return "".join(char if char.isprintable() else " " for char in _ESCAPE.sub("", text)).rstrip()


def duration(seconds: float) -> str:
    """`3.2s`, `42s`, `1m 05s`, `2h 05m`."""
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02}s"
    return f"{whole // 3600}h {whole % 3600 // 60:02}m"


def age(then: datetime | None, now: datetime | None = None) -> str:
    """How long ago, in its largest unit: `12s`, `5m`, `3h`, `4d`; a dash where it is not known."""
    if then is None:
        return DASH
    seconds = max(0, int(((now or datetime.now(UTC)) - then).total_seconds()))
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= length:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def columns(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of left-aligned columns; the last is as long as it is."""
    table = [tuple(header), *(tuple(row) for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(header) - 1)]
    return [
        "   ".join([*(f"{cell:{width}}" for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in table
    ]


def styled(text: str, style: str, colours: bool) -> str:
    """The text in a style (bold, dim, red, green, yellow, cyan), where colours are wanted."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if colours else text
