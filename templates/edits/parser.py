"""A model's answer, parsed as it arrives: prose, edits, and commands that it proposes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from templates.edits.edit import DeleteFile, Edit, Malformed, SearchReplace, WholeFile
from templates.edits.formats import EditFormat
from templates.paths import MAX_PATH_BYTES

SEARCH = re.compile(r"<{5,9} ?SEARCH(?:[ \t]+(?P<path>\S.*?))?\s*")
DIVIDER = re.compile(r"={5,9}\s*")
REPLACE = re.compile(r">{5,9} ?REPLACE\s*")
DELETE = re.compile(r"<{5,9} ?DELETE(?:[ \t]+(?P<path>\S.*?))?\s*")
FENCE = re.compile(r"\s{0,3}(?P<ticks>`{3,}|~{3,})\s*(?P<info>[^`]*)")
PATH = re.compile(r"(?:#+ |\*\*|File: ?|`)*(?P<path>[^\s*`:#<>](?:[^*`:<>\n]*[^\s*`:<>])?)[*`:]*\s*")
BARE_NAMES = frozenset(
    ("Makefile", "Dockerfile", "Containerfile", "Procfile", "Gemfile", "Rakefile", "LICENSE", "README")
)
"""Files whose names are single words; any other word alone on its line is prose."""

LONGEST = 2 * MAX_PATH_BYTES
"""Characters of a line that can name a path or be a marker."""

MARKS = "<`~#*"
"""What a line begins with that may turn out not to be prose."""


@dataclass(frozen=True, slots=True)
class Prose:
    """Text for the person, in pieces as it arrives."""

    text: str


@dataclass(frozen=True, slots=True)
class EditBegun:
    path: str


@dataclass(frozen=True, slots=True)
class EditLine:
    """One line of the edit that was begun last."""

    text: str


@dataclass(frozen=True, slots=True)
class EditEnded:
    edit: Edit | Malformed


@dataclass(frozen=True, slots=True)
class CommandProposed:
    """A shell command that the model wants to be run."""

    command: str


Piece = Prose | EditBegun | EditLine | EditEnded | CommandProposed


class AnswerParser:
    """Feed it the answer in pieces of any size, then call `end`; it takes time in proportion to what it is fed.

    Prose goes on as it comes, except lines that may belong to an edit. Whole files are only read in that format:
    elsewhere a fence below a path is an excerpt.
    """

    def __init__(self, style: EditFormat) -> None:
        self._style = style
        self._parts: list[str] = []  # of the line that is not complete yet
        self._told = False  # whether its beginning was given on as prose
        self._held = ""  # a line that may be a path, and blank lines after it
        self._above = ""  # the last line that was not blank
        self._fenced = False  # whether the edit stands in a fence, whose end is no prose
        self._path = ""  # of the last edit; several blocks for one file need name it only once
        self._state: _State = _Outside()

    def feed(self, text: str) -> Iterator[Piece]:
        first, *others = text.split("\n")
        self._parts.append(first)
        for part in others:
            yield from self._line("".join(self._parts))
            self._parts = [part]
        yield from self._early()

    def end(self) -> Iterator[Piece]:
        """The rest; what was begun and not ended is malformed."""
        if rest := "".join(self._parts):
            yield from self._line(rest, end="")
        self._parts = []
        if isinstance(self._state, _Block):
            yield EditEnded(Malformed(self._state.path, "it ends in the middle of a block"))
        elif isinstance(self._state, _File):
            yield EditEnded(Malformed(self._state.path, "it ends in the middle of the file"))
        yield from self._release()

    def cut(self) -> Iterator[Piece]:
        """The end of an answer that was cut off: half a line may name another file than the whole one would."""
        self._parts = []
        yield from self.end()

    def _early(self) -> Iterator[Piece]:
        """The beginning of a line, where it can be nothing but prose."""
        if not isinstance(self._state, _Outside):
            return
        text = "".join(self._parts)
        self._parts = [text]
        if not self._told:
            beginning = text.lstrip()
            special = " " not in beginning or beginning[0] in MARKS or beginning.startswith("File")
            if special and len(text) <= LONGEST:
                return
            yield from self._release()
            self._told = True
            self._above = ""
        self._above = (self._above + text)[: LONGEST + 1]
        self._parts = []
        if text:
            yield Prose(text)

    def _line(self, line: str, end: str = "\n") -> Iterator[Piece]:
        state, line = self._state, line.removesuffix("\r")
        if isinstance(state, _Block):
            yield from self._in_block(state, line)
        elif isinstance(state, _File):
            yield from self._in_file(state, line)
        elif isinstance(state, _Command):
            yield from self._in_command(state, line)
        elif self._told:
            self._told = False
            self._above = (self._above + line)[: LONGEST + 1]
            yield Prose(line + end)
        else:
            yield from self._outside(line, end)

    def _outside(self, line: str, end: str) -> Iterator[Piece]:
        if self._fenced and line.strip() == "```":
            self._fenced = False
        elif found := SEARCH.fullmatch(line):
            self._begin(_Block(self._named(found["path"])))
            yield EditBegun(self._path)
        elif found := DELETE.fullmatch(line):
            self._begin(_Outside())
            self._path = self._named(found["path"])
            yield EditBegun(self._path)
            yield EditEnded(DeleteFile(self._path))
        elif (found := FENCE.fullmatch(line)) and found["info"].strip() == "run":
            yield from self._release()
            self._state = _Command(found["ticks"], [])
        elif found and self._style == "whole" and (path := _path(self._above)):
            self._begin(_File(path, found["ticks"], []))
            yield EditBegun(path)
        elif found or _path(line):
            if line.strip() and not found:
                yield from self._release()
                self._above = line
            self._held += line + end
        elif not line.strip() and self._held:
            self._held += line + end
        else:
            yield from self._release()
            self._above = line or self._above
            yield Prose(line + end)

    def _named(self, path: str | None) -> str:
        """The path that the marker names, or the line above it, or the edit before."""
        return (path or "").strip("*`").removeprefix("./") or _path(self._above) or self._path

    def _begin(self, state: "_State") -> None:
        """What was held belongs to the edit, and is not shown."""
        self._fenced = self._fenced or "```" in self._held
        self._held = self._above = ""
        self._state = state
        self._path = getattr(state, "path", self._path)

    def _release(self) -> Iterator[Piece]:
        if self._held:
            yield Prose(self._held)
            self._held = ""

    def _in_block(self, block: "_Block", line: str) -> Iterator[Piece]:
        if REPLACE.fullmatch(line):
            self._state = _Outside()
            if block.dividers:
                yield EditEnded(SearchReplace(block.path, tuple(block.body), tuple(block.dividers)))
            else:
                yield EditEnded(Malformed(block.path, "a block has no line `=======`"))
        elif (found := SEARCH.fullmatch(line)) and block.dividers:
            yield EditEnded(Malformed(block.path, "a block has no line `>>>>>>> REPLACE`"))
            self._begin(_Block(self._named(found["path"])))
            yield EditBegun(self._path)
        else:
            if DIVIDER.fullmatch(line):
                block.dividers.append(len(block.body))
            block.body.append(line)
            yield EditLine(line)

    def _in_file(self, file: "_File", line: str) -> Iterator[Piece]:
        found = FENCE.fullmatch(line)
        if not file.lines and SEARCH.fullmatch(line):
            self._begin(_Block(file.path))
            return
        if found and found["ticks"][0] == file.ticks[0] and len(found["ticks"]) >= len(file.ticks):
            if found["info"].strip():
                file.depth += 1  # a fence in the file, as Markdown has them
            elif file.depth:
                file.depth -= 1
            else:
                self._state = _Outside()
                yield EditEnded(WholeFile(file.path, tuple(file.lines)))
                return
        file.lines.append(line)
        yield EditLine(line)

    def _in_command(self, state: "_Command", line: str) -> Iterator[Piece]:
        if line.strip() == state.ticks:
            self._state = _Outside()
            if command := "\n".join(state.lines).strip():
                yield CommandProposed(command)
        else:
            state.lines.append(line)


class _Outside:
    """Among prose."""


class _Block:
    def __init__(self, path: str) -> None:
        self.path = path
        self.body: list[str] = []
        self.dividers: list[int] = []


@dataclass
class _File:
    path: str
    ticks: str
    lines: list[str]
    depth: int = 0


@dataclass
class _Command:
    ticks: str
    lines: list[str]


_State = _Outside | _Block | _File | _Command


def _path(line: str) -> str:
    """The path that the line consists of, without what Markdown puts around it; empty where it is none."""
    found = PATH.fullmatch(line.strip()) if len(line) <= LONGEST else None
    path = found["path"] if found else ""
    looks_like_one = "/" in path or "." in path.strip(".") or path in BARE_NAMES or path.startswith(".")
    return path.removeprefix("./") if looks_like_one and not path.endswith((".", "!", "?", ",")) else ""
