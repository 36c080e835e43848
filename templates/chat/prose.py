"""What a model says beside its edits, as it is shown: nothing steers the terminal, and edits leave no gaps."""

MOST_LINE_ENDS = 2
"""In a row: one blank line between two paragraphs."""


class ProseFlow:
    """Condenses an answer as it arrives: what `feed` answers is together `condensed` of all, however it is cut."""

    def __init__(self) -> None:
        self._line_ends = MOST_LINE_ENDS  # nothing is shown yet, so blank lines are left out

    def feed(self, text: str) -> str:
        """What of the text is shown."""
        shown: list[str] = []
        for char in text:
            self._line_ends = self._line_ends + 1 if char == "\n" else 0
            if self._line_ends <= MOST_LINE_ENDS:
                shown.append(char if char.isprintable() or char in "\n\t" else " ")
        return "".join(shown)


def condensed(text: str) -> str:
    """A whole answer without leading blank lines, control characters and more than one blank line in a row."""
    return ProseFlow().feed(text)
