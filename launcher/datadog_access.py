"""Datadog for the terminal application: what is there, its keys, and the monitors."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import TYPE_CHECKING

from cluster.config import ClusterConfig
from cluster.datadog.errors import DatadogChangedError, DatadogError
from cluster.datadog.health.reader import HealthReader
from cluster.datadog.keys import VARIABLES, KeyKind, Keys
from launcher import __version__
from launcher.datadog import Connection, datadog_connection, datadog_keys, datadog_status, named_site
from launcher.datadog_agent import agent_config, check_usable, read_agent
from launcher.secrets import Secrets
from launcher.settings import LoadedSettings
from screens.datadog.access import Look, Telemetry
from templates.events import Event, Steps, stream

if TYPE_CHECKING:
    from cluster.datadog.client import DatadogApi
    from cluster.datadog.monitors.found import FoundMonitor
    from cluster.datadog.monitors.plan import Change, Plan, Update
    from cluster.datadog.status import DatadogStatus
    from cluster.kube.api import Kube

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LocalDatadogAccess:
    """See `screens.datadog.access.DatadogAccess`; `url_of` is a site's base address, `open_cluster` the Agent's."""

    loaded: LoadedSettings
    secrets: Secrets
    environ: Mapping[str, str]
    url_of: Callable[[str], str]
    cluster: ClusterConfig
    open_cluster: "Callable[[ClusterConfig], AbstractAsyncContextManager[Kube]]"
    reader: HealthReader = field(default_factory=HealthReader)

    async def look(self) -> Look:
        await asyncio.to_thread(_import)
        agent, keeps, (keys, status), telemetry = await asyncio.gather(
            read_agent(lambda: self.open_cluster(self.cluster)), self.secrets.place(), self._status(), self._telemetry()
        )
        look = Look(status, agent, keeps=keeps == "keyring", telemetry=telemetry)
        if not status.ok:
            return look
        async with datadog_connection(status, keys, self.url_of, notice=log.info) as connection:
            monitors, parts = await asyncio.gather(_found(connection.api), self.reader.read(connection.api))
        if isinstance(monitors, DatadogError):
            return replace(look, problem=monitors, parts=parts)
        return replace(look, monitors=monitors, parts=parts)

    def enable(self, *, lite: bool) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            from cluster.datadog.agent.install import enable

            async with steps.step("key", "Looking at the key") as step:
                keys, status = await self._status()
                site = check_usable(status)
                assert keys.api is not None  # else it were missing
                step.note = site
            config = agent_config(self.loaded.values, self.cluster, site, lite=lite)
            async with self.open_cluster(self.cluster) as kube:
                async for event in enable(kube, config, keys.api.value):
                    steps.pass_on(event)

        return stream(work)

    def disable(self) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            from cluster.datadog.agent.install import disable

            async with self.open_cluster(self.cluster) as kube:
                async for event in disable(kube):
                    steps.pass_on(event)

        return stream(work)

    async def plan(self) -> "Plan":
        await asyncio.to_thread(_import)
        async with self._connect() as connection:
            return await self._plan(connection)

    def apply(self, shown: "Plan") -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            from cluster.datadog.upkeep import apply_plan

            async with self._connect() as connection:
                async with steps.step("read", "Reading what is there"):
                    plan = await self._plan(connection)
                    unseen = [one.monitor.id for one in plan.overwritten if not _is_in(shown, one)]
                    if _changes(plan) and _changes(plan) != _changes(shown):
                        unseen.append("the dashboard")
                    if unseen:
                        raise DatadogChangedError(f"{', '.join(unseen)} changed after the plan was shown.")
                async for event in apply_plan(connection.api, plan):
                    steps.pass_on(event)

        return stream(work)

    def destroy(self) -> AsyncIterator[Event]:
        async def work(steps: Steps) -> None:
            from cluster.datadog.upkeep import destroy_kept, find_kept

            async with self._connect() as connection:
                async with steps.step("read", "Reading what is there"):
                    kept = await find_kept(connection.api)
                async for event in destroy_kept(connection.api, kept):
                    steps.pass_on(event)

        return stream(work)

    async def keep_key(self, kind: KeyKind, key: str) -> None:
        await self.secrets.write(VARIABLES[kind], key)

    async def forget_key(self, kind: KeyKind) -> bool:
        return await self.secrets.delete(VARIABLES[kind])

    async def _telemetry(self) -> Telemetry:
        from launcher.telemetry.destination import TITLES
        from launcher.telemetry.what import intro, sections, what_is_sent

        what = await what_is_sent(self.loaded.values, self.environ, lambda: self.open_cluster(self.cluster))
        to = TITLES[what.to.place] if what.to.answers else ""
        return Telemetry(what.on, to, tuple(intro(what)), sections(what))

    async def _status(self) -> "tuple[Keys, DatadogStatus]":
        keys = await datadog_keys(self.secrets, self.environ)
        return keys, await datadog_status(keys, named_site(self.loaded, self.environ), self.url_of)

    @asynccontextmanager
    async def _connect(self) -> AsyncGenerator[Connection]:
        keys, status = await self._status()
        async with datadog_connection(status, keys, self.url_of, notice=log.info) as connection:
            yield connection

    async def _plan(self, connection: Connection) -> "Plan":
        from cluster.datadog.upkeep import read_plan

        return await read_plan(connection.api, __version__, self.loaded.values.datadog_notify)


async def _found(api: "DatadogApi") -> "tuple[FoundMonitor, ...] | DatadogError":
    """VibeCode's monitors, or why they cannot be read."""
    from cluster.datadog.monitors.found import find_monitors

    try:
        return await find_monitors(api)
    except DatadogError as error:
        return error


def _is_in(shown: "Plan", update: "Update") -> bool:
    return any((one.monitor, one.changes) == (update.monitor, update.changes) for one in shown.update)


def _changes(plan: "Plan") -> "tuple[Change, ...]":
    """What of somebody's would be written anew in the dashboard."""
    return plan.dashboard.changes if plan.dashboard is not None else ()


def _import() -> None:
    """Beside the event loop, since it takes its time."""
    for module in ("status", "health.questions", "upkeep", "agent.connection"):
        import_module(f"cluster.datadog.{module}")
