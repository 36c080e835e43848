"""`datadog`: what there is of Datadog and what is missing, its keys, its monitors and their runbooks."""

import argparse
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cluster.datadog.errors import DatadogError
from cluster.datadog.keys import VARIABLES, WORDS, KeyKind, Keys
from launcher.commands.command import Command
from launcher.commands.datadog_agent import agent_lines, agent_state, disable, enable
from launcher.commands.datadog_health import health_document, health_lines
from launcher.commands.datadog_monitors import monitors, runbook
from launcher.commands.datadog_what import goes_to, telemetry_lines, what
from launcher.context import Context
from launcher.datadog import datadog_connection, datadog_keys, datadog_status, named_site
from launcher.errors import KeyNotKeptError
from launcher.output.console import Console
from launcher.secret_input import read_secret
from templates.text import plain

if TYPE_CHECKING:
    from cluster.datadog.health.parts import Part
    from cluster.datadog.monitors.states import MonitorStates
    from cluster.datadog.status import DatadogStatus, KeyStatus

_SIGNS = {"valid": ("✓", "green"), "unknown": ("⚠", "yellow"), "missing": ("•", "yellow")}


def _arguments(parser: ArgumentParser) -> None:
    parser.usage = "vibecode datadog [-h] [--json] [status|enable|disable|key|monitors|runbook …]"
    actions = parser.add_subparsers(title="actions", prog="vibecode datadog", metavar="ACTION", dest="action")
    status = actions.add_parser("status", help="keys, Agent, what arrives, monitors: what there is, what is missing")
    status.add_argument("--what", action="store_true", help="only list what VibeCode tells of itself, and never tells")
    parser.set_defaults(what=False)
    enable = actions.add_parser("enable", help="put Datadog's Agent into the cluster, or make it so")
    enable.add_argument("--lite", action="store_true", help="less memory: no Cluster Agent, no processes")
    disable = actions.add_parser("disable", help="remove Datadog's Agent from the cluster")
    key = actions.add_parser("key", help="keep a key in the keyring; it is typed or piped in, never an argument")
    key.add_argument("kind", metavar="api|app", choices=tuple(VARIABLES), help="the API key, or the application key")
    key.add_argument("--delete", action="store_true", help="forget the key")
    monitors = actions.add_parser(
        "monitors", help="the monitors P1 to P4 of cluster, ingress, workspaces, AI and VibeCode"
    )
    verb = monitors.add_subparsers(title="actions", metavar="plan|apply|destroy", dest="verb", required=True)
    plan = verb.add_parser("plan", help="show what would be made and changed; changes nothing")
    apply = verb.add_parser("apply", help="make and change them in Datadog")
    apply.add_argument("--yes", action="store_true", help="do not ask before a change of somebody else is undone")
    destroy = verb.add_parser("destroy", help="delete those that VibeCode made; asks first")
    destroy.add_argument("--yes", action="store_true", help="do not ask")
    runbook = actions.add_parser("runbook", help="what an alert means and what helps; without an ID, all of them")
    runbook.add_argument("monitor", metavar="ID", nargs="?", help="an alert, such as cluster-down")
    for action in (status, enable, disable, key, plan, apply, destroy, runbook):
        action.add_argument(
            "--json", dest="as_json", action="store_true", default=argparse.SUPPRESS, help="answer one JSON document"
        )


async def _datadog(context: Context, args: Namespace) -> int:
    actions = {
        "status": _status,
        "enable": enable,
        "disable": disable,
        "key": _key,
        "monitors": monitors,
        "runbook": runbook,
        None: _status,
    }
    return await actions[args.action](context, args)


async def _status(context: Context, args: Namespace) -> int:
    services, console = context.services, context.console
    if args.what:
        return await what(context)
    keys = await datadog_keys(services.secrets(), console.environ)
    site = named_site(context.loaded, console.environ)
    status = await context.wait("Looking at the keys", datadog_status(keys, site, services.datadog_url))
    states, problem, parts = await _asked(context, status, keys)
    agent = await context.wait("Looking at the Agent", agent_state(context))
    on, to = context.loaded.values.telemetry, await goes_to(context)
    document = {
        **status.as_dict(),
        "agent": agent.as_dict(),
        "health": health_document(status, parts),
        "monitors": states.as_dict() if states else None,
        "monitors_problem": problem,
        "telemetry": on,
        "telemetry_to": to.as_dict(),
    }
    lines = [*_lines(console, status), *agent_lines(console, agent), *health_lines(console, parts)]
    lines += _monitor_lines(console, states, problem)
    lines += telemetry_lines(console, to, on=on)
    console.answer(document, "\n".join(lines))
    return 0


