"""The last lines of a log, cleaned of what would steer the terminal, in bounded memory."""

from collections.abc import Sequence

from screens.glyphs import GLYPHS
from screens.logs.levels import Level, level_of
from templates.text import plain

LINES = 100_000
"""Lines that are kept."""
CHARACTERS = 40_000_000
"""Characters that all of them have at most."""
LONGEST = 10_000
"""Characters of a line that are kept; the rest is left out, and said so."""
TAB = 4
ANEW = f"{GLYPHS.empty * 3} it began again {GLYPHS.empty * 3}"


def cleaned(line: str) -> str:
    """One printable line of bounded length."""
    rest = len(line) - LONGEST
    text = line[:LONGEST]
    if not text.isprintable():
        text = plain(text.expandtabs(TAB))
    return text if rest <= 0 else f"{text} {GLYPHS.ellipsis} ({rest:,} more characters)"


class LogBuffer:
    """Lines known by their numbers, which stay the same when older lines are dropped: `first` to `end` - 1 are there.

    A stream that is told again from its beginning (`begin_again`) adds only what is new in it.
    """

    def __init__(self, lines: int = LINES, characters: int = CHARACTERS) -> None:
        self._most = (lines, characters)
        self._texts: list[str] = []
        self._levels = bytearray()
        self._size = 0
        self._counts = [0] * len(Level)
        self._stream = 0
        self._replayed: int | None = None
        self.first = 0

    @property
    def end(self) -> int:
        return self.first + len(self._texts)

    def text(self, number: int) -> str:
        return self._texts[number - self.first]

    def level(self, number: int) -> Level:
        return Level(self._levels[number - self.first])

    def count(self, level: Level) -> int:
        """How many lines have this level."""
        return self._counts[level]

    def begin_again(self) -> None:
        """What is added next is the beginning of a log: the same one, or that of an editor begun anew."""
        self._replayed = max(self._stream, self.first) if self.end > self._stream else None
        if self._replayed is None:
            self._stream = self.end

    def append(self, lines: Sequence[str]) -> None:
        """Adds lines as they came; the oldest are dropped where there are too many."""
        texts = self._unseen([cleaned(line) for line in lines])
        before = Level(self._levels[-1]) if self._levels else Level.UNTOLD
        for text in texts:
            before = level_of(text, before)
            self._levels.append(before)
            self._counts[before] += 1
            self._size += len(text)
        self._texts += texts
        self._drop()

    def _unseen(self, texts: list[str]) -> list[str]:
        """Without those that tell again what the last stream told."""
        position = self._replayed
        if position is None:
            return texts
        same = 0
        while same < len(texts) and position < self.end and texts[same] == self.text(position):
            same, position = same + 1, position + 1
        if same == len(texts):
            self._replayed = position
            return []
        self._replayed = None
        if same == 0:
            self._stream = self.end + 1
            return [ANEW, *texts]
        return texts[same:]

    def _drop(self) -> None:
        lines, characters = self._most
        over, size = max(0, len(self._texts) - lines), self._size
        size -= sum(map(len, self._texts[:over]))
        while size > characters and over < len(self._texts) - 1:
            size -= len(self._texts[over])
            over += 1
        for level in self._levels[:over]:
            self._counts[level] -= 1
        del self._texts[:over], self._levels[:over]
        self._size = size
        self.first += over
