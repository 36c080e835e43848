"""The command line's grammar, made of the commands."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from typing import NoReturn

from launcher import __version__
from launcher.commands.command import Command
from launcher.errors import UsageError

ABOUT = "Turn a template, a prompt or a folder into a live VS Code workspace on your own local Kubernetes."
EXAMPLES = (
    ("vibecode doctor", "what stands in the way, and how to mend it"),
    ("vibecode templates", "what there is to start from"),
    ("vibecode new python-fastapi shop", "a workspace, opened in the browser"),
    ('vibecode ai "a URL shortener with FastAPI"', "one from your words"),
    ("vibecode import ./my-project", "one from a folder of yours"),
)


class Parser(ArgumentParser):
    """Raises UsageError where argparse would print and exit."""

    def error(self, message: str) -> NoReturn:
        detail = f"{message[:1].upper()}{message[1:]}."
        raise UsageError(detail, hint=f"`{self.prog} --help` shows how, with examples.")


def build_parser(commands: Sequence[Command]) -> Parser:
    """The whole grammar; parsing sets `command` to the chosen `Command`, or None."""
    parser = Parser(
        prog="vibecode",
        description=ABOUT,
        epilog=_examples(EXAMPLES),
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("-V", "--version", action="version", version=f"vibecode {__version__}")
    parser.set_defaults(command=None, as_json=False)
    choices = parser.add_subparsers(metavar="COMMAND", title="commands")
    for command in commands:
        child = choices.add_parser(
            command.name,
            help=command.summary,
            description=command.description or f"{command.summary[:1].upper()}{command.summary[1:]}.",
            epilog=_examples(command.examples),
            formatter_class=RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        if command.takes_json:
            child.add_argument("--json", dest="as_json", action="store_true", help="answer one JSON document")
        command.arguments(child)
        child.set_defaults(command=command)
    return parser


def _examples(examples: Sequence[tuple[str, str]]) -> str:
    width = max(len(line) for line, _ in examples)
    return "\n".join(["examples:", *(f"  {line:{width}}   {words}" for line, words in examples)])
