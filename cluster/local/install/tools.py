"""What a project's commands need and this machine lacks: uv, and Node with npm, are brought along."""

import os
import shlex
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path

from cluster import process
from cluster.errors import ProgramInstallError
from cluster.local.files import private_folder, told
from cluster.local.install.wheels import put_node, put_uv
from cluster.local.locks import locked
from cluster.local.trees import remove_tree
from templates.events import Step, Steps
from templates.project import Manifest
from templates.toolchains import TOOLCHAINS, programs

WAITS_WITHIN = 600.0
"""Seconds that another's installation may take."""

MISSING = 'for one; do command -v "$one" >/dev/null || printf "%s\\n" "$one"; done'
"""Asked of the shell, which knows its own words (`cd`, `if`) as well as PATH."""

Put = Callable[[Path, Step], Awaitable[None]]
"""Puts programs into the `bin` of a folder."""

WAYS: Mapping[str, Put] = {"uv": put_uv, "node": put_node}
BROUGHT = {"uv": "uv", "uvx": "uv", "node": "node", "npm": "node", "npx": "node"}
"""By which of the ways a program comes."""


def folders(home: Path) -> str:
    """Where a workspace finds, after its PATH, what was brought along; as in PATH, whether or not it is there yet.

    The first is that of code-server, which has a Node of its own where it came as npm package.
    """
    every = (home / "code-server", *(home / "tools" / name for name in WAYS))
    return os.pathsep.join(str(one / "bin") for one in every)


def commands(manifest: Manifest) -> tuple[str, ...]:
    """The programs, by name, of its toolchains and with which the project's commands begin."""
    begin = (name for line in (manifest.run, manifest.test) for name in _first_words(line))
    return tuple(dict.fromkeys((*programs(manifest.toolchains), *begin)))


async def bring(home: Path, names: Iterable[str], path: str, steps: Steps, *, ways: Mapping[str, Put] = WAYS) -> None:
    """Installs what is missing on `path` and can be had; of what cannot, the step's note tells.

    Raises VolumeFullError, HomeUnusableError.
    """
    if not (missing := await _missing(names, path)):
        return
    async with steps.step("tools", f"Looking for {', '.join(missing)}, which the project needs", expected=5) as step:
        reasons: list[str] = []
        for way in dict.fromkeys(BROUGHT[name] for name in missing if name in BROUGHT):
            try:
                await _install(home, way, ways[way], step)
            except ProgramInstallError as error:
                reasons.append(error.detail)
        left = await _missing(missing, path)
        notes = [f"brought along: {', '.join(one for one in missing if one not in left)}"] if left != missing else []
        if left:
            notes.append(f"not on this machine, install it to run the project: {', '.join(left)}{_websites(left)}")
        step.note = "; ".join((*notes, *reasons))


async def _install(home: Path, name: str, put: Put, step: Step) -> None:
    """Whole or not at all; stopped at any point and called again, it begins anew."""

    def busy() -> Exception:
        return ProgramInstallError(f"Another VibeCode has been installing {name} for too long.")

    folder = private_folder(home / "tools")
    async with locked(folder / f"{name}.lock", within=WAITS_WITHIN, busy=busy):
        if (folder / name).exists():
            return
        partial = folder / f"{name}.partial"
        with told(partial):
            remove_tree(partial)
        await put(private_folder(partial), step)
        with told(partial):
            partial.rename(folder / name)


async def _missing(names: Iterable[str], path: str) -> tuple[str, ...]:
    asked = tuple(names)
    ended = await process.run("/bin/sh", "-c", MISSING, "sh", *asked, env={"PATH": path}) if asked else None
    return tuple(ended.stdout.split()) if ended else ()


def _websites(names: Iterable[str]) -> str:
    """How a person gets the toolchains that these programs are of."""
    wanted = set(names)
    said = [f"{one.title}: {one.website}" for one in TOOLCHAINS.values() if wanted & set(one.programs)]
    return f" ({'; '.join(said)})" if said else ""


def _first_words(line: str) -> list[str]:
    """The plain names in the place of a command; what is a path of the project's own or computed is left out."""
    lexer = shlex.shlex(line.replace("\n", ";"), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    found: list[str] = []
    first = True
    try:
        for word in lexer:
            if set(word) <= set("();|&"):
                first = True
            elif first and "=" not in word:
                first = False
                if word.replace("-", "").replace("_", "").replace("+", "").replace(".", "").isalnum():
                    found.append(word)
    except ValueError:  # a quote that is never closed: the shell will say so
        return []
    return found
