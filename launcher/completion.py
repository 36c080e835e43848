"""Completion of commands, flags, template ids and workspace names by argcomplete, only imported when a shell asks."""

import asyncio
import os
from argparse import Action, ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr
from typing import NoReturn, cast

from launcher import paths, settings
from launcher.wiring import Services, build_engine

PROGRAMS = ("vibecode", "./vibecode")
PATIENCE = 1.0
"""Seconds that a shell is kept waiting for the cluster's workspaces."""


def script(shell: str) -> str:
    """What a shell (`bash`, `zsh` or `fish`) has to evaluate."""
    from argcomplete.shell_integration import shellcode

    return shellcode(list(PROGRAMS), shell=shell)


def complete(parser: ArgumentParser, environ: Mapping[str, str], services: Services) -> NoReturn:
    """Answers the shell by way of the descriptor that it has opened, and ends the program."""
    import argcomplete

    for action in _actions(parser):
        if action.dest in ("name", "names"):
            _attach(action, lambda: _workspace_names(environ, services))
        elif action.dest == "template":
            _attach(action, _template_ids)
    argcomplete.autocomplete(parser)
    raise SystemExit(0)  # what is asked for is not a completion


def _actions(parser: ArgumentParser) -> Iterator[Action]:
    """The arguments of all commands."""
    for action in parser._actions:  # pyright: ignore[reportPrivateUsage]  # argparse has no other way in
        if isinstance(action.choices, Mapping):  # the commands below this one
            for child in cast(Mapping[str, ArgumentParser], action.choices).values():
                yield from _actions(child)
        else:
            yield action


def _attach(action: Action, values: Callable[[], tuple[str, ...]]) -> None:
    def completer(**_: object) -> tuple[str, ...]:
        return values()

    setattr(action, "completer", completer)  # noqa: B010  # argcomplete's name for it


def _template_ids() -> tuple[str, ...]:
    from templates.catalog import Catalog

    return Catalog().ids()


def _workspace_names(environ: Mapping[str, str], services: Services) -> tuple[str, ...]:
    """Empty where the cluster is not there, is down, or takes too long: a shell is no place for errors."""

    async def names() -> tuple[str, ...]:
        found = paths.find(environ)
        engine = build_engine(settings.load(found.config_file, environ).values, found, services)
        try:
            async with asyncio.timeout(PATIENCE):
                return tuple(workspace.name for workspace in await engine.workspaces())
        finally:
            await engine.close()

    with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):  # noqa: PTH123
        try:
            return asyncio.run(names())
        except Exception:
            return ()
