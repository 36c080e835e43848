"""A command as data: the parser, the help and the completion are made of it."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from launcher.context import Context

Run = Callable[[Context, Namespace], Coroutine[Any, Any, int]]


def no_arguments(_: ArgumentParser) -> None:
    """For a command that takes none of its own."""


@dataclass(frozen=True, slots=True)
class Command:
    """`run` answers the exit code; `examples` are pairs of a command line and what it does.

    `takes_json` is false where the answer has no other form, such as a shell script.
    """

    name: str
    summary: str
    examples: tuple[tuple[str, str], ...]
    run: Run
    arguments: Callable[[ArgumentParser], None] = no_arguments
    description: str = ""
    takes_json: bool = True
