"""The text in which a model writes files, read as it arrives.

    <file path="app/main.py">
    print("hello")
    </file>
    <delete path="old.py"/>
    <continue path="app/main.py">    after an answer was cut off: the lines that were missing

Tags stand alone on their line; all else outside of them is talk, and passed over. No JSON, no escapes: code in JSON is
worse code (https://aider.chat/2024/08/14/code-in-json.html). Time is linear in the text, memory is one line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_TAG = 2048
"""Characters of a line that can be a tag; a longer line is none, and is passed on as it arrives."""

TALK = 400
"""Characters that are kept of what stands outside of files, to be shown where there is nothing else."""

_TAG = re.compile(r"""\s*<(file|continue|delete)\s+path\s*=\s*(?:"([^"]*)"|'([^']*)')\s*(/?)>\s*""")
_CLOSING = "</file>"
_FENCE = "```"
_HELD_INSIDE = (_CLOSING, "</continue>", "<file ", "<continue ", "<delete ", _FENCE)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file begins; with `goes_on`, where an answer before was cut off."""

    path: str
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """The next piece of the open file."""

    text: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The open file is whole."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A file of the base that is not wanted."""

    path: str


Part = Opened | Text | Closed | Removed


class Parser:
    """One per answer. A file whose end is missing is closed by the next one's beginning."""

    def __init__(self, *, fenced: bool = False) -> None:
        """`fenced` says that the file in which the answer before broke off had a fence around it."""
        self._was_fenced = fenced
        self._line = ""
        self._passing = False
        """The line's beginning was passed on, so its rest is too."""
        self._open = False
        self._first = False
        """The next line is the file's first."""
        self._fenced = False
        self._fence = ""
        """A line that may be the end of a fence around the whole file: known once the next line is there."""
        self.talk = ""

    def feed(self, text: str) -> Iterator[Part]:
        start = 0
        while (end := text.find("\n", start)) >= 0:
            self._line += text[start : end + 1]
            yield from self._end_of_line()
            start = end + 1
        self._line += text[start:]
        if self._line and (self._passing or not self._may_be_tag()):
            yield from self._pass_on()

    def close(self) -> Iterator[Part]:
        """The end of an answer that the model itself ended: a file that is still open is whole."""
        if self._line:
            yield from self._end_of_line()
        if self._open:
            yield from self._close_file()

    def _end_of_line(self) -> Iterator[Part]:
        if self._passing:
            yield from self._pass_on()
            self._passing = False
            return
        line = self._line
        tag = _TAG.fullmatch(line) if len(line) <= LONGEST_TAG and "<" in line else None
        if self._open and (line.rstrip() in (_CLOSING, "</continue>")):
            self._line = ""
            yield from self._close_file()
        elif tag and not (self._open and line[0].isspace()):
            self._line = ""
            yield from self._tag(tag)
        elif self._open and line.startswith(_FENCE) and (self._first or self._fenced):
            self._line = ""
            yield from self._fence_line(line)
        else:
            yield from self._pass_on()
            self._passing = False

    def _tag(self, tag: re.Match[str]) -> Iterator[Part]:
        kind, path = tag[1], tag[2] if tag[2] is not None else tag[3]
        if self._open:
            yield from self._close_file()
        if kind == "delete":
            yield Removed(path)
            return
        yield Opened(path, goes_on=kind == "continue")
        if tag[4]:
            yield Closed()  # <file path="x"/> is an empty file
            return
        self._open = True
        self._first = kind == "file"
        self._fenced = kind == "continue" and self._was_fenced

    @property
    def fenced(self) -> bool:
        """Whether the open file has a fence around it."""
        return self._fenced

    def _close_file(self) -> Iterator[Part]:
        self._fence = ""
        self._open = self._first = self._fenced = False
        yield Closed()

    def _fence_line(self, line: str) -> Iterator[Part]:
        if self._first:  # many models put a fence around a file, whatever they are told
            self._first, self._fenced = False, True
            return
        yield from self._let_go()
        if line.strip() == _FENCE:
            self._fence = line
        else:
            yield Text(line)

    def _let_go(self) -> Iterator[Part]:
        if self._fence:
            fence, self._fence = self._fence, ""
            yield Text(fence)

    def _pass_on(self) -> Iterator[Part]:
        line, self._line = self._line, ""
        self._passing = True
        if self._open:
            self._first = False
            if self._fence and line.isspace():
                self._fence += line
                return
            yield from self._let_go()
            yield Text(line)
        elif len(self.talk) < TALK:
            self.talk = (self.talk + line)[:TALK]

    def _may_be_tag(self) -> bool:
        """Whether the line so far can still become a tag; most code is told apart by its first character."""
        line = self._line
        if len(line) > LONGEST_TAG:
            return False
        if not self._open:
            return line.lstrip()[:1] in ("<", "")
        return any(line.startswith(held) or held.startswith(line) for held in _HELD_INSIDE)
