"""What Git ignores in a folder, by the rules of gitignore(5).

Of our own, since a walk from the top needs each pattern matched against a path itself: pathspec (1.1) also matches
a path's parents, so that with the common `*`, `!*/`, `!*.py` either every folder or every file is ignored.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import partial
from operator import eq
from pathlib import Path

from templates.reading import read_start

_Glob = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class _Rule:
    """One line: `globs` match a path part by part (None any number of them), or, not `anchored`, its name."""

    ignored: bool
    folders_only: bool
    anchored: bool
    globs: tuple[_Glob | None, ...]

    def matches(self, parts: Sequence[str]) -> bool:
        if not self.anchored:
            return any(glob(parts[-1]) for glob in self.globs if glob)
        reached = {0}  # how many parts are matched so far, in every way there is
        for glob in self.globs:
            if glob is None:
                reached = set(range(min(reached), len(parts) + 1))
            else:
                reached = {count + 1 for count in reached if count < len(parts) and glob(parts[count])}
            if not reached:
                return False
        return len(parts) in reached


@dataclass(frozen=True, slots=True)
class Ignores:
    """The rules in force in a folder: those of its own .gitignore and of the folders above it.

    `origin` holds the names that lead from the repository's top to the folder that is walked.
    """

    origin: tuple[str, ...] = ()
    files: tuple[tuple[int, tuple[_Rule, ...]], ...] = ()

    def inside(self, folder: Path, parts: Sequence[str]) -> "Ignores":
        """The rules in force in `folder`, which the walk reaches by the names `parts`."""
        return self.plus(_read(folder / ".gitignore"), len(self.origin) + len(parts))

    def plus(self, lines: str, depth: int) -> "Ignores":
        """These rules and, weighing more, those of a file `depth` folders below the top."""
        rules = tuple(rule for line in lines.split("\n") if (rule := _rule(line.removesuffix("\r"))))
        return Ignores(self.origin, (*self.files, (depth, rules))) if rules else self

    def ignores(self, parts: Sequence[str], *, folder: bool) -> bool:
        """Whether Git ignores this file or folder, given that it does not ignore any folder above it."""
        parts = (*self.origin, *parts)
        for depth, rules in reversed(self.files):
            below = parts[depth:]
            for rule in reversed(rules):
                if (folder or not rule.folders_only) and rule.matches(below):
                    return rule.ignored
        return False


def ignores_above(folder: Path) -> Ignores:
    """The rules that a repository around `folder` sets for it; none where the repository ignores the folder itself."""
    top = next((place for place in (folder, *folder.parents) if (place / ".git").exists()), None)
    if top is None:
        return Ignores()
    rules = Ignores().plus(_read(top / ".git" / "info" / "exclude"), 0)
    origin = folder.relative_to(top).parts
    for depth in range(len(origin)):
        rules = rules.inside(top.joinpath(*origin[:depth]), origin[:depth])
        if rules.ignores(origin[: depth + 1], folder=True):
            return Ignores()
    return Ignores(origin, rules.files)


def _read(path: Path) -> str:
    return read_start(path).decode("utf-8-sig", "surrogateescape")


def _rule(line: str) -> _Rule | None:
    pattern = re.sub(r"(?<!\\) +$", "", line)
    if not pattern or pattern.startswith("#"):
        return None
    ignored = not pattern.startswith("!")
    pattern = pattern.removeprefix("!")
    folders_only = pattern.endswith("/")
    pattern = pattern.removesuffix("/")
    anchored = "/" in pattern
    names = pattern.removeprefix("/").split("/")
    if not all(names):
        return None
    globs: list[_Glob | None] = [None if anchored and name == "**" else _glob(name) for name in names]
    if globs[-1] is None:
        globs.append(_glob("*"))
    return _Rule(ignored, folders_only, anchored, tuple(globs))


def _glob(name: str) -> _Glob:
    """A test for one name; fnmatch's expressions do not backtrack without bound, whatever the pattern."""
    if not any(char in name for char in "*?[\\"):
        return partial(eq, name)
    return re.compile(translate(_TOKEN.sub(_as_fnmatch, name))).match


_TOKEN = re.compile(r"\\(?P<escaped>.)|\[(?P<negated>[!^]?)(?P<chars>\]?(?:\\.|[^]\\])*)\]", re.DOTALL)


def _as_fnmatch(token: re.Match[str]) -> str:
    """An escape or a class of gitignore's as fnmatch writes it: without backslashes, and negated by `!` alone."""
    if escaped := token["escaped"]:
        return f"[{escaped}]" if escaped in "*?[" else escaped
    chars = re.sub(r"\\(.)", r"\1", token["chars"])
    return f"[!{chars}]" if token["negated"] else f"[{chars}]"
