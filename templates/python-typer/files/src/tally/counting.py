"""Counting, without a word about how it is shown."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Count:
    path: str
    lines: int
    words: int
    characters: int


def count(path: Path) -> Count | None:
    """What a text file has; None for a file that is not UTF-8 text."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
    return Count(str(path), len(text.splitlines()), len(text.split()), len(text))


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files themselves, and for folders those in them, without hidden ones."""
    for path in paths:
        if path.is_dir():
            inside = (one for one in sorted(path.rglob("*")) if one.is_file())
            yield from (one for one in inside if not any(part.startswith((".", "__")) for part in one.parts))
        else:
            yield path


def total(counts: Iterable[Count]) -> Count:
    rows = [(one.lines, one.words, one.characters) for one in counts]
    lines, words, characters = (sum(column) for column in zip(*rows, strict=True)) if rows else (0, 0, 0)
    return Count("total", lines, words, characters)
