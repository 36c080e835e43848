"""Whether a model has begun to say the same thing again and again, told from the end of what it said."""

WINDOW = 8192
"""Characters that must be one repeated piece."""

LONGEST_PIECE = 1024
EVERY = 2048
"""Characters after which it is looked again."""

PROBE = 64


class Repetition:
    """Fed with a text in pieces; memory is one window, time is linear."""

    def __init__(self) -> None:
        self._tail = ""
        self._unseen: list[str] = []
        self._size = 0

    def feed(self, text: str) -> bool:
        """Whether the last WINDOW characters are one piece, of at most LONGEST_PIECE characters, over and over."""
        self._unseen.append(text)
        self._size += len(text)
        if self._size < EVERY:
            return False
        self._tail = (self._tail + "".join(self._unseen))[-WINDOW:]
        self._unseen, self._size = [], 0
        return len(self._tail) == WINDOW and _repeats(self._tail)


def _repeats(tail: str) -> bool:
    if not tail.strip():
        return True
    probe = tail[-PROBE:]
    before = tail.rfind(probe, len(tail) - PROBE - LONGEST_PIECE, len(tail) - 1)
    if before < 0:
        return False
    period = len(tail) - PROBE - before
    return tail[period:] == tail[:-period]
