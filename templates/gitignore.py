"""What Git ignores in a folder, by the rules of gitignore(5).

Of our own, since a walk from the top needs each pattern matched against a path itself: pathspec (1.1) also matches
a path's parents, so that with the common `*`, `!*/`, `!*.py` either every folder or every file is ignored.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import translate
from itertools import groupby
from pathlib import Path

from templates.reading import read_start


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a .gitignore; where it has a slash before its end it is `anchored`, else `names` is one name."""

    ignored: bool
    folders_only: bool
    anchored: bool
    names: tuple[str, ...]

    @property
    def kind(self) -> tuple[bool, bool, bool]:
        return self.ignored, self.folders_only, self.anchored


@dataclass(frozen=True, slots=True)
class _Rule:
    """One line, or several of a kind that stand together; `matches` judges a path by its parts."""

    ignored: bool
    folders_only: bool
    matches: Callable[[Sequence[str]], bool]


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
        rules = tuple(_rules(lines))
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


def _rules(text: str) -> Iterator[_Rule]:
    lines = [line for raw in text.split("\n") if (line := _line(raw.removesuffix("\r")))]
    for (ignored, folders_only, anchored), group in groupby(lines, key=lambda line: line.kind):
        if anchored:
            for line in group:
                yield _Rule(ignored, folders_only, _by_path(line.names))
        else:
            yield _Rule(ignored, folders_only, _by_name([line.names[0] for line in group]))


def _line(line: str) -> _Line | None:
    pattern = re.sub(r"(?<!\\) +$", "", line)
    if not pattern or pattern.startswith("#"):
        return None
    ignored = not pattern.startswith("!")
    pattern = pattern.removeprefix("!")
    folders_only = pattern.endswith("/")
    pattern = pattern.removesuffix("/")
    names = tuple(pattern.removeprefix("/").split("/"))
    return _Line(ignored, folders_only, "/" in pattern, names) if all(names) else None


def _by_name(names: Sequence[str]) -> Callable[[Sequence[str]], bool]:
    """A test of the last part; one expression for all names, since a large .gitignore meets many files."""
    expression = re.compile("|".join(map(_expression, names)))
    return lambda parts: expression.match(parts[-1]) is not None


def _by_path(names: Sequence[str]) -> Callable[[Sequence[str]], bool]:
    """A test of all parts, of which `**` matches any number, and at the end at least one."""
    globs = [None if name == "**" else re.compile(_expression(name)) for name in names]
    if globs[-1] is None:
        globs.append(re.compile(_expression("*")))

    def matches(parts: Sequence[str]) -> bool:
        reached = {0}  # how many parts are matched so far, in every way there is
        for glob in globs:
            if glob is None:
                reached = set(range(min(reached), len(parts) + 1))
            else:
                reached = {count + 1 for count in reached if count < len(parts) and glob.match(parts[count])}
            if not reached:
                return False
        return len(parts) in reached

    return matches


def _expression(name: str) -> str:
    """A regular expression for one part; fnmatch's do not backtrack without bound, whatever the pattern."""
    return translate(_TOKEN.sub(_as_fnmatch, name))


_TOKEN = re.compile(r"\\(?P<escaped>.)|\[(?P<negated>[!^]?)(?P<chars>\]?(?:\\.|[^]\\])*)\]", re.DOTALL)


def _as_fnmatch(token: re.Match[str]) -> str:
    """An escape or a class of gitignore's as fnmatch writes it: without backslashes, and negated by `!` alone."""
    if escaped := token["escaped"]:
        return f"[{escaped}]" if escaped in "*?[" else escaped
    chars = re.sub(r"\\(.)", r"\1", token["chars"])
    return f"[!{chars}]" if token["negated"] else f"[{chars}]"
