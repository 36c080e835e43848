"""`datadog monitors` and `datadog runbook`: what differs, what is done about it, and what an alert means."""

from argparse import Namespace
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from cluster.datadog.sites import page_url
from launcher import __version__
from launcher.context import Context
from launcher.datadog import Connection, datadog_connection, datadog_keys, datadog_status, named_site
from launcher.output.console import Console
from launcher.output.text import columns
from templates.text import DASH, plain

if TYPE_CHECKING:
    from cluster.datadog.monitors.found import FoundMonitor
    from cluster.datadog.monitors.plan import Plan, Update

LONGEST = 300
"""Characters of a value that are shown."""


async def monitors(context: Context, args: Namespace) -> int:
    return await {"plan": _plan, "apply": _apply, "destroy": _destroy}[args.verb](context, args)


@asynccontextmanager
async def _connect(context: Context) -> AsyncGenerator[Connection]:
    services, console = context.services, context.console
    keys = await datadog_keys(services.secrets(), console.environ)
    site = named_site(context.loaded, console.environ)
    status = await context.wait("Looking at the keys", datadog_status(keys, site, services.datadog_url))
    async with datadog_connection(status, keys, services.datadog_url, notice=console.say) as connection:
        yield connection


async def _made_plan(context: Context, connection: Connection) -> "Plan":
    from cluster.datadog.monitors.definitions import MONITORS
    from cluster.datadog.monitors.found import find_monitors
    from cluster.datadog.monitors.plan import make_plan

    found = await context.wait("Reading the monitors", find_monitors(connection.api))
    return make_plan(MONITORS, found, __version__, context.loaded.values.datadog_notify)


async def _plan(context: Context, _: Namespace) -> int:
    async with _connect(context) as connection:
        plan = await _made_plan(context, connection)
    context.console.answer(_document(plan, connection.site), "\n".join(_lines(context.console, plan, connection.site)))
    return 0


async def _apply(context: Context, args: Namespace) -> int:
    from cluster.datadog.monitors.work import apply

    console = context.console
    async with _connect(context) as connection:
        plan = await _made_plan(context, connection)
        if plan.overwritten and not args.yes:
            console.say("\n".join(line for one in plan.overwritten for line in _update_lines(one)))
            names = ", ".join(one.monitor.id for one in plan.overwritten)
            if not await console.confirm(f"Change {names} in Datadog, as shown above?", flag="--yes"):
                console.say("Nothing is changed.")
                return 1
        left = "what was written stays; the same command does the rest."
        await context.work(apply(connection.api, plan), left=lambda: left)
    created, changed = [one.monitor.id for one in plan.create], [one.monitor.id for one in plan.update]
    kept = [one.monitor for one in plan.keep]
    words = f"{len(created)} made, {len(changed)} changed, {len(kept)} as they should be."
    page = page_url(connection.site, "monitors/manage?q=tag%3Amanaged_by%3Avibecode")
    document = {"created": created, "changed": changed, "kept": kept, "url": page}
    console.answer(document, "\n".join([words, *_others(plan, connection.site), f"They are at {page}"]))
    return 0


async def _destroy(context: Context, args: Namespace) -> int:
    from cluster.datadog.monitors.found import find_monitors
    from cluster.datadog.monitors.work import destroy

    console = context.console
    async with _connect(context) as connection:
        found = await context.wait("Reading the monitors", find_monitors(connection.api))
        if found and not args.yes:
            listed = "\n".join(f"  {one.id}  {plain(one.name)[:LONGEST]}" for one in found)
            question = f"{listed}\nDelete these {len(found)} for everybody in this Datadog?"
            if not await console.confirm(question, flag="--yes"):
                console.say("Nothing is deleted.")
                return 1
        if found:
            await context.work(destroy(connection.api, found), left=lambda: "the same command deletes the rest.")
    words = f"{len(found)} monitors are deleted." if found else "There are no monitors of VibeCode."
    console.answer({"deleted": [one.monitor for one in found]}, words)
    return 0


def _document(plan: "Plan", site: str) -> dict[str, object]:
    def others(found: "Iterable[FoundMonitor]") -> list[dict[str, object]]:
        return [{"id": one.monitor, "monitor": one.id, "name": one.name, "url": _url(site, one)} for one in found]

    return {
        "create": [{"id": one.monitor.id, **one.body} for one in plan.create],
        "change": [
            {
                "id": one.monitor.id,
                "monitor": one.found.id,
                "url": _url(site, one.found),
                "changes": [
                    {"field": change.field, "there": change.there, "wanted": change.wanted} for change in one.changes
                ],
            }
            for one in plan.update
        ],
        "keep": [one.monitor for one in plan.keep],
        "copies": others(plan.copies),
        "unknown": others(plan.unknown),
    }


def _lines(console: Console, plan: "Plan", site: str) -> list[str]:
    lines: list[str] = []
    for one in plan.create:
        monitor = one.monitor
        lines += [
            f"{console.style('+', 'green')} P{monitor.priority} {monitor.id}: {monitor.title}",
            f"    {monitor.query}",
        ]
    for one in plan.update:
        lines += [console.style(line, "yellow") if not line.startswith(" ") else line for line in _update_lines(one)]
    counts = f"{len(plan.create)} to make, {len(plan.update)} to change, {len(plan.keep)} as they should be."
    if plan.create or plan.update:
        counts += " Do it: `vibecode datadog monitors apply`."
    return [*lines, *([""] if lines else []), counts, *_others(plan, site)]


def _update_lines(one: "Update") -> list[str]:
    lines = [f"~ P{one.monitor.priority} {one.monitor.id}: {one.monitor.title}"]
    for change in one.changes:
        lines += [f"    {change.field}", f"      - {_shown(change.there)}", f"      + {_shown(change.wanted)}"]
    return lines


def _others(plan: "Plan", site: str) -> list[str]:
    """Those that have VibeCode's tags and are left alone."""
    copies = [f"A copy of {one.monitor} is left alone: {_url(site, one)}" for one in plan.copies]
    unknown = [
        f"This version does not know {one.monitor}, and leaves it alone: {_url(site, one)}" for one in plan.unknown
    ]
    return [plain(line) for line in (*copies, *unknown)]


def _shown(value: object) -> str:
    return DASH if value is None else plain(str(value).replace("\n", " "))[:LONGEST]


def _url(site: str, one: "FoundMonitor") -> str:
    return page_url(site, f"monitors/{one.id}")


async def runbook(context: Context, args: Namespace) -> int:
    from cluster.datadog.monitors.definitions import MONITORS
    from cluster.datadog.runbook import read_runbook

    console = context.console
    if args.monitor is not None:
        text = read_runbook(args.monitor)
        console.answer({"id": args.monitor, "text": text}, text.rstrip())
        return 0
    by_priority = sorted(MONITORS, key=lambda one: one.priority)
    header, *lines = columns(("", "ALERT", "MEANS"), [(f"P{one.priority}", one.id, one.title) for one in by_priority])
    document = [{"id": one.id, "priority": one.priority, "title": one.title} for one in by_priority]
    console.answer(document, "\n".join([console.style(header, "bold"), *lines]))
    return 0
