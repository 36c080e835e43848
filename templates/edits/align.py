"""Which lines of a file the searched lines are: exactly, but for whitespace, between two anchors, or nearly."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Rung = Literal["exact", "whitespace", "elided", "anchored", "near"]
"""How far what was searched is from what is there, the best first."""

NEAR = 0.8
"""The likeness, from 0 to 1, that searched lines and those of the file must have on average."""

ANCHORED = 0.6
"""The same for lines between a first and a last one that are found."""

LEAD = 0.1
"""How much less any other place must be like it."""

LIKE = 0.6
"""The likeness from which two lines are taken for versions of one."""

SAME = 0.5
"""The share of searched lines that must be in the file as they are, brackets and the like not counted."""

LONGEST = 120
"""Searched lines above which nearly is not tried: it takes time in proportion to their square."""


@dataclass(frozen=True, slots=True)
class Aligned:
    """For each searched line the index of the file's line that it is, or None; `likeness` is 1 where all are found."""

    rung: Rung
    lines: tuple[int | None, ...]
    likeness: float = 1.0


@dataclass(frozen=True, slots=True)
class Nowhere:
    """Why the lines have no place, and the place that is most like them: from which line to before which."""

    reason: str
    nearest: tuple[int, int] | None = None


def align(actual: Sequence[str], searched: Sequence[str]) -> Aligned | Nowhere:
    """The only place that the searched lines can mean; two places that are equally good are none."""
    for rung, form in _FORMS:
        found = occurrences(actual, searched, form, blanks=rung == "exact")
        if len(found) > 1:
            first = [str(next(index for index in one if index is not None) + 1) for one in found[:5]]
            return Nowhere(f"these lines occur {len(found)} times, at lines {', '.join(first)}")
        if found:
            return Aligned(rung, with_blanks(actual, searched, found[0]))
    if not any(line.strip() for line in searched):
        return Nowhere("there is nothing but blank lines to search")
    return _nearly(actual, searched)


def occurrences(
    actual: Sequence[str], searched: Sequence[str], form: Callable[[str], str], *, blanks: bool
) -> list[tuple[int | None, ...]]:
    """Every place where the lines are the same in this form; without `blanks`, blank lines do not count."""
    there = [(index, formed) for index, line in enumerate(actual) if (formed := form(line)) or blanks]
    wanted = [(index, formed) for index, line in enumerate(searched) if (formed := form(line)) or blanks]
    if not wanted:
        return []
    texts, pattern = [formed for _, formed in there], [formed for _, formed in wanted]
    found: list[tuple[int | None, ...]] = []
    for start in _starts(texts, pattern):
        lines: list[int | None] = [None] * len(searched)
        for offset, (index, _) in enumerate(wanted):
            lines[index] = there[start + offset][0]
        found.append(tuple(lines))
    return found


def with_blanks(actual: Sequence[str], searched: Sequence[str], lines: Sequence[int | None]) -> tuple[int | None, ...]:
    """The same, with the blank lines that follow a line in both, or come before one."""
    result = list(lines)
    for indices, step in ((range(1, len(result)), 1), (reversed(range(len(result) - 1)), -1)):
        for index in indices:
            beside = result[index - step]
            if result[index] is None and beside is not None and not searched[index].strip():
                place = beside + step
                if 0 <= place < len(actual) and not actual[place].strip() and place not in result:
                    result[index] = place
    return tuple(result)


def _starts(texts: list[str], pattern: list[str]) -> Iterator[int]:
    start, first = 0, pattern[0]
    while True:
        try:
            start = texts.index(first, start, len(texts) - len(pattern) + 1)
        except ValueError:
            return
        if texts[start : start + len(pattern)] == pattern:
            yield start
        start += 1


def without_spaces(line: str) -> str:
    return "".join(line.split())


_FORMS: tuple[tuple[Rung, Callable[[str], str]], ...] = (
    ("exact", str),
    ("whitespace", str.rstrip),
    ("whitespace", str.strip),
    ("whitespace", without_spaces),
)


