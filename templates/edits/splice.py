"""What changes between searched and new lines, made in the file's own lines; what does not change stays as it is there.

Where searched lines are only nearly the file's, this is a merge of three versions: a line of the file is only replaced
where it is the searched one, or where the change and the difference touch other words of it.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from templates.edits.align import Aligned, tells, without_spaces
from templates.edits.indent import Indentation, indentation

Splice = tuple[int, int, tuple[str, ...]]
"""Lines from one index to before another, and what takes their place."""

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


def splice(
    actual: Sequence[str], aligned: Aligned, searched: Sequence[str], written: Sequence[str]
) -> list[Splice] | str:
    """The changes, from top to bottom, or the reason why they cannot be made without a guess."""
    pairs = [(line, actual[at]) for line, at in zip(searched, aligned.lines, strict=True) if at is not None]
    known = indentation(pairs, actual, written)
    if known is None:
        return "the indentation of the lines differs from the file's in more than one way"
    changes: list[Splice] = []
    matcher = SequenceMatcher(None, searched, written, autojunk=False)
    for tag, from_, to, start, stop in matcher.get_opcodes():
        if tag == "equal":
            continue
        new = _translated(written[start:stop], known, aligned, pairs)
        change = (
            _one(actual, aligned.lines, searched, (from_, to), new) if new is not None else "its indentation is unclear"
        )
        if isinstance(change, str):
            return change
        changes.append(change)
    return changes


def _translated(
    lines: Sequence[str], known: Indentation, aligned: Aligned, pairs: Sequence[tuple[str, str]]
) -> list[str] | None:
    if aligned.rung == "exact":
        return list(lines)
    if any(theirs.rstrip() != theirs and ours.rstrip() == ours for theirs, ours in pairs):
        lines = [line.rstrip() for line in lines]  # the model adds spaces that the file does not have
    translated = [known.translate(line) for line in lines]
    return None if None in translated else [line for line in translated if line is not None]


def _one(
    actual: Sequence[str],
    lines: Sequence[int | None],
    searched: Sequence[str],
    changed: tuple[int, int],
    new: list[str],
) -> Splice | str:
    start, stop = changed
    if start == stop:
        return _insertion(actual, lines, searched, start, new)
    real = [index for index in range(start, stop) if searched[index].strip() or lines[index] is not None]
    places = [lines[index] for index in real]
    found = [at for at in places if at is not None]
    if len(found) < len(places):
        return "lines that are to change are not in the file"
    if not found:  # blank lines, which the file does not have
        return _insertion(actual, lines, searched, start, new)
    first, last = found[0], found[-1] + 1
    if any(actual[at].strip() and at not in found for at in range(first, last)):
        return "the file has other lines among those that are to change"
    exact = all(
        without_spaces(searched[index]) == without_spaces(actual[at]) for index, at in zip(real, found, strict=True)
    )
    if exact:
        return first, last, tuple(new)
    merged = [_merge_line(searched[index], actual[at], line) for index, at, line in zip(real, found, new, strict=False)]
    if len(new) != len(real) or len(real) != stop - start or None in merged:
        return "lines that are to change differ from the file's"
    return first, last, tuple(line for line in merged if line is not None)


def _insertion(
    actual: Sequence[str], lines: Sequence[int | None], searched: Sequence[str], at: int, new: list[str]
) -> Splice | str:
    """Between the searched lines before and after, if those are neighbours in the file, too."""
    before = next((index for index in reversed(range(at)) if searched[index].strip()), None)
    after = next((index for index in range(at, len(searched)) if searched[index].strip()), None)
    above = None if before is None else lines[before]
    below = None if after is None else lines[after]
    if (before is not None and above is None) or (after is not None and below is None):
        return "the lines around an insertion are not in the file"
    beside = [
        (searched[index], actual[place])
        for index, place in ((before, above), (after, below))
        if index is not None and place is not None
    ]
    same = [line for line, own in beside if without_spaces(line) == without_spaces(own)]
    if not beside or (len(same) < len(beside) and not any(map(tells, same))):
        return "the lines around an insertion differ from the file's"
    if above is not None and below is not None and any(actual[index].strip() for index in range(above + 1, below)):
        return "the file has other lines where some are to be inserted"
    place = _between(lines, at, above, below)
    return place, place, tuple(new)


def _between(lines: Sequence[int | None], at: int, above: int | None, below: int | None) -> int:
    """Right beside the searched line that comes next or before; blank ones, which the file may lack, count if there."""
    if at < len(lines) and (after := lines[at]) is not None:
        return after
    if at and (before := lines[at - 1]) is not None:
        return before + 1
    return above + 1 if above is not None else below or 0


def _merge_line(searched: str, actual: str, written: str) -> str | None:
    """The file's line with the words changed that the model changes; None where the difference touches them."""
    old, own, new = (_WORDS.findall(line) for line in (searched, actual, written))
    at: dict[int, int] = {}
    for a, b, size in SequenceMatcher(None, old, own, autojunk=False).get_matching_blocks():
        at |= {a + step: b + step for step in range(size)}
    result = list(own)
    for tag, start, stop, from_, to in reversed(SequenceMatcher(None, old, new, autojunk=False).get_opcodes()):
        if tag == "equal":
            continue
        around = [at.get(index) for index in range(max(0, start - 1), min(len(old), stop + 1))]
        places = [index for index in around if index is not None]
        if len(places) < len(around) or places != list(range(places[0], places[0] + len(places))):
            return None
        first = places[0] + (1 if start else 0)
        result[first : first + stop - start] = new[from_:to]
    return "".join(result)
