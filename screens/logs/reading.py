"""A log, read for as long as somebody looks: again where what it tells of begins anew."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass

from screens.logs.buffer import LINES
from screens.logs.following import batches
from screens.logs.source import Source
from screens.shared import LazyEngines
from templates.errors import UnexpectedError, VibeCodeError

log = logging.getLogger(__name__)

PATIENCE = (1.0, 2.0, 4.0, 5.0)
"""Seconds until the next attempts to read a log that has ended or cannot be read."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The log is read from its beginning."""


@dataclass(frozen=True, slots=True)
class Lines:
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Ended:
    """The log has ended, or, for this reason, cannot be read."""

    error: VibeCodeError | None


Happening = Begun | Lines | Ended


async def read(engines: LazyEngines, source: Source, again: asyncio.Event) -> AsyncGenerator[Happening]:
    """Never ends by itself; `again` has the next attempt made at once."""
    losses = 0
    while True:
        again.clear()
        error: VibeCodeError | None = None
        try:
            engine = await (await engines.get()).holding(source.workspace)
            yield Begun()
            lines_of = engine.logs(source.workspace, service=source.service, follow=True, tail=LINES)
            async with aclosing(batches(lines_of)) as every:
                async for lines in every:
                    losses = 0
                    yield Lines(lines)
        except VibeCodeError as caught:
            error = caught
        except Exception as caught:
            log.exception("the log of %s", source.key)
            error = UnexpectedError(f"{type(caught).__name__}: {caught}")
        yield Ended(error)
        with suppress(TimeoutError):
            await asyncio.wait_for(again.wait(), PATIENCE[min(losses, len(PATIENCE) - 1)])
        losses += 1
