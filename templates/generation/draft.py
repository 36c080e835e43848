"""What a model has written until now: whole files, the one under way, and what was refused."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from templates.errors import TooLargeError, UnsafePathError
from templates.generation.errors import GenerationTooLargeError, RepetitionError
from templates.generation.overlap import Overlap
from templates.generation.parser import Closed, Opened, Part, Removed, Text
from templates.limits import Limits, Tally
from templates.paths import check_files, check_path
from templates.project import ProjectFile
from templates.text import shown

LIMITS = Limits(files=1_000, bytes=16 << 20)
"""More than any model writes in one go that does not run wild."""

SAME_AGAIN = 3
"""How often one file may be written before that counts as repetition."""

_NOT_THE_MODELS = frozenset({".git", ".vscode", ".devcontainer", ".vibecode", "node_modules", ".venv"})
"""Folders whose files make an editor or Git run something, or that programs make by themselves."""


@dataclass(frozen=True, slots=True)
class FileStarted:
    """A file begins to be written; `goes_on` where its beginning is there already."""

    path: str
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class FileGrew:
    """The next piece of a file; `size` is in characters, this piece with it."""

    path: str
    text: str
    size: int


@dataclass(frozen=True, slots=True)
class FileCut:
    """An answer broke off in this file, which is whole up to `size` characters."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class FileDone:
    """A file is whole; `size` is in bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class FileRemoved:
    """A file of the base that the project does without."""

    path: str


@dataclass(frozen=True, slots=True)
class FileRefused:
    """A file that the model named, and that cannot go into a workspace."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class FileMissing:
    """A file of the plan that the model did not write, however often it was asked."""

    path: str


FileEvent = FileStarted | FileGrew | FileCut | FileDone | FileRemoved | FileRefused | FileMissing


class Draft:
    """Takes the parts of any number of answers; only whole files are in `files`."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._tally = Tally(limits)
        self._path: str | None = None
        self._pieces: list[str] = []
        self._size = 0
        self._cut: tuple[str, str] | None = None
        self._overlap: Overlap | None = None
        self._written: dict[str, int] = {}
        self.files: dict[str, bytes] = {}
        self.removed: set[str] = set()
        self.refused: dict[str, str] = {}

    @property
    def cut_off(self) -> tuple[str, str] | None:
        """The file in which the last answer broke off, and its whole lines."""
        return self._cut

    def take(self, part: Part) -> Iterator[FileEvent]:
        """Raises GenerationTooLargeError, and RepetitionError for a file that is written again and again."""
        match part:
            case Opened():
                yield from self._start(part)
            case Text():
                yield from self._grow(part.text)
            case Closed():
                yield from self._finish()
            case Removed():
                path = part.path.removeprefix("./")
                self.files.pop(path, None)
                self.removed.add(path)
                yield FileRemoved(path)

    def cut(self) -> Iterator[FileEvent]:
        """The answer broke off: the open file keeps its whole lines, and can go on."""
        if self._path is None:
            return
        text = "".join(self._pieces)
        self._overlap = None
        text = text[: text.rfind("\n") + 1]
        path, self._path = self._path, None
        self._cut = (path, text)
        yield FileCut(path, len(text))

    def drop(self) -> None:
        """What is open is not wanted."""
        self._path = None

    def _start(self, part: Opened) -> Iterator[FileEvent]:
        path = part.path.removeprefix("./")
        self._pieces, self._size, self._overlap = [], 0, None
        if reason := _unsafe(path):
            self._path = None
            self.refused[path] = reason
            yield FileRefused(path, reason)
            return
        self._written[path] = self._written.get(path, 0) + (not part.goes_on)
        if self._written[path] > SAME_AGAIN:
            raise RepetitionError(f"{path} was written {SAME_AGAIN} times already, and once more.")
        goes_on = part.goes_on and self._cut is not None and self._cut[0] == path
        if part.goes_on and not goes_on:
            self._path = None  # the end of a file without its beginning; it is missing, and asked for whole
            return
        if goes_on and self._cut is not None:
            self._pieces, self._size = [self._cut[1]], len(self._cut[1])
            self._overlap = Overlap(self._cut[1])
        self._cut = None if self._cut is not None and self._cut[0] == path else self._cut
        self._path = path
        yield FileStarted(path, goes_on)

    def _grow(self, text: str) -> Iterator[FileEvent]:
        if self._overlap is not None:
            text = self._overlap.feed(text)
        if self._path is None or not text:
            return
        self._pieces.append(text)
        self._size += len(text)
        if self._size > self._limits.bytes:
            raise _too_large(f"{self._path} alone has more than {self._limits.bytes >> 20} MiB.")
        yield FileGrew(self._path, text, self._size)

    def _finish(self) -> Iterator[FileEvent]:
        if self._path is None:
            return
        if self._overlap is not None:
            self._pieces.append(self._overlap.close())
            self._overlap = None
        path, self._path = self._path, None
        content = "".join(self._pieces).encode("utf-8", "replace")
        if path not in self.files:
            try:
                self._tally.keep(path.split("/"), len(content))
            except TooLargeError as error:
                raise _too_large(error.detail) from None
        self.files[path] = content
        self.removed.discard(path)
        yield FileDone(path, len(content))


def overlay(base: Collection[ProjectFile], draft: Draft) -> tuple[tuple[ProjectFile, ...], dict[str, str]]:
    """The base's files with those of the draft over them, and by path why some of the draft cannot go beside others."""
    kept = {file.path: file for file in base if file.path not in draft.removed}
    modes = {file.path: file.mode for file in base}
    new = {path: ProjectFile(path, content, mode=modes.get(path, 0o644)) for path, content in draft.files.items()}
    try:
        return check_files((kept | new).values()), {}
    except UnsafePathError:
        pass
    refused: dict[str, str] = {}
    for path, file in new.items():  # seldom, so each is tried in turn
        try:
            check_files((kept | {path: file}).values())
        except UnsafePathError as error:
            refused[path] = error.detail
        else:
            kept[path] = file
    return check_files(kept.values()), refused


def _unsafe(path: str) -> str | None:
    try:
        check_path(path)
    except UnsafePathError as error:
        return error.detail
    folder = next((part for part in path.split("/") if part.casefold() in _NOT_THE_MODELS), None)
    return f"{shown(path)!r} is in {folder}, whose files can run programs by themselves." if folder else None


def _too_large(detail: str) -> GenerationTooLargeError:
    return GenerationTooLargeError(detail, hint=GenerationTooLargeError.hint)
