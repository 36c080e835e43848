"""An edit's place in a text: a ladder from what is exactly there to what is nearly there, and refusal below it."""

from collections.abc import Sequence
from dataclasses import dataclass

from templates.edits.align import Aligned, Nowhere, Rung, align, occurrences, with_blanks, without_spaces
from templates.edits.elision import elides, pieces
from templates.edits.lines import Text
from templates.edits.splice import Splice, splice

LONG_LINE = 200
"""Characters from which a part of a line may be searched alone: a model rarely repeats such a line whole."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The text with the edit in it; `difference` has the searched line and the file's, where they are not the same."""

    text: Text
    rung: Rung
    difference: tuple[tuple[str, str], ...] = ()


def place(text: Text, searched: Sequence[str], written: Sequence[str]) -> Placed | Nowhere:
    """Makes the edit where there is one place for it, and no guess is needed."""
    if not searched:
        if any(line.strip() for line in text.lines):
            return Nowhere("nothing is searched, which makes a new file, and this file is there already")
        return Placed(text.with_lines(0, len(text.lines), written), "exact")
    if (inside := _inside_a_line(text, searched, written)) is not None:
        return inside
    found = align(text.lines, searched)
    if isinstance(found, Aligned) and found.rung in ("exact", "whitespace"):
        return _made(text, found, searched, written)
    if elides(searched, text.lines) is not None:
        return _around_elisions(text, searched, written)
    return found if isinstance(found, Nowhere) else _made(text, found, searched, written)


def _made(text: Text, found: Aligned, searched: Sequence[str], written: Sequence[str]) -> Placed | Nowhere:
    line = elides(written, (*text.lines, *searched))
    if line is not None and not (line.strip() == "..." and len(searched) <= len(written)):  # a body of Python's own
        return Nowhere(f"the new lines are not written out: {line.strip()!r}")
    changes = splice(text.lines, found, searched, written)
    if isinstance(changes, str):
        there = [at for at in found.lines if at is not None]
        return Nowhere(changes, (min(there), max(there) + 1) if there else None)
    difference = tuple(
        (line, text.lines[at] if at is not None else "")
        for line, at in zip(searched, found.lines, strict=True)
        if found.rung in ("near", "anchored") and line.strip()
        if at is None or without_spaces(line) != without_spaces(text.lines[at])
    )
    return Placed(_spliced(text, changes), found.rung, difference)


def _spliced(text: Text, changes: Sequence[Splice]) -> Text:
    for start, stop, lines in reversed(changes):
        text = text.with_lines(start, stop, lines)
    return text


def _inside_a_line(text: Text, searched: Sequence[str], written: Sequence[str]) -> Placed | None:
    """A part of one very long line, found once and not within a word."""
    if len(searched) != 1 or len(written) > 1 or len(part := searched[0].strip()) < 8:
        return None
    hits = [(index, line) for index, line in enumerate(text.lines) if part in line]
    if len(hits) != 1 or len(hits[0][1]) < LONG_LINE or hits[0][1].count(part) != 1 or hits[0][1].strip() == part:
        return None
    index, line = hits[0]
    before, _, after = line.partition(part)
    if _splits_a_word(before, part) or _splits_a_word(part, after):
        return None
    return Placed(text.with_lines(index, index + 1, [before + "".join(written).strip() + after]), "exact")


def _splits_a_word(before: str, after: str) -> bool:
    return bool(before and after) and _is_word(before[-1]) and _is_word(after[0])


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _around_elisions(text: Text, searched: Sequence[str], written: Sequence[str]) -> Placed | Nowhere:
    """The pieces between elisions, in their order; each that changes must have one place that the others allow."""
    old, new = pieces(searched), pieces(written)
    if len(old) != len(new):
        return Nowhere("the searched lines leave some out, and the new lines do not leave out the same")
    couples = [(a, b) for a, b in zip(old, new, strict=True) if any(line.strip() for line in a) or a != b]
    if any(not any(line.strip() for line in a) for a, _ in couples):
        return Nowhere("lines are added where others were left out")
    places = [_places(text.lines, piece) for piece, _ in couples]
    earliest, end = [0] * len(places), 0
    for index, found in enumerate(places):
        earliest[index] = end
        end = min((max(_there(one)) + 1 for one in found if min(_there(one)) >= end), default=len(text.lines) + 1)
    changes: list[Splice] = []
    start = len(text.lines)
    for index in reversed(range(len(places))):
        found = [one for one in places[index] if min(_there(one)) >= earliest[index] and max(_there(one)) < start]
        if not found:
            return Nowhere("what is written out around the lines left out is not in the file")
        start = max(min(_there(one)) for one in found)
        piece, replacement = couples[index]
        if piece == replacement:
            continue
        if len(found) > 1:
            return Nowhere("what is to change around the lines left out occurs more than once")
        made = splice(text.lines, Aligned("whitespace", with_blanks(text.lines, piece, found[0])), piece, replacement)
        if isinstance(made, str):
            return Nowhere(made)
        changes = [*made, *changes]
    return Placed(_spliced(text, changes), "elided")


def _places(actual: Sequence[str], piece: Sequence[str]) -> list[tuple[int | None, ...]]:
    for form in (str.rstrip, str.strip, without_spaces):
        if found := occurrences(actual, piece, form, blanks=False):
            return found
    return []


def _there(place: Sequence[int | None]) -> list[int]:
    return [at for at in place if at is not None]