def likeness(one: str, other: str) -> float:
    """From 0 to 1; spaces do not count."""
    a, b = without_spaces(one), without_spaces(other)
    if a == b:
        return 1.0
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if len(a) + len(b) > 2000 or matcher.real_quick_ratio() < LIKE or matcher.quick_ratio() < LIKE:
        return 0.0
    return matcher.ratio()


def tells(line: str) -> bool:
    """Whether a line says where it belongs, which brackets and `else` do not."""
    return sum(char.isalnum() for char in line) > 4


def _nearly(actual: Sequence[str], searched: Sequence[str]) -> Aligned | Nowhere:
    wanted = [index for index, line in enumerate(searched) if line.strip()]
    if len(wanted) > LONGEST:
        return Nowhere("these lines are not in the file")
    places = sorted(_places(actual, searched, wanted), key=lambda place: -place.score)
    if not places:
        return Nowhere("these lines are not in the file")
    best = places[0]
    nearest = Nowhere("these lines are not in the file; the nearest there are differ too much", best.span)
    if len(wanted) < 2 or best.score < (ANCHORED if best.anchored else NEAR):
        return nearest
    rivals = [one for one in places[1:] if one.span[0] >= best.span[1] or one.span[1] <= best.span[0]]
    if rivals and best.score - rivals[0].score < LEAD:
        return Nowhere("two places are equally like these lines", best.span)
    lines = with_blanks(actual, searched, best.lines)
    return Aligned("anchored" if best.anchored else "near", lines, best.score)


@dataclass(frozen=True, slots=True)
class _Place:
    lines: tuple[int | None, ...]
    score: float
    anchored: bool
    span: tuple[int, int]


def _places(actual: Sequence[str], searched: Sequence[str], wanted: Sequence[int]) -> Iterator[_Place]:
    """One candidate for each way in which a searched line that is rare in the file can be one of its lines."""
    there: dict[str, list[int]] = {}
    for index, line in enumerate(actual):
        there.setdefault(without_spaces(line), []).append(index)
    starts: set[int] = set()
    for index in wanted:
        found = there.get(without_spaces(searched[index]), ())
        if len(found) <= 8:
            starts |= {at - index for at in found}
    seen: set[tuple[int | None, ...]] = set()
    for start in sorted(starts)[:64]:
        slack = max(3, len(searched) // 3)
        low, high = max(0, start - slack), min(len(actual), start + len(searched) + slack)
        lines, total = _best_alignment(actual, searched, wanted, low, high)
        places = [at for at in lines if at is not None]
        if not places or lines in seen:
            continue
        seen.add(lines)
        span = (min(places), max(places) + 1)
        extra = sum(1 for at in range(*span) if actual[at].strip()) - len(places)
        same = {index for index in wanted if _same(actual, lines[index], searched[index])}
        telling = [index for index in wanted if tells(searched[index])]
        if len(same.intersection(telling)) >= SAME * len(telling):
            anchored = len(wanted) > 3 and {wanted[0], wanted[-1]} <= same
            yield _Place(lines, total / (len(wanted) + max(0, extra) / 2), anchored, span)


def _same(actual: Sequence[str], at: int | None, line: str) -> bool:
    return at is not None and without_spaces(actual[at]) == without_spaces(line)


def _best_alignment(
    actual: Sequence[str], searched: Sequence[str], wanted: Sequence[int], low: int, high: int
) -> tuple[tuple[int | None, ...], float]:
    """Pairs that keep the order of both and are most like each other (Needleman and Wunsch, 1970)."""
    window = [index for index in range(low, high) if actual[index].strip()]
    rows, columns = len(wanted), len(window)
    like = [[likeness(searched[i], actual[j]) for j in window] for i in wanted]
    score = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows):
        for j in range(columns):
            paired = score[i][j] + like[i][j] if like[i][j] >= LIKE else 0.0
            score[i + 1][j + 1] = max(paired, score[i][j + 1], score[i + 1][j])
    lines: list[int | None] = [None] * len(searched)
    i, j = rows, columns
    while i and j:
        if score[i][j] == score[i - 1][j]:
            i -= 1
        elif score[i][j] == score[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            lines[wanted[i]] = window[j]
    return tuple(lines), score[rows][columns]
