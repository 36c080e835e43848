"""How much of everything the server takes at once."""

from collections.abc import Callable
from time import monotonic

from launcher.serve.errors import TooManyRequestsError

BODY = 1 << 20
"""Bytes of a request's body; `files/sync` may have SYNC_BODY."""
SYNC_BODY = 64 << 20
SYNC_FILES = 20_000
"""Files that one `files/sync` may change."""
PROMPT = 20_000
"""Characters."""
GENERATIONS = 2
"""Projects that models write at the same time."""
JOBS = 32
"""Jobs under way at the same time."""
STREAMS = 512
"""Streams of events that are open at the same time."""
PAGE, LARGEST_PAGE = 100, 1000
"""Items of a page where the caller does not say, and at most."""
CHANGES, BURST = 50.0, 200
"""Requests that change things: each second in the long run, and at once."""


class Bucket:
    """A token bucket: `burst` at once, `rate` a second in the long run."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._left = float(burst)
        self._at = clock()

    def take(self) -> None:
        """Raises TooManyRequestsError where nothing is left."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            raise TooManyRequestsError(f"More than {self._rate:g} changes a second were asked for.", seconds=1)
        self._left -= 1
