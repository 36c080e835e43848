"""The files of a folder on this machine, and what stays behind; nothing is read but names, sizes and rules."""

import os
import stat
from bisect import insort
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Literal

from templates.credentials import is_secret
from templates.errors import FolderError, SpecialFileError
from templates.gitignore import Ignores
from templates.limits import LIMITS, Limits, Tally
from templates.paths import check_files, check_path
from templates.project import ProjectFile
from templates.reading import read_start
from templates.text import shown

NAMED = 8
"""How many files each sentence about what stays behind names."""

_OF_THIS_MACHINE = frozenset({"node_modules", "__pycache__", ".venv"})
_SPECIAL = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}

Reason = Literal["secret", "ignored", "machine", "git"]
_REASONS: dict[Reason, str] = {
    "secret": "Files that may hold secrets",
    "ignored": "Files that Git ignores",
    "machine": "Folders with programs of this machine",
    "git": "Git's own data",
}


def collect(
    root: Path,
    *,
    ignores: Ignores | None = None,
    include_ignored: bool = False,
    include_secrets: bool = False,
    limits: Limits = LIMITS,
) -> tuple[tuple[ProjectFile, ...], tuple[str, ...]]:
    """The files below `root`, checked and sorted, and a sentence for each reason why others stay behind.

    Folders are not followed through links, and empty ones are left out. `ignores` holds rules from above `root`.
    Raises UnsafePathError, SpecialFileError, TooLargeError as soon as a limit is passed, and FolderError where
    something cannot be read.
    """
    files: list[ProjectFile] = []
    left = _LeftBehind()
    tally = Tally(limits)
    folders: list[tuple[tuple[str, ...], Ignores]] = [((), ignores or Ignores())]
    while folders:
        above, rules = folders.pop()
        place = root.joinpath(*above)
        rules = rules.inside(place, above)
        for entry in _entries(place, "/".join(above)):
            parts = (*above, entry.name)
            path = "/".join(parts)
            tally.look(parts)
            folder = entry.is_dir(follow_symlinks=False)
            secret = is_secret(path, folder=folder, start=partial(read_start, entry.path))
            if _is_git(entry):
                left.add("git", path, folder=folder)
            elif _is_of_this_machine(entry, folder=folder):
                left.add("machine", path, folder=folder)
            elif secret and not include_secrets:
                left.add("secret", path, folder=folder)
            elif not secret and not include_ignored and rules.ignores(parts, folder=folder):
                left.add("ignored", path, folder=folder)
            elif folder:
                folders.append((parts, rules))
            elif file := _file(entry, parts, tally):
                files.append(file)
    return check_files(files), left.sentences()


def _entries(place: Path, path: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(place) as entries:
            yield from entries
    except FileNotFoundError:
        return  # removed while we walk
    except OSError as error:
        raise _unreadable(path or str(place), error) from None


def _is_git(entry: os.DirEntry[str]) -> bool:
    return entry.name.casefold() == ".git"


def _is_of_this_machine(entry: os.DirEntry[str], *, folder: bool) -> bool:
    """Whether this is a folder of installed programs: node_modules, or a virtual environment of any name."""
    return entry.name in _OF_THIS_MACHINE or (folder and read_start(f"{entry.path}/pyvenv.cfg") != b"")


def _file(entry: os.DirEntry[str], parts: tuple[str, ...], tally: Tally) -> ProjectFile | None:
    path = check_path("/".join(parts))
    try:
        if entry.is_symlink():
            tally.keep(parts, 0)
            return ProjectFile(path, link=os.readlink(entry.path))  # noqa: PTH115 - Path would tidy the target
        info = entry.stat(follow_symlinks=False)
        if not stat.S_ISREG(info.st_mode):
            kind = _SPECIAL.get(stat.S_IFMT(info.st_mode), "not a file")
            raise SpecialFileError(f"{path!r} is {kind}.")
        tally.keep(parts, info.st_size)
        os.close(os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK))
    except FileNotFoundError:
        return None  # removed while we walk
    except OSError as error:
        raise _unreadable(path, error) from None
    return ProjectFile(path, source=Path(entry.path), mode=0o755 if info.st_mode & stat.S_IXUSR else 0o644)


def _unreadable(path: str, error: OSError) -> FolderError:
    return FolderError(
        f"{shown(path)} cannot be read: {error.strerror}.",
        hint="Change its permissions, or list it in .gitignore, and try again.",
    )


class _LeftBehind:
    """What stays behind, by reason: how many, and the first few by name."""

    def __init__(self) -> None:
        self._counts = Counter[Reason]()
        self._names: dict[Reason, list[str]] = {}

    def add(self, reason: Reason, path: str, *, folder: bool) -> None:
        self._counts[reason] += 1
        names = self._names.setdefault(reason, [])
        insort(names, shown(path) + "/" * folder)
        del names[NAMED:]

    def sentences(self) -> tuple[str, ...]:
        return tuple(self._sentence(reason, what) for reason, what in _REASONS.items() if reason in self._counts)

    def _sentence(self, reason: Reason, what: str) -> str:
        names = self._names[reason]
        more = self._counts[reason] - len(names)
        return f"{what} stay behind: {', '.join(names)}" + (f" and {more:,} more." if more else ".")
