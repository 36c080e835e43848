"""`templates`: what there is to start from, and where one's own come from."""

import argparse
import asyncio
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from launcher.commands import template_sources
from launcher.commands.command import Command
from launcher.context import Context
from launcher.output.text import columns
from launcher.sources import catalog_of
from templates import toolchains
from templates.services import titles
from templates.text import plain

if TYPE_CHECKING:
    from templates.catalog import Template
    from templates.errors import TemplateError


def _arguments(parser: ArgumentParser) -> None:
    parser.usage = "vibecode templates [-h] [--json] [show|add|update|remove|new …]"
    more = parser.add_subparsers(title="more", metavar="show|add|update|remove|new", dest="action")
    show = more.add_parser("show", help="describe one template")
    show.add_argument("template", metavar="TEMPLATE", help="its id")
    for action in (show, *template_sources.arguments(more)):
        action.add_argument(
            "--json", dest="as_json", action="store_true", default=argparse.SUPPRESS, help="answer one JSON document"
        )


async def _templates(context: Context, args: Namespace) -> int:
    actions = {"show": _show, **template_sources.ACTIONS, None: _list}
    return await actions[args.action](context, args)


async def _list(context: Context, _: Namespace) -> int:
    listing = await asyncio.to_thread(catalog_of(context.paths).list)
    own = any(not one.ours for one in listing.templates)
    header, *lines = columns(
        ("ID", "LANGUAGE", "TITLE", *(["SOURCE"] if own else [])),
        [
            (one.id, one.manifest.language, one.manifest.title, *([one.source or "VibeCode"] if own else []))
            for one in listing.templates
        ],
    )
    text = "\n".join([context.console.style(header, "bold"), *lines])
    context.console.answer([one.as_dict() for one in listing.templates], text)
    say_broken(context, listing.broken)
    return 0


def say_broken(context: Context, broken: "Mapping[str, TemplateError]") -> None:
    for name, error in broken.items():
        context.console.say(f"{plain(name)} is left out: {plain(error.detail)} {plain(error.hint)}")


async def _show(context: Context, args: Namespace) -> int:
    template = await asyncio.to_thread(catalog_of(context.paths).load, args.template)
    context.console.answer(_document(template), "\n".join(_description(template)))
    return 0


def _document(template: "Template") -> dict[str, object]:
    manifest = template.manifest
    return {
        **template.as_dict(),
        "description": manifest.description,
        "icon": manifest.icon,
        "good_for": manifest.good_for,
        "ports": list(manifest.ports),
        "install": manifest.install,
        "run": manifest.run,
        "test": manifest.test,
        "lint": manifest.lint,
        "extensions": list(manifest.extensions),
        "services": list(manifest.services),
        "toolchains": list(manifest.toolchains),
        "variables": {name: one.model_dump(mode="json") for name, one in manifest.variables.items()},
    }


def _description(template: "Template") -> list[str]:
    manifest = template.manifest
    rows: Iterable[tuple[str, str]] = (
        ("source", template.source or ""),
        ("good for", manifest.good_for),
        ("language", manifest.language),
        ("tags", " ".join(manifest.tags)),
        ("ports", " ".join(map(str, manifest.ports))),
        ("beside it", titles(manifest.services)),
        ("toolchain", toolchains.origin(manifest.toolchains, toolchains.absent(manifest.toolchains))),
        ("install", manifest.install),
        ("run", manifest.run),
        ("test", manifest.test),
        ("lint", manifest.lint),
        ("extensions", " ".join(manifest.extensions)),
    )
    lines = [f"{manifest.icon} {template.id}: {manifest.title}", manifest.description, ""]
    lines += [f"  {label:10}  {value}" for label, value in rows if value]
    for name, variable in manifest.variables.items():
        lines += ["", f"  --set {name}={variable.default_text!r}", f"      {variable.title}"]
    return [*lines, "", f"Start from it: `vibecode new {template.id}`"]


TEMPLATES = Command(
    "templates",
    "list the templates, describe one, or add your own",
    (
        ("vibecode templates", "all of them"),
        ("vibecode templates show python-fastapi", "one, with its variables"),
        ("vibecode templates add ./my-templates", "a folder that is a template, or holds several"),
        ("vibecode templates add https://example.com/team/templates.git --name team", "what Git brings"),
        ("vibecode templates update team", "fetch a source anew"),
        ("vibecode templates remove team", "forget a source"),
        ("vibecode templates new shop-api --from shop", "make one from a workspace"),
        ("vibecode templates --json", "for a script"),
    ),
    _templates,
    _arguments,
    description="List the templates, describe one, or add your own: from a folder, from Git, or from a workspace.",
)
