import pytest

from templates.edits.align import Nowhere
from templates.edits.lines import split_text
from templates.edits.place import Placed, place


def placed(text: str, searched: str, written: str) -> Placed | Nowhere:
    return place(split_text(text), searched.split("\n")[:-1], written.split("\n")[:-1])


def result(text: str, searched: str, written: str) -> tuple[str, str]:
    """The rung and the new text; or `refused` and the reason."""
    found = placed(text, searched, written)
    return ("refused", found.reason) if isinstance(found, Nowhere) else (found.rung, found.text.joined())


@pytest.mark.parametrize(
    "text", ["", "a", "a\n", "a\r\nb\nc", "\n\n", "\ufeffx\r\n", "form\x0cfeed\n\u2028\n", "\r\n\r\r\n"]
)
def test_a_text_is_the_same_after_it_was_split(text: str) -> None:
    assert split_text(text).joined() == text


@pytest.mark.parametrize(
    ("text", "searched", "written", "expected"),
    [
        ("a\nb\nc\n", "b\n", "B\n", ("exact", "a\nB\nc\n")),
        ("a\nb\nc\n", "b\n", "", ("exact", "a\nc\n")),
        ("a\nb", "b\n", "B\nC\n", ("exact", "a\nB\nC")),
        ("a\r\nb\r\n", "a\n", "A\nx\n", ("exact", "A\r\nx\r\nb\r\n")),
        ("\ufeffa\nb\n", "a\n", "A\n", ("exact", "\ufeffA\nb\n")),
        ("", "", "new\n", ("exact", "new\n")),
        ("a  \nb\n", "a\nb\n", "a\nc\n", ("whitespace", "a  \nc\n")),
        ("  if x:\n    y()\n", "if x:\n  y()\n", "if x:\n  z()\n", ("whitespace", "  if x:\n    z()\n")),
        ("\tif x:\n\t\ty()\n", "if x:\n    y()\n", "if x:\n    if z:\n        y()\n", None),
        ("x = 1\ny = 2\n", "x=1\ny=2\n", "x=1\ny=3\n", ("whitespace", "x = 1\ny=3\n")),
    ],
)
def test_the_upper_rungs(text: str, searched: str, written: str, expected: tuple[str, str] | None) -> None:
    wanted = expected or ("whitespace", "\tif x:\n\t\tif z:\n\t\t\ty()\n")

    assert result(text, searched, written) == wanted


FILE = """\
def load(path):
    # reads it
    with open(path) as file:
        text = file.read()
    return parse(text, strict=True)
"""
SEARCHED = FILE.replace("# reads it", "# reads the file")


def test_a_near_match_keeps_what_the_file_has_and_shows_the_difference() -> None:
    found = placed(FILE, SEARCHED, SEARCHED.replace("text = file.read()", "text = file.read().strip()"))

    assert isinstance(found, Placed)
    assert found.rung == "anchored"
    assert found.difference == (("    # reads the file", "    # reads it"),)
    assert found.text.joined() == FILE.replace("read()", "read().strip()")


def test_other_words_of_a_line_are_merged() -> None:
    searched = SEARCHED.replace("strict=True", "strict=False")
    found = placed(FILE, searched, searched.replace("parse(", "parse_all("))

    assert isinstance(found, Placed)
    assert found.text.joined() == FILE.replace("parse(", "parse_all(")


@pytest.mark.parametrize(
    ("text", "searched", "written", "reason"),
    [
        ("a\nb\na\n", "a\n", "c\n", "these lines occur 2 times, at lines 1, 3"),
        ("a\n", "\n", "c\n", "there is nothing but blank lines to search"),
        ("a\n", "", "c\n", "nothing is searched, which makes a new file, and this file is there already"),
        ("a\n", "zzz\n", "c\n", "these lines are not in the file"),
        (FILE, SEARCHED.replace("True", "False"), SEARCHED.replace("True", "None"), "lines that are to change differ"),
        (FILE, FILE, "def load(path):\n    # ... existing code ...\n", "the new lines are not written out"),
        (FILE, "def load(path):\n...\n    return parse(text)\n", "x\n", "the searched lines leave some out"),
        ("max_value = 10\n" * 1, "value = 1\n", "value = 2\n", "these lines are not in the file"),
    ],
)
def test_what_would_be_a_guess_is_refused(text: str, searched: str, written: str, reason: str) -> None:
    rung, told = result(text, searched, written)

    assert rung == "refused"
    assert told.startswith(reason)


def test_a_body_of_dots_is_python() -> None:
    added = FILE + "\n\ndef later():\n    ...\n"

    assert result(FILE, FILE, added) == ("exact", added)


def test_a_large_file_is_searched_quickly() -> None:
    text = "".join(f"line {number} of many\n" for number in range(20_000))

    assert result(text, "line 19999 of mony\nline 20000 of many\n", "x\n")[0] == "refused"
