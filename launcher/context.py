"""What every command is given: the console, the settings, the services, and how work is followed."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from cluster.engine import Engine
from cluster.engines import Engines
from launcher.browser import browse, obstacle
from launcher.output.console import Console
from launcher.output.progress import Progress, follow, shown, ticking
from launcher.paths import Paths
from launcher.settings import LoadedSettings
from launcher.wiring import Services, build_engines
from templates.errors import CancelledError
from templates.events import Event, StepStarted

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of one command."""

    console: Console
    loaded: LoadedSettings
    paths: Paths
    services: Services

    @asynccontextmanager
    async def engines(self) -> AsyncGenerator[Engines]:
        """The engines that the settings allow, closed on the way out."""
        engines = build_engines(self.loaded.values, self.paths, self.services)
        try:
            yield engines
        finally:
            await engines.close()

    @asynccontextmanager
    async def chosen_engine(self) -> AsyncGenerator[Engine]:
        """The engine on which a command acts as a whole; says which, and why, where there is a choice."""
        async with self.engines() as engines:
            yield await self.choose(engines)

    @asynccontextmanager
    async def engine_of(self, name: str) -> AsyncGenerator[Engine]:
        """The engine that holds the workspace."""
        async with self.engines() as engines:
            yield await engines.holding(name)

    @asynccontextmanager
    async def engine_to_start(self, name: str) -> AsyncGenerator[Engine]:
        """The engine whose `start` finds the workspace."""
        async with self.engines() as engines:
            yield await engines.starting(name)

    async def choose(self, engines: Engines) -> Engine:
        choice = await engines.choose()
        if len(engines.engines) > 1:
            self.console.say(f"Engine: {choice.engine.name} ({choice.reason}).")
        return choice.engine

    async def work(
        self,
        events: AsyncIterator[Event],
        *,
        left: Callable[[], str],
        react: Callable[[Event, Progress], Awaitable[None]] | None = None,
    ) -> None:
        """Shows some work to its end.

        Where it is stopped, raises CancelledError, which says in which step, and by `left` what is left of it.
        """
        with shown(self.console) as progress:

            async def on(event: Event) -> None:
                if react is not None:
                    await react(event, progress)

            try:
                await follow(events, progress, on)
            except asyncio.CancelledError:
                during = next((f" in “{title}”" for title in progress.running.values()), "")
                raise CancelledError(f"Stopped{during}: {left()}") from None

    async def wait(self, title: str, work: Awaitable[T]) -> T:
        """Shows what is waited for, for as long as it lasts."""
        with shown(self.console) as progress:
            progress.show(StepStarted("wait", title))
            async with ticking(progress):
                return await work

    async def show_in_browser(self, url: str, *, wanted: bool) -> None:
        """Opens the browser where that is wanted and possible; else says why it is not opened."""
        if not wanted or not self.loaded.values.open_browser:
            return
        terminal = self.console.stdout.isatty()
        reason = obstacle(self.console.environ, terminal=terminal)
        if reason is None and not await browse(url, self.services.browse):
            reason = "none could be started"
        if reason is not None:
            self.console.say(f"  The browser is not opened: {reason}.")
