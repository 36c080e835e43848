"""What becomes of the editors, as their host tells it: the last of it is kept, and the next can be waited for."""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Self

KEPT = 200
PATIENCE = 30.0
"""Seconds after which whoever waits for news is told that there is none, lest the host wait for somebody who left."""


@dataclass(frozen=True, slots=True)
class Piece:
    """An editor's new state, with the reason in words."""

    at: datetime
    workspace: str
    state: str
    reason: str

    def encode(self) -> dict[str, str]:
        return asdict(self) | {"at": self.at.isoformat()}

    @classmethod
    def decode(cls, told: dict[str, str]) -> Self:
        return cls(**{**told, "at": datetime.fromisoformat(told["at"])})  # type: ignore[arg-type]


class News:
    """`number` changes with each piece."""

    def __init__(self) -> None:
        self.number = 0
        self._kept: deque[Piece] = deque(maxlen=KEPT)
        self._added = asyncio.Event()

    @property
    def kept(self) -> tuple[Piece, ...]:
        return tuple(self._kept)

    def add(self, workspace: str, state: str, reason: str) -> None:
        self.number += 1
        self._kept.append(Piece(datetime.now(UTC), workspace, state, reason))
        self._added.set()
        self._added = asyncio.Event()

    async def other_than(self, number: int) -> None:
        """Returns once the number is another, or after PATIENCE seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while self.number == number:
                    await self._added.wait()
