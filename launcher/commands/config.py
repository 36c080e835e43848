"""`config`: every setting, its value, and where that comes from; and a new value for one."""

from argparse import SUPPRESS, ArgumentParser, Namespace
from dataclasses import fields

from launcher.commands.command import Command
from launcher.context import Context
from launcher.output.text import columns
from launcher.settings import DEFAULT, Settings, load, rule_of, variable
from launcher.settings_docs import descriptions, markdown_table
from launcher.settings_file import remove_setting, write_setting
from templates.text import DASH


def _arguments(parser: ArgumentParser) -> None:
    parser.usage = "vibecode config [-h] [--json] [set SETTING VALUE | unset SETTING]"
    parser.add_argument("--markdown", action="store_true", help="print the table of the README")
    more = parser.add_subparsers(title="more", metavar="set|unset", dest="action")
    setting = more.add_parser("set", help="write a setting into the file, and leave all else in it as it is")
    setting.add_argument("setting", metavar="SETTING", help="its name, such as memory")
    setting.add_argument("value", metavar="VALUE", help="its new value")
    unset = more.add_parser("unset", help="take a setting out of the file: its default counts again")
    unset.add_argument("setting", metavar="SETTING", help="its name")
    for action in (setting, unset):
        action.add_argument(
            "--json", dest="as_json", action="store_true", default=SUPPRESS, help="answer one JSON document"
        )


async def _config(context: Context, args: Namespace) -> int:
    if args.action is not None:
        return _change(context, args.setting, args.value if args.action == "set" else None)
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


def _change(context: Context, name: str, written: str | None) -> int:
    """Writes it into the file, or takes it out of it, and says what counts now."""
    rule_of(name)
    file, overriding = context.paths.config_file, context.console.environ.get(variable(name))
    if written is None:
        changed = remove_setting(file, name)
        words = f"{name} is out of {file}." if changed else f"{file} does not have {name}."
    else:
        words = f"{file} says from now on: {name} is {_shown(write_setting(file, name, written))}."
    if overriding:
        words += f"\nThe variable {variable(name)} is set and goes before it: `unset {variable(name)}`."
    loaded = load(file, context.console.environ)
    document = {"name": name, "value": getattr(loaded.values, name), "source": loaded.sources[name]}
    context.console.answer(document, words)
    return 0


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) or DASH


CONFIG = Command(
    "config",
    "show every setting, its value and where it comes from; change one",
    (
        ("vibecode config", "all settings, and the file that they can be written in"),
        ("vibecode config set memory 4Gi", "a new value, written into that file"),
        ("vibecode config unset memory", "the default again"),
        ("vibecode config --json", "for a script"),
    ),
    _config,
    _arguments,
    description="""Show every setting: its value, where that comes from, and what it means; or change one.

A setting is taken from its variable (VIBECODE_…), else from config.toml in the configuration folder, which is
VIBECODE_HOME where that is set, else ~/.config/vibecode, or ~/Library/Application Support/vibecode on macOS.""",
)
