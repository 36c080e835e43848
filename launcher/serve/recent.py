"""An answer that is at most so old, asked for once however many ask."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """Asks again after `seconds`; whoever asks meanwhile waits for the same answer."""

    def __init__(self, ask: Callable[[], Awaitable[T]], seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._ask = ask
        self._seconds = seconds
        self._clock = clock
        self._until = 0.0
        self._asking: asyncio.Future[T] | None = None

    async def get(self) -> T:
        if self._asking is None or (self._asking.done() and self._clock() >= self._until):
            self._asking = asyncio.ensure_future(self._asked())
        return self._asking.result() if self._asking.done() else await asyncio.shield(self._asking)

    async def _asked(self) -> T:
        try:
            return await self._ask()
        finally:
            self._until = self._clock() + self._seconds
