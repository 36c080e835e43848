"""A changed file as hunks, each of which can be taken, left or edited: plain data, for any screen."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal

from templates.edits.lines import Text, split_text
from templates.edits.outcome import EditedFile
from templates.workspace_files import ABSENT, Change, Delete, Write

CONTEXT = 3
"""Lines shown around a hunk."""

LARGE = 2000
"""Lines above which the most frequent ones are not looked at to find what two texts share."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines of the old text from index `start` on, and what takes their place; lines have no ends."""

    start: int
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def stop(self) -> int:
        return self.start + len(self.before)


@dataclass(frozen=True, slots=True)
class FileDiff:
    """One file of a proposal; `kind` says what becomes of it. A file that goes has no hunks."""

    file: EditedFile
    hunks: tuple[Hunk, ...]

    @property
    def path(self) -> str:
        return self.file.path

    @property
    def kind(self) -> Literal["added", "changed", "deleted"]:
        if self.file.after is None:
            return "deleted"
        return "added" if self.file.base is None else "changed"

    @property
    def first_line(self) -> int:
        """The number of the first line that changes, in the new text."""
        return self.hunks[0].start + 1 if self.hunks else 1

    def with_hunk(self, index: int, after: Sequence[str]) -> "FileDiff":
        """The same with one hunk's new lines written by the person."""
        edited = replace(self.hunks[index], after=tuple(after))
        return replace(self, hunks=(*self.hunks[:index], edited, *self.hunks[index + 1 :]))

    def change(self, taken: Collection[int] | None = None) -> Change | None:
        """What is to be written where only the hunks with these indices are taken; None for nothing."""
        base = self.file.base or ABSENT
        if self.kind == "deleted":
            return Delete(self.path, base) if taken is None or taken else None
        chosen = [hunk for index, hunk in enumerate(self.hunks) if taken is None or index in taken]
        if not chosen and (self.hunks or taken is not None):
            return None
        text = _patched(split_text(self.file.before or ""), chosen).joined() if chosen else self.file.after or ""
        if chosen == list(diff(self.file).hunks):
            text = self.file.after or ""  # also where only the end of the last line changes
        return Write(self.path, text.encode("utf-8"), self.file.mode, base)


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line as it is shown; `old` and `new` are its numbers in both texts, from 1."""

    kind: Literal["context", "removed", "added"]
    old: int | None
    new: int | None
    text: str


def diff(file: EditedFile) -> FileDiff:
    """Hunks without context: lines that stay part two of them."""
    if file.after is None:
        return FileDiff(file, ())
    old, new = split_text(file.before or "").lines, split_text(file.after).lines
    hunks = list(_hunks(old, new))
    if not hunks and file.before != file.after and old:  # line ends alone
        hunks = [Hunk(0, old, new)]
    return FileDiff(file, tuple(hunks))


def _hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[Hunk]:
    """What both begin and end with is left aside first, since comparing takes time in proportion to its square."""
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    tail = next((at for at in range(shorter - head) if old[-1 - at] != new[-1 - at]), shorter - head)
    a, b = old[head : len(old) - tail], new[head : len(new) - tail]
    for tag, start, stop, from_, to in SequenceMatcher(None, a, b, autojunk=len(a) > LARGE).get_opcodes():
        if tag != "equal":
            yield Hunk(head + start, tuple(a[start:stop]), tuple(b[from_:to]))


def shown_lines(file: FileDiff, index: int, context: int = CONTEXT) -> Iterator[DiffLine]:
    """A hunk with its lines around, numbered as if all hunks before it were taken."""
    hunk, old = file.hunks[index], split_text(file.file.before or "").lines
    shift = sum(len(one.after) - len(one.before) for one in file.hunks[:index])
    floor = file.hunks[index - 1].stop if index else 0
    ceiling = file.hunks[index + 1].start if index + 1 < len(file.hunks) else len(old)
    for at in range(max(floor, hunk.start - context), hunk.start):
        yield DiffLine("context", at + 1, at + 1 + shift, old[at])
    for offset, line in enumerate(hunk.before):
        yield DiffLine("removed", hunk.start + offset + 1, None, line)
    for offset, line in enumerate(hunk.after):
        yield DiffLine("added", None, hunk.start + offset + 1 + shift, line)
    shift += len(hunk.after) - len(hunk.before)
    for at in range(hunk.stop, min(ceiling, hunk.stop + context)):
        yield DiffLine("context", at + 1, at + 1 + shift, old[at])


def unified(file: FileDiff) -> Iterator[str]:
    """All hunks in the unified format, as `git apply` reads it."""
    old_name = "/dev/null" if file.kind == "added" else f"a/{file.path}"
    new_name = "/dev/null" if file.kind == "deleted" else f"b/{file.path}"
    yield f"--- {old_name}"
    yield f"+++ {new_name}"
    signs = {"context": " ", "removed": "-", "added": "+"}
    for index in range(len(file.hunks)):
        lines = list(shown_lines(file, index))
        yield f"@@ -{_span([one.old for one in lines])} +{_span([one.new for one in lines])} @@"
        yield from (signs[one.kind] + one.text for one in lines)


def _span(numbers: Sequence[int | None]) -> str:
    there = [number for number in numbers if number is not None]
    return f"{there[0]},{len(there)}" if there else "0,0"


def _patched(text: Text, hunks: Sequence[Hunk]) -> Text:
    for hunk in reversed(hunks):
        text = text.with_lines(hunk.start, hunk.stop, hunk.after)
    return text
