"""`datadog status --what`: what the program tells of itself; and where that goes, for `datadog status`."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import TYPE_CHECKING

from launcher.context import Context
from launcher.output.console import Console
from launcher.wiring import config_of

if TYPE_CHECKING:
    from cluster.kube.api import Kube
    from launcher.telemetry.destination import Destination


async def what(context: Context) -> int:
    from launcher.telemetry.what import lines, what_is_sent

    told = what_is_sent(context.loaded.values, context.console.environ, _open_cluster(context))
    found = await context.wait("Looking for an Agent", told)
    context.console.answer(found.as_dict(), "\n".join(lines(found)))
    return 0


async def goes_to(context: Context) -> "Destination":
    from launcher.telemetry.destination import destination

    found = destination(context.console.environ, _open_cluster(context))
    return await context.wait("Looking for an Agent for VibeCode's own telemetry", found)


def telemetry_lines(console: Console, to: "Destination", *, on: bool) -> Iterator[str]:
    from launcher.telemetry.destination import TITLES

    what = "`vibecode datadog status --what` lists what it sends"
    if not on:
        yield f"• VibeCode's own telemetry is off; {what}."
    elif to.answers:
        yield f"{console.style('✓', 'green')} VibeCode's own telemetry goes to {TITLES[to.place]}; {what}."
    else:
        yield f"{console.style('⚠', 'yellow')} VibeCode's own telemetry is on, and no Agent takes it; {what}."
        yield from ([f"  {console.style('→', 'cyan')} {to.why}"] if to.why else [])


def _open_cluster(context: Context) -> "Callable[[], AbstractAsyncContextManager[Kube]]":
    return partial(context.services.agent_cluster, config_of(context.loaded.values, context.paths))
