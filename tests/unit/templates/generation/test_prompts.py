"""What of a project a model is shown, and what it is only told of."""

from templates.generation.plan import Plan, PlannedFile
from templates.generation.prompts import SHOWN_FILE, SHOWN_FILES, files_messages, files_text, go_on, shown_bytes
from templates.project import ProjectFile

PLAN = Plan("shop", "A shop", files=(PlannedFile("a.py"),))


def test_files_are_shown_in_the_form_in_which_they_are_to_be_written() -> None:
    assert files_text([("a.py", b"x = 1"), ("b.py", b"")], 100) == (
        '<file path="a.py">\nx = 1\n</file>\n<file path="b.py">\n</file>'
    )


def test_what_is_no_text_or_too_much_is_only_named() -> None:
    files = [
        ("logo.png", b"\xff\xfe"),
        ("big.txt", b"x" * (SHOWN_FILE + 1)),
        ("a.py", b"x = 1\n"),
        ("b.py", b"y = 2\n"),
    ]
    shown = files_text(files, 8)
    assert "(logo.png, 2 bytes, is not shown)" in shown
    assert f"(big.txt, {SHOWN_FILE + 1} bytes, is not shown)" in shown
    assert "x = 1" in shown
    assert "(b.py, 6 bytes, is not shown)" in shown


def test_a_small_model_is_shown_less() -> None:
    assert shown_bytes(None) == shown_bytes(200_000) == SHOWN_FILES
    assert shown_bytes(2048) == 3072
    base = [ProjectFile("long.py", b"x" * 5000)]
    assert "is not shown" in files_messages("x", PLAN, base, shown_bytes(2048))[-1].content
    assert "is not shown" not in files_messages("x", PLAN, base, shown_bytes(8192))[-1].content


def test_after_a_cut_the_last_lines_and_the_file_are_named() -> None:
    said, asked = go_on("".join(f"line {number}\n" for number in range(50)), "a.py")
    assert (said.role, asked.role) == ("assistant", "user")
    assert "line 49" in asked.content
    assert "line 30" not in asked.content
    assert '<continue path="a.py">' in asked.content
    assert "<continue" not in go_on("line\n", None)[1].content
