"""Words for people: columns, colours, and what stands in where the encoding has no sign for it."""

import codecs
from collections.abc import Iterable, Sequence
from typing import TextIO

from templates.text import DASH

FALLBACK = "vibecode-ascii"
_STAND_INS = {"✓": "ok", "✗": "x", "⚠": "!", "•": "*", "…": "...", "→": "->", "“": '"', "”": '"', DASH: "-"}
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
