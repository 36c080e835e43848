"""Keeps the store up to date with one engine, for as long as the application runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

from cluster.engine import Engine
from screens.store import Store
from templates.errors import UnexpectedError, VibeCodeError

log = logging.getLogger(__name__)

STATUS, USAGE, IDLE = 10.0, 5.0, 60.0
"""Seconds between two questions for an engine's state, for what workspaces take, and since when they are idle."""
PATIENCE = (1.0, 2.0, 4.0, 5.0)
"""Seconds until the next attempts after a lost connection."""


async def watch(engine: Engine, store: Store, now: Callable[[], datetime], nudge: asyncio.Event) -> None:
    """Never ends by itself; whoever sets `nudge` has the engine's state asked for at once."""
    name = engine.name

    async def status() -> None:
        nudge.clear()
        store.describe(await engine.status())

    async def usage() -> None:
        if _any_runs(store, engine):
            store.use(name, await engine.usage())

    async def idle() -> None:
        if _any_runs(store, engine):
            store.rest(name, await engine.idle_since())

    await asyncio.gather(
        _workspaces(engine, store, now),
        _every(STATUS, status, nudge),
        _every(USAGE, usage),
        _every(IDLE, idle),
    )


async def _workspaces(engine: Engine, store: Store, now: Callable[[], datetime]) -> None:
    """A lost connection is told, and tried again."""
    losses = 0
    while True:
        try:
            async for workspaces in engine.watch():
                losses = 0
                store.see(engine.name, workspaces, now())
        except VibeCodeError as error:
            store.lose(engine.name, error)
        except Exception as error:
            log.exception("watching %s", engine.name)
            store.lose(engine.name, UnexpectedError(f"{type(error).__name__}: {error}"))
        await asyncio.sleep(PATIENCE[min(losses, len(PATIENCE) - 1)])
        losses += 1


async def _every(seconds: float, ask: Callable[[], Awaitable[None]], nudge: asyncio.Event | None = None) -> None:
    """An engine that cannot be asked is told of by `_workspaces`."""
    nudge = nudge or asyncio.Event()
    while True:
        try:
            await ask()
        except VibeCodeError as error:
            log.info("%s", error.detail)
        except Exception:
            log.exception("asking an engine")
        with suppress(TimeoutError):
            await asyncio.wait_for(nudge.wait(), seconds)


def _any_runs(store: Store, engine: Engine) -> bool:
    view = store.snapshot.engine(engine.name)
    return view is not None and any(workspace.state == "running" for workspace in view.workspaces)
