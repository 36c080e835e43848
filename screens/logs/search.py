"""Where a search finds its letters among the lines that are shown."""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from screens.logs.buffer import LogBuffer


class Matches:
    """The numbers of the lines with these letters, whatever their case, in their order."""

    def __init__(self, buffer: LogBuffer, words: str = "", among: Iterable[int] = ()) -> None:
        self._buffer = buffer
        self.words = words
        self._pattern = re.compile(re.escape(words), re.IGNORECASE) if words else None
        self.numbers = array("q")
        self.add(among)

    def __len__(self) -> int:
        return len(self.numbers)

    def narrowed(self, words: str, shown: Sequence[int]) -> "Matches":
        """The matches of other words; those that only go on are looked for where the first were found."""
        goes_on = bool(self.words) and words.lower().startswith(self.words.lower())
        return Matches(self._buffer, words, self.numbers if goes_on else shown)

    def add(self, numbers: Iterable[int]) -> None:
        """Looks at lines that are newer than all so far."""
        if wanted := self.words.lower():
            text = self._buffer.text
            self.numbers.extend(number for number in numbers if wanted in text(number).lower())

    def drop(self) -> None:
        """Forgets what the buffer has dropped."""
        del self.numbers[: bisect_left(self.numbers, self._buffer.first)]

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where in a line the letters are."""
        return [found.span() for found in self._pattern.finditer(text)] if self._pattern else []

    def after(self, number: int) -> int | None:
        """The next line below with a match; from the last on to the first."""
        if not self.numbers:
            return None
        return self.numbers[bisect_right(self.numbers, number) % len(self.numbers)]

    def before(self, number: int) -> int | None:
        """The next line above with a match; from the first on to the last."""
        if not self.numbers:
            return None
        return self.numbers[bisect_left(self.numbers, number) - 1]

    def place(self, number: int) -> int | None:
        """Which of the matches the line is, counted from 1."""
        index = bisect_left(self.numbers, number)
        return index + 1 if index < len(self.numbers) and self.numbers[index] == number else None
