"""What a model repeats when it goes on, and what only looks like it."""

import pytest

from templates.generation.overlap import Overlap

BEFORE = "def one():\n    return compute(1)\n\n\ndef two():\n    return compute(2)\n"


@pytest.mark.parametrize(
    ("after", "new"),
    [
        ("\n\ndef three():\n", "\n\ndef three():\n"),
        ("    return compute(2)\n\nx\n", "\nx\n"),
        ("def two():\n    return compute(2)\n\nx\n", "\nx\n"),
        (BEFORE + "x\n", "x\n"),
        ("def two():\n    return other(2)\n", "def two():\n    return other(2)\n"),
        ("def two():\n", "def two():\n"),
        ("", ""),
        ("x", "x"),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_repeated_lines_are_left_out(after: str, new: str, size: int) -> None:
    overlap = Overlap(BEFORE)
    pieces = [after[start : start + size] for start in range(0, len(after), size)]
    assert "".join(map(overlap.feed, pieces)) + overlap.close() == new


@pytest.mark.parametrize("after", ["}\n}\n", "}\n", "  }\n}\n"])
def test_a_bracket_that_comes_twice_by_itself_stays(after: str) -> None:
    overlap = Overlap("if (x) {\n  if (y) {\n  }\n}\n")
    assert overlap.feed(after) + overlap.close() == after


def test_text_is_passed_on_at_once_where_nothing_was_cut() -> None:
    assert Overlap("").feed("x") == "x"
