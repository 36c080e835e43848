"""A proposal as lines to look at: unified, or side by side where there is room; pure functions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from textual.content import Content

from screens.glyphs import GLYPHS
from screens.templates.code import code_lines
from screens.words import cut, hanging
from templates.chat.proposal import Proposal, Review
from templates.edits.hunks import DiffLine, FileDiff, shown_lines
from templates.text import plain

SPLIT = 110
"""Columns from which both sides are shown."""
NUMBER = 5
KINDS = {"added": "new file", "changed": "changed", "deleted": "goes"}
COLOURS = {"removed": "on $error 14%", "added": "on $success 14%", "context": ""}
SIGNS = {"removed": "-", "added": "+", "context": " "}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A file's lines, and in which of them each hunk begins."""

    lines: tuple[Content, ...]
    starts: tuple[int, ...]

    def hunk_at(self, line: int) -> int:
        return max(0, sum(start <= line for start in self.starts) - 1)


class Colours:
    """A file's lines before and after in colours, made once for each version of the proposal."""

    def __init__(self, file: FileDiff) -> None:
        self.old = code_lines(file.file.before or "", file.path)
        new = [line.text for index in range(len(file.hunks)) for line in shown_lines(file, index) if line.new]
        self._new = dict(zip(new, code_lines("\n".join(new), file.path), strict=False))

    def of(self, line: DiffLine) -> Content:
        if line.kind != "added" and line.old is not None and line.old <= len(self.old):
            return self.old[line.old - 1]
        return self._new.get(line.text, Content(plain(line.text)))


def drawn(review: Review, file: FileDiff, cursor: int, width: int) -> Drawn:
    """All hunks of a file, each under a line that says whether it is taken."""
    colours, lines, starts = Colours(file), list[Content](), list[int]()
    taken = review.taken[file.path]
    for index in range(max(1, len(file.hunks))):
        if index:
            lines.append(Content(""))
        starts.append(len(lines))
        lines.append(_heading(file, index, width, current=index == cursor, taken=index in taken))
        if file.hunks:
            shown = list(shown_lines(file, index))
            make = _split if width >= SPLIT else _unified
            lines += make(shown, colours, width)
        else:
            lines.append(Content.styled("  The file goes.", "$error"))
    return Drawn(tuple(lines), tuple(starts))


def _heading(file: FileDiff, index: int, width: int, *, current: bool, taken: bool) -> Content:
    glyph, colour, word = (GLYPHS.done, "$success", "taken") if taken else (GLYPHS.stopped, "$muted", "left")
    count = max(1, len(file.hunks))
    words = f"  change {index + 1} of {count}"
    if file.hunks:
        words += f", line {file.hunks[index].start + 1}"
    heading = Content.assemble(
        (GLYPHS.cursor if current else " ", "$accent"), (f" {glyph} {word}", f"{colour} bold"), (words, "$muted")
    )
    padded = heading.pad_right(max(0, width - heading.cell_length))
    return padded.stylize("on $cursor") if current else padded


def _unified(lines: Sequence[DiffLine], colours: Colours, width: int) -> Iterator[Content]:
    for line in lines:
        yield _line(line, line.new or line.old, colours, width)


def _split(lines: Sequence[DiffLine], colours: Colours, width: int) -> Iterator[Content]:
    """What was on the left, what is to be on the right; lines that belong together in one row."""
    half = (width - 1) // 2
    blank = Content(" " * half)
    for left, right in _pairs(lines):
        yield Content.assemble(
            _line(left, left.old, colours, half) if left else blank,
            " ",
            _line(right, right.new, colours, half) if right else blank,
        )


def _pairs(lines: Sequence[DiffLine]) -> Iterator[tuple[DiffLine | None, DiffLine | None]]:
    removed = [line for line in lines if line.kind == "removed"]
    added = [line for line in lines if line.kind == "added"]
    told = False
    for line in lines:
        if line.kind == "context":
            yield line, line
        elif not told:
            told = True
            yield from zip_longest(removed, added)


def _line(line: DiffLine, number: int | None, colours: Colours, width: int) -> Content:
    room = max(1, width - NUMBER - 3)
    code = colours.of(line).truncate(room, ellipsis=True)
    code = code.pad_right(max(0, room - code.cell_length))
    whole = Content.assemble((f"{number or '':>{NUMBER}} ", "$muted"), f"{SIGNS[line.kind]} ", code)
    return whole.stylize(COLOURS[line.kind]) if COLOURS[line.kind] else whole


def file_line(review: Review, file: FileDiff, width: int, *, conflict: bool) -> Content:
    """A file in the list: how many of its hunks are taken."""
    count, taken = max(1, len(file.hunks)), len(review.taken[file.path])
    glyph, colour = (GLYPHS.done, "$success") if taken == count else (GLYPHS.waiting, "$muted")
    if 0 < taken < count:
        glyph, colour = GLYPHS.starting, "$warning"
    if conflict:
        glyph, colour = GLYPHS.failed, "$error"
    number = f"{taken}/{count}"
    room = max(1, width - len(number) - 3)
    return Content.assemble((f"{glyph} ", colour), f"{cut(plain(file.path), room):<{room}}", (f" {number}", "$muted"))


def summary(review: Review, conflicts: frozenset[str]) -> Content:
    """How much of the proposal is taken, and what is in the way."""
    taken = sum(map(len, review.taken.values()))
    words = Content.assemble((f"{taken} of {review.proposal.hunks} changes taken", "bold"))
    if conflicts:
        names = ", ".join(sorted(map(plain, conflicts)))
        return Content.assemble(words, (f"  {GLYPHS.failed} changed since it was read: {names}", "$error"))
    return words


def notes(proposal: Proposal, width: int) -> Content:
    """Edits without a place, and those that fit only nearly."""
    unfit = [f"{plain(one.path)}: an edit does not fit, {plain(one.reason)}" for one in proposal.failures]
    near = [f"{plain(one.path)}: the lines that the model gave are not quite the file's" for one in proposal.inexact]
    signs = [(GLYPHS.wrong, "$error", words) for words in unfit] + [(GLYPHS.failed, "$warning", one) for one in near]
    return Content("\n").join(
        hanging([(sign, words)], width, colour, label=2).stylize_before(colour) for sign, colour, words in signs
    )
