"""`config`: every setting, its value, and where that comes from."""

from argparse import ArgumentParser, Namespace
from dataclasses import fields

from launcher.commands.command import Command
from launcher.context import Context
from launcher.output.text import columns
from launcher.settings import DEFAULT, Settings, variable
from launcher.settings_docs import descriptions, markdown_table
from templates.text import DASH


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--markdown", action="store_true", help="print the table of the README")


async def _config(context: Context, args: Namespace) -> int:
    console, loaded = context.console, context.loaded
    if args.markdown and not console.as_json:
        console.answer(None, markdown_table())
        return 0
    docs = descriptions()
    document: list[dict[str, object]] = []
    rows: list[tuple[str, str, str]] = []
    for one in fields(Settings):
        value, source = getattr(loaded.values, one.name), loaded.sources[one.name]
        document.append(
            {
                "name": one.name,
                "value": value,
                "source": source,
                "variable": variable(one.name),
                "description": docs[one.name],
            }
        )
        rows.append((one.name, _shown(value), "" if source == DEFAULT else source))
    lines: list[str] = []
    header, *values = columns(("SETTING", "VALUE", "FROM"), rows)
    for line, one in zip(values, fields(Settings), strict=True):
        lines += [line, console.style(f"    {docs[one.name]}", "dim")]
    file = context.paths.config_file
    there = "" if file.exists() else ", which is not there yet"
    lines += ["", f'Set them in {file}{there}: `memory = "4Gi"`, or by a variable: `{variable("memory")}=4Gi`.']
    console.answer(document, "\n".join([console.style(header, "bold"), *lines]))
    return 0


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) or DASH


CONFIG = Command(
    "config",
    "show every setting, its value and where it comes from",
    (
        ("vibecode config", "all settings, and the file that they can be written in"),
        ("vibecode config --json", "for a script"),
    ),
    _config,
    _arguments,
    description="""Show every setting: its value, where that comes from, and what it means.

A setting is taken from its variable (VIBECODE_…), else from config.toml in the configuration folder, which is
VIBECODE_HOME where that is set, else ~/.config/vibecode, or ~/Library/Application Support/vibecode on macOS.""",
)
