"""`datadog`: what there is of Datadog and what is missing, and its keys."""

import argparse
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from cluster.datadog.keys import VARIABLES, WORDS, KeyKind
from launcher.commands.command import Command
from launcher.context import Context
from launcher.datadog import datadog_status
from launcher.errors import KeyNotKeptError
from launcher.output.console import Console
from launcher.secret_input import read_secret
from templates.text import plain

if TYPE_CHECKING:
    from cluster.datadog.status import DatadogStatus, KeyStatus

_SIGNS = {"valid": ("✓", "green"), "unknown": ("⚠", "yellow"), "missing": ("•", "yellow")}


def _arguments(parser: ArgumentParser) -> None:
    parser.usage = "vibecode datadog [-h] [--json] [status|key …]"
    actions = parser.add_subparsers(title="actions", metavar="status|key", dest="action")
    status = actions.add_parser("status", help="which keys there are, what Datadog says of them, what is missing")
    key = actions.add_parser("key", help="keep a key in the keyring; it is typed or piped in, never an argument")
    key.add_argument("kind", metavar="api|app", choices=tuple(VARIABLES), help="the API key, or the application key")
    key.add_argument("--delete", action="store_true", help="forget the key")
    for action in (status, key):
        action.add_argument(
            "--json", dest="as_json", action="store_true", default=argparse.SUPPRESS, help="answer one JSON document"
        )


async def _datadog(context: Context, args: Namespace) -> int:
    return await {"status": _status, "key": _key, None: _status}[args.action](context, args)


async def _status(context: Context, _: Namespace) -> int:
    services, console = context.services, context.console
    asking = datadog_status(context.loaded, services.secrets(), console.environ, services.datadog_url)
    status = await context.wait("Looking at the keys", asking)
    console.answer(status.as_dict(), "\n".join(_lines(console, status)))
    return 0


def _lines(console: Console, status: "DatadogStatus") -> list[str]:
    site = f"{status.site.name} ({status.site.source})" if status.site else "not known: the API key will tell it"
    lines = [f"Site: {site}", *_key_lines(console, status.api), *_key_lines(console, status.app)]
    return [*lines, f"{console.style('•', 'yellow')} {status.agent}"]


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
    "show what there is of Datadog, and keep its keys",
    (
        ("vibecode datadog status", "which keys there are, what is missing, and how to set it up"),
        ("vibecode datadog key api", "keep the API key in the keyring; it is typed or piped in"),
    ),
    _datadog,
    _arguments,
    description="Show what there is of Datadog and what is missing; nothing is sent there that was not asked for.",
)