async def _asked(
    context: Context, status: "DatadogStatus", keys: Keys
) -> "tuple[MonitorStates | None, dict[str, str] | None, tuple[Part, ...]]":
    """How the monitors stand, or why that is not known, and what arrives; nothing where the keys cannot ask."""
    if not status.ok:
        return None, None, ()
    from cluster.datadog.health.reader import HealthReader
    from cluster.datadog.monitors.definitions import MONITORS
    from cluster.datadog.monitors.found import find_monitors
    from cluster.datadog.monitors.states import monitor_states

    say = context.console.say
    async with datadog_connection(status, keys, context.services.datadog_url, notice=say) as connection:
        parts = await context.wait("Asking what arrives", HealthReader().read(connection.api))
        try:
            found = await context.wait("Reading the monitors", find_monitors(connection.api))
        except DatadogError as error:
            return None, error.as_dict(), parts
    return monitor_states(found, [one.id for one in MONITORS]), None, parts


def _lines(console: Console, status: "DatadogStatus") -> list[str]:
    site = f"{status.site.name} ({status.site.source})" if status.site else "not known: the API key will tell it"
    return [f"Site: {site}", *_key_lines(console, status.api), *_key_lines(console, status.app)]


def _monitor_lines(console: Console, states: "MonitorStates | None", problem: "dict[str, str] | None") -> Iterator[str]:
    if problem is not None:
        yield f"{console.style('⚠', 'yellow')} Monitors: {problem['title']}: {problem['detail']}"
        yield f"  {console.style('→', 'cyan')} {problem['hint']}"
    if states is None:
        return
    sign, style = ("✗", "red") if states.wanting else _SIGNS["valid" if states.there == states.defined else "missing"]
    counts = [
        f"P{priority} {', '.join(f'{count} {plain(state)}' for state, count in by_state.items())}"
        for priority, by_state in states.by_priority.items()
        if by_state
    ]
    yield f"{console.style(sign, style)} {'; '.join([f'Monitors: {states.there} of {states.defined}', *counts])}."
    for one in states.wanting:
        since = f" since {plain(one.since)}" if one.since else ""
        yield f"  {one.monitor} (P{one.priority}): {one.state}{since}"
        yield f"  {console.style('→', 'cyan')} `vibecode datadog runbook {one.monitor}`"
    if states.there < states.defined:
        yield f"  {console.style('→', 'cyan')} `vibecode datadog monitors apply` makes those that are missing."


def _key_lines(console: Console, key: "KeyStatus") -> list[str]:
    sign, style = _SIGNS.get(key.state, ("✗", "red"))
    source = f" (from the {key.source})" if key.source else ""
    lines = [f"{console.style(sign, style)} {VARIABLES[key.kind]}, the {WORDS[key.kind]}{source}: {plain(key.detail)}"]
    return [*lines, f"  {console.style('→', 'cyan')} {key.hint}"] if key.hint else lines


async def _key(context: Context, args: Namespace) -> int:
    console, secrets = context.console, context.services.secrets()
    kind: KeyKind = args.kind
    name, words = VARIABLES[kind], WORDS[kind]
    if args.delete:
        deleted = await secrets.delete(name)
        there = "gone from the keyring" if deleted else "not in the keyring"
        console.answer({"variable": name, "deleted": deleted}, f"The {words} is {there}.")
        return 0
    if await secrets.place() == "run":
        raise KeyNotKeptError("There is no keyring here.", hint=f"Give it to this shell: `export {name}=…`.")
    key = await read_secret(console, f"The {words} (it is not shown): ", example=f"vibecode datadog key {kind} < file")
    await secrets.write(name, key)
    said = f"The {words} is in this system's keyring; `vibecode datadog status` asks Datadog what it thinks of it."
    if console.environ.get(name):
        said += f"\n{name} is set, and goes before it."
    console.answer({"variable": name, "kept": "keyring"}, said)
    return 0


DATADOG = Command(
    "datadog",
    "put Datadog's Agent into the cluster, keep its keys and its monitors",
    (
        ("vibecode datadog status", "which keys there are, what is missing, and how to set it up"),
        ("vibecode datadog status --what", "what VibeCode would tell of itself, and what it never tells"),
        ("vibecode datadog key api", "keep the API key in the keyring; it is typed or piped in"),
        ("vibecode datadog enable", "put the Agent into the cluster; `--lite` takes less memory"),
        ("vibecode datadog disable", "remove it, with all that belongs to it"),
        ("vibecode datadog monitors plan", "what `apply` would make and change"),
        ("vibecode datadog monitors apply", "make and change the monitors; again and again, if you like"),
        ("vibecode datadog runbook cluster-down", "what an alert means, and what helps"),
    ),
    _datadog,
    _arguments,
    description="Show what there is of Datadog and what is missing; keep its keys, its Agent and VibeCode's monitors.",
)
