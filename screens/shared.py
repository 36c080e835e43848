"""What all places are given."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from cluster.engines import Engines
from screens.jobs import Jobs
from screens.services import Services
from screens.store import Store


class LazyEngines:
    """The engines, built beside the event loop when they are first asked for: their modules are slow to import."""

    def __init__(self, build: Callable[[], Engines]) -> None:
        self._build = build
        self._building: asyncio.Future[Engines] | None = None

    async def get(self) -> Engines:
        """Raises the VibeCodeError of a setting that allows no engine."""
        if self._building is None:
            self._building = asyncio.ensure_future(asyncio.to_thread(self._build))
        return await asyncio.shield(self._building)

    async def close(self) -> None:
        if self._building is not None and self._building.done() and self._building.exception() is None:
            await self._building.result().close()


@dataclass(frozen=True, slots=True)
class Shared:
    services: Services
    engines: LazyEngines
    store: Store
    jobs: Jobs
