"""Completion of commands, flags, template ids and workspace names by argcomplete, only imported when a shell asks."""

import asyncio
import os
from argparse import Action, ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr
from typing import NoReturn, cast

from launcher import paths, settings
from launcher.sources import catalog_of
from launcher.wiring import Services, build_engines
from templates.errors import VibeCodeError

PROGRAMS = ("vibecode", "./vibecode")
PATIENCE = 1.0
"""Seconds that a shell is kept waiting for the cluster's workspaces."""


def script(shell: str) -> str:
    """What a shell (`bash`, `zsh` or `fish`) has to evaluate."""
    from argcomplete.shell_integration import shellcode

    return shellcode(list(PROGRAMS), use_defaults=False, shell=shell)


def complete(parser: ArgumentParser, environ: Mapping[str, str], services: Services) -> NoReturn:
    """Answers the shell by way of the descriptor that it has opened, and ends the program."""
    from argcomplete import autocomplete
    from argcomplete.completers import DirectoriesCompleter

    def workspaces(**_: object) -> tuple[str, ...]:
        return _workspace_names(environ, services)

    def templates(**_: object) -> tuple[str, ...]:
        return _template_ids(environ)

    def sources(**_: object) -> tuple[str, ...]:
        return _source_names(environ)

    folders = DirectoriesCompleter()
    completers = {
        **dict.fromkeys(("name", "names"), workspaces),
        **dict.fromkeys(("folder", "place", "output"), folders),
        "template": templates,
        "source": sources,
    }
    for action in _actions(parser):
        if action.choices is None:
            setattr(action, "completer", completers.get(action.dest, _nothing))  # noqa: B010  # argcomplete's own way
    autocomplete(parser)
    raise SystemExit(0)  # what is asked for is not a completion


def _actions(parser: ArgumentParser) -> Iterator[Action]:
    """The arguments of all commands."""
    for action in parser._actions:  # pyright: ignore[reportPrivateUsage]  # argparse has no other way in
        if isinstance(action.choices, Mapping):  # the commands below this one
            for child in cast(Mapping[str, ArgumentParser], action.choices).values():
                yield from _actions(child)
        else:
            yield action


def _nothing(**_: object) -> tuple[str, ...]:
    """Where something new has to be typed, the names of files here are no help."""
    return ()


def _template_ids(environ: Mapping[str, str]) -> tuple[str, ...]:
    return catalog_of(paths.find(environ)).ids()


def _source_names(environ: Mapping[str, str]) -> tuple[str, ...]:
    try:
        return tuple(one.name for one in catalog_of(paths.find(environ)).book.read())
    except VibeCodeError:
        return ()


def _workspace_names(environ: Mapping[str, str], services: Services) -> tuple[str, ...]:
    """Empty where the cluster is not there, is down, or takes too long: a shell is no place for errors."""

    async def names() -> tuple[str, ...]:
        found = paths.find(environ)
        engines = build_engines(settings.load(found.config_file, environ).values, found, services)
        try:
            async with asyncio.timeout(PATIENCE):
                return tuple(workspace.name for workspace in (await engines.everything()).workspaces)
        finally:
            await engines.close()

    with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):  # noqa: PTH123
        try:
            return asyncio.run(names())
        except Exception:
            return ()
