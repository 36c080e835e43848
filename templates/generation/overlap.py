"""Lines that a model writes once more when it goes on after a cut, found and left out."""

REMEMBERED = 40
"""Lines before the cut that it may begin with."""

SIGNIFICANT = 12
"""Characters, without blanks, from which on the same lines are no coincidence: `}` comes twice by itself."""


class Overlap:
    """Fed with what follows a cut; answers what of it is new. Nothing is kept once that is known."""

    def __init__(self, before: str) -> None:
        tail = before.splitlines()[-REMEMBERED:]
        self._candidates = [tail[start:] for start in range(len(tail))]
        self._lines: list[str] = []
        self._rest = ""

    def feed(self, text: str) -> str:
        if not self._candidates:
            return text
        self._rest += text
        while self._candidates and (end := self._rest.find("\n")) >= 0:
            self._lines.append(self._rest[: end + 1])
            self._rest = self._rest[end + 1 :]
            self._compare()
        return "" if self._candidates else self._let_go()

    def close(self) -> str:
        """The end: what was held back in the hope of more."""
        return self._let_go()

    def _compare(self) -> None:
        seen = [line.rstrip("\r\n") for line in self._lines]
        self._candidates = [lines for lines in self._candidates if lines[: len(seen)] == seen]
        if any(len(lines) == len(seen) for lines in self._candidates):
            if sum(len("".join(line.split())) for line in seen) >= SIGNIFICANT:
                self._lines = []
                self._candidates = []
            else:
                self._candidates = [lines for lines in self._candidates if len(lines) > len(seen)]

    def _let_go(self) -> str:
        held = "".join(self._lines) + self._rest
        self._lines, self._rest, self._candidates = [], "", []
        return held
