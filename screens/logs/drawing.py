"""One row of a log as a strip: its sign, its text, and what was searched for in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from screens.glyphs import GLYPHS
from screens.logs.levels import SIGNS, Level

GUTTER = 3
"""Columns before the text: the cursor, the level's sign, air."""

Styles = Callable[[str], Style]


@dataclass(frozen=True, slots=True)
class Row:
    """A part of a line: `part` of its parts, which begins at character `start`; `spans` are matches in the line."""

    text: str
    level: Level
    start: int = 0
    part: int = 0
    spans: Sequence[tuple[int, int]] = ()
    current: bool = False
    selected: bool = False
    focused: bool = False


def strip(row: Row, styles: Styles, left: int, width: int) -> Strip:
    """The row as wide as the window, its text from cell `left` on; `styles` has one for each component's name."""
    ground = styles("cursor") if row.current and row.focused else styles("selected") if row.selected else Style()
    base = styles("text") + ground
    level = base + styles(row.level.name.lower())
    begins = row.part == 0 and not row.text[:1].isspace()
    sign = SIGNS.get(row.level, " ") if begins else " "
    mark = GLYPHS.cursor if row.current else " "
    gutter = [
        Segment(mark, base + styles("mark" if row.focused else "mark-blurred")),
        Segment(sign, level),
        Segment(" ", base),
    ]
    room = width - GUTTER
    whole = Strip(_text(row, level, level + styles("match")))
    body = whole.crop(left, left + room).adjust_cell_length(room, base)
    if whole.cell_length > left + room:
        body = Strip.join([body.crop(0, room - 1), Strip([Segment(GLYPHS.ellipsis, base + styles("mark-blurred"))], 1)])
    return Strip.join([Strip(gutter, GUTTER), body])


def _text(row: Row, plain: Style, match: Style) -> list[Segment]:
    segments: list[Segment] = []
    at = 0
    for start, end in row.spans:
        start, end = max(at, start - row.start), min(len(row.text), end - row.start)
        if start < end:
            segments += [Segment(row.text[at:start], plain), Segment(row.text[start:end], match)]
            at = end
    return [*segments, Segment(row.text[at:], plain)]
