"""`datadog monitors` and `datadog runbook`: what differs, what is done about it, and what an alert means."""

from argparse import Namespace
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from cluster.datadog.sites import page_url
from launcher import __version__
from launcher.commands.datadog_dashboard import (
    LONGEST,
    dashboard_changes,
    dashboard_document,
    dashboard_done,
    dashboard_words,
    difference,
)
from launcher.context import Context
from launcher.datadog import Connection, datadog_connection, datadog_keys, datadog_status, named_site
from launcher.output.console import Console
from launcher.output.text import columns
from templates.text import plain

if TYPE_CHECKING:
    from cluster.datadog.monitors.found import FoundMonitor
    from cluster.datadog.monitors.plan import Plan, Update


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
    from cluster.datadog.upkeep import read_plan

    notify = context.loaded.values.datadog_notify
    return await context.wait("Reading what is there", read_plan(connection.api, __version__, notify))


async def _plan(context: Context, _: Namespace) -> int:
    async with _connect(context) as connection:
        plan = await _made_plan(context, connection)
    context.console.answer(_document(plan, connection.site), "\n".join(_lines(context.console, plan, connection.site)))
    return 0


async def _apply(context: Context, args: Namespace) -> int:
    from cluster.datadog.upkeep import apply_plan

    console = context.console
    async with _connect(context) as connection:
        plan = await _made_plan(context, connection)
        dashboard_differs = plan.dashboard is not None and plan.dashboard.state == "change"
        if (plan.overwritten or dashboard_differs) and not args.yes:
            shown = [line for one in plan.overwritten for line in _update_lines(one)]
            console.say("\n".join([*shown, *dashboard_changes(plan.dashboard)]))
            names = ", ".join([*(one.monitor.id for one in plan.overwritten), *["the dashboard"] * dashboard_differs])
            if not await console.confirm(f"Change {names} in Datadog, as shown above?", flag="--yes"):
                console.say("Nothing is changed.")
                return 1
        left = "what was written stays; the same command does the rest."
        await context.work(apply_plan(connection.api, plan), left=lambda: left)
    created, changed = [one.monitor.id for one in plan.create], [one.monitor.id for one in plan.update]
    kept = [one.monitor for one in plan.keep]
    words = f"{len(created)} made, {len(changed)} changed, {len(kept)} as they should be."
    page = page_url(connection.site, "monitors/manage?q=tag%3Amanaged_by%3Avibecode")
    dashboard = dashboard_document(plan.dashboard, connection.site)
    document = {"created": created, "changed": changed, "kept": kept, "url": page, "dashboard": dashboard}
    told = [
        words,
        *_others(plan, connection.site),
        f"They are at {page}",
        *dashboard_done(plan.dashboard, connection.site),
    ]
    console.answer(document, "\n".join(told))
    return 0


async def _destroy(context: Context, args: Namespace) -> int:
    from cluster.datadog.upkeep import destroy_kept, find_kept

    console = context.console
    async with _connect(context) as connection:
        kept = await context.wait("Reading what is there", find_kept(connection.api))
        named = [f"  {one.id}  {plain(one.name)[:LONGEST]}" for one in kept.monitors]
        named += [f"  {one.id}  the dashboard {plain(one.title)[:LONGEST]}" for one in kept.dashboards]
        if named and not args.yes:
            question = f"Delete these {len(named)} for everybody in this Datadog?"
            if not await console.confirm("\n".join([*named, question]), flag="--yes"):
                console.say("Nothing is deleted.")
                return 1
        if named:
            await context.work(destroy_kept(connection.api, kept), left=lambda: "the same command deletes the rest.")
    words = f"{len(kept.monitors)} monitors are deleted." if kept.monitors else "There are no monitors of VibeCode."
    lines = [words, *["The dashboard is deleted, too."] * bool(kept.dashboards)]
    if kept.problem is not None:
        lines.append(f"{kept.problem.detail} Where there is a dashboard, it is there still. {kept.problem.hint}")
    document = {
        "deleted": [one.monitor for one in kept.monitors],
        "dashboards": [one.id for one in kept.dashboards],
        "dashboard_problem": kept.problem.as_dict() if kept.problem is not None else None,
    }
    console.answer(document, "\n".join(lines))
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
        "dashboard": dashboard_document(plan.dashboard, site),
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
    differs = plan.dashboard is not None and plan.dashboard.state in ("create", "change")
    dashboard = [*dashboard_changes(plan.dashboard), *dashboard_words(plan.dashboard)]
    if plan.create or plan.update or differs:
        dashboard.append("Do it: `vibecode datadog monitors apply`.")
    return [*lines, *([""] if lines else []), counts, *_others(plan, site), *dashboard]


def _update_lines(one: "Update") -> list[str]:
    lines = [f"~ P{one.monitor.priority} {one.monitor.id}: {one.monitor.title}"]
    for change in one.changes:
        lines += difference(change)
    return lines


def _others(plan: "Plan", site: str) -> list[str]:
    """Those that have VibeCode's tags and are left alone."""
    copies = [f"A copy of {one.monitor} is left alone: {_url(site, one)}" for one in plan.copies]
    unknown = [
        f"This version does not know {one.monitor}, and leaves it alone: {_url(site, one)}" for one in plan.unknown
    ]
    return [plain(line) for line in (*copies, *unknown)]


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
