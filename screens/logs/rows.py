"""Which lines of a log are shown, and on which rows: pure, so that a widget only draws."""

from array import array
from bisect import bisect_left, bisect_right
from functools import lru_cache

from rich.cells import cell_len, chop_cells

from screens.logs.buffer import LogBuffer
from screens.logs.levels import Level


@lru_cache(maxsize=256)
def parts(text: str, width: int) -> tuple[str, ...]:
    """A line cut into rows of at most `width` cells; `width` 0 cuts nothing."""
    if not width or (text.isascii() and len(text) <= width):
        return (text,)
    if text.isascii():
        return tuple(text[at : at + width] for at in range(0, len(text), width))
    return tuple(chop_cells(text, width)) or ("",)


def _height(text: str, width: int) -> int:
    if not width:
        return 1
    if text.isascii():
        return -(-len(text) // width) or 1
    return len(parts(text, width))


class Rows:
    """The lines of at least a level, laid out in rows of `width` cells (0 where they are not wrapped).

    Rows count from 0, the oldest line first. `update` follows the buffer in the time that what is new takes.
    """

    def __init__(self, buffer: LogBuffer, least: Level = Level.UNTOLD, width: int = 0) -> None:
        self._buffer = buffer
        self.least = least
        self.width = width
        self.numbers = array("q")
        self._ends = array("q")  # the row after each line, counted from the first that ever was
        self._gone = 0
        self._known = buffer.first
        self.widest = 0
        self.update()

    @property
    def total(self) -> int:
        return (self._ends[-1] if self._ends else self._gone) - self._gone

    def update(self) -> tuple[int, int]:
        """How many rows were dropped above, and from which index on there are new lines."""
        buffer = self._buffer
        gone = bisect_left(self.numbers, buffer.first)
        before = self._gone
        if gone:
            self._gone = self._ends[gone - 1]
            del self.numbers[:gone], self._ends[:gone]
        new = len(self.numbers)
        row = self._ends[-1] if self._ends else self._gone
        for number in range(max(self._known, buffer.first), buffer.end):
            if self.least and buffer.level(number) < self.least:
                continue
            text = buffer.text(number)
            row += _height(text, self.width)
            self.numbers.append(number)
            self._ends.append(row)
            length = len(text) if text.isascii() else cell_len(text)
            if length > self.widest:
                self.widest = length
        self._known = buffer.end
        return self._gone - before, new

    def at(self, row: int) -> tuple[int, int] | None:
        """The index of the line on this row and which of its rows it is; None below the last."""
        if not 0 <= row < self.total:
            return None
        index = bisect_right(self._ends, row + self._gone)
        return index, row - self.top(index)

    def top(self, index: int) -> int:
        """The first row of a line."""
        return (self._ends[index - 1] if index else self._gone) - self._gone

    def bottom(self, index: int) -> int:
        """The row after a line."""
        return self._ends[index] - self._gone

    def nearest(self, number: int) -> int:
        """The index of the line, or of the last before it that is shown; 0 where there is none."""
        return max(0, bisect_right(self.numbers, number) - 1)
