"""Attempts that are repeated until they succeed or patience ends."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from itertools import count
from time import monotonic
from typing import TypeVar

from templates.errors import VibeCodeError

FIRST_DELAY = 0.1
LONGEST_DELAY = 2.0
LONGEST_WISH = 5.0
"""Seconds; a server that asks for a longer pause is asked again sooner."""

T = TypeVar("T")


class TryAgainError(Exception):
    """An attempt failed with `error` in a way that a later one may not; `after` is the server's wish in seconds."""

    def __init__(self, error: VibeCodeError, after: float | None = None) -> None:
        super().__init__(error.detail)
        self.error = error
        self.after = after


def delay(failures: int, after: float | None = None) -> float:
    """Seconds to wait after so many failures in a row: doubling, with jitter, never shorter than the server asks."""
    longest = min(FIRST_DELAY * 2 ** min(failures - 1, 10), LONGEST_DELAY)
    return max(longest * random.uniform(0.5, 1.0), min(after or 0.0, LONGEST_WISH))


async def retrying(attempt: Callable[[float], Awaitable[T]], patience: float) -> T:
    """The result of the first attempt that succeeds; each is told how many seconds are left.

    Once `patience` seconds are over, or would be before the next attempt, the last attempt's error is raised; that of
    the one before where patience ended the last, which then only says so.
    """
    deadline = monotonic() + patience
    before: TryAgainError | None = None
    for failures in count(1):
        try:
            return await attempt(max(deadline - monotonic(), 0.0))
        except TryAgainError as failure:
            now, pause = monotonic(), delay(failures, failure.after)
            if now + pause >= deadline:
                told = before if before is not None and now >= deadline else failure
                raise told.error from told.__cause__
            before = failure
            await asyncio.sleep(pause)
    raise AssertionError
