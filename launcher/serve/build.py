"""The surroundings of a server, put together from the engines and what is kept on disk."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from cluster.engine import EngineStatus
from cluster.engines import Engines
from launcher.serve.access import Access
from launcher.serve.address import Address
from launcher.serve.ai import Ai
from launcher.serve.live import Live
from launcher.serve.proposals import Proposals
from launcher.serve.recent import Recent
from launcher.serve.streams import Streams
from launcher.serve.surroundings import Surroundings
from launcher.serve.work import Work
from screens.services import utc_now
from templates.catalog import Catalog
from templates.rum import Rum

FRESH = 1.0
"""Seconds for which the engines' status is answered without asking them again."""
REMEMBERED = 5.0
"""Seconds for which it is taken as known whether there is a model; a keyring may be slow."""


@asynccontextmanager
async def surroundings_of(
    engines: Engines,
    access: Access,
    address: Address,
    version: str,
    ai: Ai,
    *,
    catalog: Catalog,
    streams: Streams | None = None,
    rum: Rum | None = None,
) -> AsyncGenerator[Surroundings]:
    """In the end all work is stopped, and its end waited for; begun again, it goes on."""
    work = Work(utc_now)

    async def ask() -> tuple[EngineStatus, ...]:
        return tuple(await asyncio.gather(*(engine.status() for engine in engines.engines)))

    try:
        yield Surroundings(
            engines=engines,
            work=work,
            live=Live(engines, work, utc_now),
            streams=streams or Streams(),
            status=Recent(ask, FRESH),
            access=access,
            address=address,
            catalog=catalog,
            version=version,
            ai=ai,
            obstacle=Recent(ai.obstacle, REMEMBERED),
            proposals=Proposals(),
            rum=rum,
        )
    finally:
        await work.close()
