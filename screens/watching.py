"""Keeps the store up to date with the engines, for as long as the application runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

from cluster.engine import Engine, EngineName
from cluster.engines import Engines
from screens.store import Store
from templates.errors import UnexpectedError, VibeCodeError

log = logging.getLogger(__name__)

STATUS, USAGE, IDLE = 10.0, 5.0, 60.0
"""Seconds between two questions for an engine's state, for what workspaces take, and since when they are idle."""
PATIENCE = (1.0, 2.0, 4.0, 5.0)
"""Seconds until the next attempts after a lost connection."""


async def choose(engines: Engines, store: Store) -> None:
    """Tells the store where something new would be made; what goes wrong here is told where it is made."""
    try:
        choice = await engines.choose()
    except Exception:
        log.exception("choosing an engine")
    else:
        store.choose(choice.engine.name, choice.reason)


async def watch(engine: Engine, store: Store, now: Callable[[], datetime], nudge: asyncio.Event) -> None:
    """Never ends by itself; whoever sets `nudge` has the engine's state asked for at once."""
    name = engine.name
    usage_due, idle_due = asyncio.Event(), asyncio.Event()

    async def status() -> None:
        store.describe(await engine.status())

    async def usage() -> None:
        store.use(name, await engine.usage() if _running(store, name) else {})

    async def idle() -> None:
        store.rest(name, await engine.idle_since() if _running(store, name) else {})

    def others_run() -> None:
        for due in (nudge, usage_due, idle_due):
            due.set()

    await asyncio.gather(
        _workspaces(engine, store, now, others_run),
        _every(STATUS, status, nudge),
        _every(USAGE, usage, usage_due),
        _every(IDLE, idle, idle_due),
    )


async def _workspaces(
    engine: Engine, store: Store, now: Callable[[], datetime], others_run: Callable[[], None]
) -> None:
    """A lost connection is told, and tried again; `others_run` is called where other workspaces run than before."""
    losses = 0
    while True:
        try:
            async for workspaces in engine.watch():
                losses = 0
                before = _running(store, engine.name)
                store.see(engine.name, workspaces, now())
                if _running(store, engine.name) != before:
                    others_run()
        except VibeCodeError as error:
            store.lose(engine.name, error)
        except Exception as error:
            log.exception("watching %s", engine.name)
            store.lose(engine.name, UnexpectedError(f"{type(error).__name__}: {error}"))
        await asyncio.sleep(PATIENCE[min(losses, len(PATIENCE) - 1)])
        losses += 1


async def _every(seconds: float, ask: Callable[[], Awaitable[None]], due: asyncio.Event) -> None:
    """Asks again and again, and at once where it is due; an engine that cannot be asked is told of by `_workspaces`."""
    while True:
        due.clear()
        try:
            await ask()
        except VibeCodeError as error:
            log.info("%s", error.detail)
        except Exception:
            log.exception("asking an engine")
        with suppress(TimeoutError):
            await asyncio.wait_for(due.wait(), seconds)


def _running(store: Store, name: EngineName) -> frozenset[str]:
    view = store.snapshot.engine(name)
    return frozenset(one.name for one in view.workspaces if one.state == "running") if view is not None else frozenset()
