"""When a model repeats itself, and when it only writes what looks alike."""

import random

import pytest

from templates.generation.repetition import Repetition


def repeats(text: str, size: int = 100) -> bool:
    repetition = Repetition()
    return any(repetition.feed(text[start : start + size]) for start in range(0, len(text), size))


@pytest.mark.parametrize("size", [1, 4, 1000, 65536])
@pytest.mark.parametrize("piece", ["ha", "the same line\n", "def f():\n    return 1\n\n" * 5, " ", "\n"])
def test_the_same_again_and_again(piece: str, size: int) -> None:
    assert repeats("It begins well.\n" + piece * (20_000 // len(piece)), size)


@pytest.mark.parametrize(
    "text",
    [
        "short " * 200,
        "".join(f"line {number}\n" for number in range(5000)),
        "".join(f'    ("{number}", {number * 7}),\n' for number in range(2000)),
        "=" * 4000 + "\nTitle\n" + "=" * 4000,
        "".join(random.Random(1).choices("01", k=50_000)),
    ],
)
def test_what_only_looks_alike(text: str) -> None:
    assert not repeats(text)
