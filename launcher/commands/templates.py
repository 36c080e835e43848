"""`templates`: what there is to start from."""

import argparse
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from launcher.commands.command import Command
from launcher.context import Context
from launcher.output.text import columns
from templates.services import titles
from templates.text import plain

if TYPE_CHECKING:
    from templates.catalog import Template


def _arguments(parser: ArgumentParser) -> None:
    parser.usage = "vibecode templates [-h] [--json] [show TEMPLATE]"
    show = parser.add_subparsers(title="more", metavar="show").add_parser("show", help="describe one template")
    show.add_argument("template", metavar="TEMPLATE", help="its id")
    show.add_argument(
        "--json", dest="as_json", action="store_true", default=argparse.SUPPRESS, help="answer one JSON document"
    )
    parser.set_defaults(template=None)


async def _templates(context: Context, args: Namespace) -> int:
    from templates.catalog import Catalog

    if args.template is not None:
        template = Catalog().load(args.template)
        context.console.answer(_document(template), "\n".join(_description(template)))
        return 0
    listing = Catalog().list()
    rows = [(one.id, one.manifest.language, one.manifest.title) for one in listing.templates]
    header, *lines = columns(("ID", "LANGUAGE", "TITLE"), rows)
    text = "\n".join([context.console.style(header, "bold"), *lines])
    context.console.answer([one.as_dict() for one in listing.templates], text)
    for name, error in listing.broken.items():
        context.console.say(f"{name} is left out: {plain(error.detail)}")
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
        "variables": {name: one.model_dump(mode="json") for name, one in manifest.variables.items()},
    }


def _description(template: "Template") -> list[str]:
    manifest = template.manifest
    rows = [
        ("good for", manifest.good_for),
        ("language", manifest.language),
        ("tags", " ".join(manifest.tags)),
        ("ports", " ".join(map(str, manifest.ports))),
        ("beside it", titles(manifest.services)),
        ("install", manifest.install),
        ("run", manifest.run),
        ("test", manifest.test),
        ("lint", manifest.lint),
        ("extensions", " ".join(manifest.extensions)),
    ]
    lines = [f"{manifest.icon} {template.id}: {manifest.title}", manifest.description, ""]
    lines += [f"  {label:10}  {value}" for label, value in rows if value]
    for name, variable in manifest.variables.items():
        lines += ["", f"  --set {name}={variable.default_text!r}", f"      {variable.title}"]
    return [*lines, "", f"Start from it: `vibecode new {template.id}`"]


TEMPLATES = Command(
    "templates",
    "list the templates, or describe one",
    (
        ("vibecode templates", "all of them"),
        ("vibecode templates show python-fastapi", "one, with its variables"),
        ("vibecode templates --json", "for a script"),
    ),
    _templates,
    _arguments,
)
