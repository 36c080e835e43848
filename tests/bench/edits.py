"""Edits placed on the corpus, and the parser's time for a stream in small and large pieces."""

from collections import Counter
from time import perf_counter

from templates.edits.outcome import place_edits
from templates.edits.parser import AnswerParser, EditEnded
from templates.workspace_files import FileContent
from tests.bench.edit_corpus import Case, block, cases
from tests.bench.edit_sources import SOURCES
from tests.bench.harness import Result

STREAM = 4_000_000
"""Characters of the streams that are parsed."""

SMALL, LARGE = 4, 65536
"""Characters in one piece of a stream."""


async def measure(runs: int = 3) -> list[Result]:
    every = list(cases())
    outcomes = Counter(outcome(case) for case in every)
    right, wrong = 100 * outcomes["right"] / len(every), 100 * outcomes["wrong"] / len(every)
    results = [
        Result("edits", f"of {len(every)} cases, as they should be", (right,), goal="≥ 97", unit="%"),
        Result("edits", "applied wrongly", (wrong,), goal="0", unit="%"),
    ]
    old, new = SOURCES[0].edits[0]
    answer = block(SOURCES[0].path, old, new)
    stream = answer * (STREAM // len(answer))
    for size in (SMALL, LARGE):
        whole = tuple(parse(stream, size) for _ in range(runs))
        half = tuple(2 * parse(stream[: len(stream) // 2], size) for _ in range(runs))
        what = f"parsing {STREAM / 1e6:g} MB in pieces of {size:,}"
        results.append(Result("edits", what, whole, "≤ 1.2", "twice the half", half))
    return results


def outcome(case: Case) -> str:
    """`right`, `wrong`, or `refused` where it should not be."""
    after = applied(case)
    if after == case.expected:
        return "right"
    return "refused" if after is None else "wrong"


def applied(case: Case) -> str | None:
    """The file as the answer leaves it; None where it is refused."""
    parser = AnswerParser(case.style)
    edits = [piece.edit for piece in (*parser.feed(case.answer), *parser.end()) if isinstance(piece, EditEnded)]
    there = {} if case.text is None else {case.path: FileContent(case.path, case.text.encode())}
    outcome = place_edits(there, edits)
    if outcome.failures:
        return None
    return next((file.after for file in outcome.files), case.text)


def parse(stream: str, size: int) -> float:
    """Seconds."""
    parser, begun = AnswerParser("blocks"), perf_counter()
    for start in range(0, len(stream), size):
        for _ in parser.feed(stream[start : start + size]):
            pass
    for _ in parser.end():
        pass
    return perf_counter() - begun
