"""What runs in the engines, asked again and again while somebody looks."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress

from cluster.engine import Activity, Engine, EngineName
from templates.errors import VibeCodeError

log = logging.getLogger(__name__)

LOOK = 3.0
"""Seconds between two looks."""


async def activities(
    engines: Sequence[Engine], runs: Callable[[EngineName], bool], due: asyncio.Event
) -> AsyncGenerator[tuple[EngineName, Activity]]:
    """Of those engines that run, without an end; `due` has the next look made at once.

    One that cannot be asked is left out: the store tells of it.
    """
    while True:
        due.clear()
        for engine in engines:
            if not runs(engine.name):
                continue
            try:
                activity = await engine.activity()
            except VibeCodeError as error:
                log.info("%s", error.detail)
            except Exception:
                log.exception("asking %s what runs", engine.name)
            else:
                yield engine.name, activity
        with suppress(TimeoutError):
            await asyncio.wait_for(due.wait(), LOOK)
