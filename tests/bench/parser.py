"""How the parsers of a model's answer do with its size: time for each byte, and memory, in pieces small and large.

`python -m tests.bench.parser` prints a table; linear means that ten times the text takes ten times the time, flat that
the memory at its highest stays the same.
"""

import time
import tracemalloc
from collections.abc import Callable, Iterator

from templates.generation.parser import Parser
from templates.generation.repetition import Repetition
from templates.models.sse import EventParser

SMALL, LARGE = 4, 64 * 1024
SIZES = (100_000, 1_000_000, 10_000_000)
"""Bytes."""


def answer(size: int) -> str:
    """Files of ordinary code, a page, and one line without end, until there is enough."""
    lines: list[str] = []
    total = number = 0
    while total < size:
        number += 1
        body = [f"    value_{number}_{line} = compute({line}, '<b>', \"x\")\n" for line in range(50)]
        page = ["<div>\n", "  <p>text</p>\n", "</div>\n"] * 10
        piece = [f'<file path="src/f{number}.py">\n', *body, *page, "x" * 5000 + "\n", "</file>\n"]
        lines += piece
        total += sum(map(len, piece))
    return "".join(lines)[:size]


def pieces(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def parse_files(text: str, size: int) -> None:
    parser, repetition = Parser(), Repetition()
    for piece in pieces(text, size):
        for _ in parser.feed(piece):
            pass
        repetition.feed(piece)


def parse_events(text: str, size: int) -> None:
    parser = EventParser()
    for piece in pieces(text, size):
        for _ in parser.feed(piece.encode()):
            pass


def events(size: int) -> str:
    one = 'data: {"choices": [{"delta": {"content": "some words"}}]}\n\n: keep-alive\n\n'
    return one * (size // len(one))


def measure(parse: Callable[[str, int], None], text: str, size: int) -> tuple[float, int]:
    """Nanoseconds for each byte, and bytes of memory at the highest."""
    start = time.perf_counter()
    parse(text, size)
    seconds = time.perf_counter() - start
    part = text[:1_000_000]
    tracemalloc.start()
    parse(part, size)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return seconds / len(text) * 1e9, peak


def main() -> None:
    print("| parser | bytes | in pieces of | ns for each byte | memory at most, KB |\n| --- | --- | --- | --- | --- |")
    for name, parse, make in (("files", parse_files, answer), ("events", parse_events, events)):
        for size in SIZES:
            text = make(size)
            for piece in (SMALL, LARGE):
                each, peak = measure(parse, text, piece)
                print(f"| {name} | {size:,} | {piece:,} | {each:.0f} | {peak / 1000:.0f} |", flush=True)


if __name__ == "__main__":
    main()
