import subprocess
from pathlib import Path

import pytest

from templates.edits.hunks import DiffLine, diff, shown_lines, unified
from templates.edits.outcome import EditedFile
from templates.workspace_files import ABSENT, Delete, Write, sha256

OLD = "".join(f"line {number}\n" for number in range(1, 21))
NEW = OLD.replace("line 2\n", "two\nand more\n").replace("line 10\n", "").replace("line 20\n", "twenty\n")


def edited(before: str | None, after: str | None) -> EditedFile:
    base = None if before is None else sha256(before.encode())
    return EditedFile("src/a.txt", before, after, base, None if before is None else 0o755)


def test_all_hunks_make_the_new_text() -> None:
    file = diff(edited(OLD, NEW))

    assert [(one.start, one.before, one.after) for one in file.hunks] == [
        (1, ("line 2",), ("two", "and more")),
        (9, ("line 10",), ()),
        (19, ("line 20",), ("twenty",)),
    ]
    assert (file.kind, file.first_line) == ("changed", 2)
    assert file.change() == Write("src/a.txt", NEW.encode(), 0o755, sha256(OLD.encode()))


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ({0}, OLD.replace("line 2\n", "two\nand more\n")),
        ({1, 2}, OLD.replace("line 10\n", "").replace("line 20\n", "twenty\n")),
        (set[int](), None),
    ],
)
def test_only_taken_hunks_are_written(taken: set[int], expected: str | None) -> None:
    change = diff(edited(OLD, NEW)).change(taken)

    assert (change.content.decode() if isinstance(change, Write) else change) == expected


def test_a_hunk_can_be_edited() -> None:
    file = diff(edited(OLD, NEW)).with_hunk(0, ["my own"])

    assert file.change({0}) == Write(
        "src/a.txt", OLD.replace("line 2\n", "my own\n").encode(), 0o755, sha256(OLD.encode())
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\r\nb\r\n", "a\r\nc\r\n"),
        ("a\nb", "a\nc"),
        ("a", "a\n"),
        ("a\r\n", "a\n"),
        ("\ufeffa\n", "\ufeffb\n"),
        ("", "x\n"),
    ],
)
def test_line_ends_stay_as_they_are_meant(before: str, after: str) -> None:
    change = diff(edited(before, after)).change()

    assert isinstance(change, Write)
    assert change.content.decode() == after


def test_files_that_come_and_go() -> None:
    assert diff(edited(None, "x\n")).change() == Write("src/a.txt", b"x\n", None, ABSENT)
    assert diff(edited(None, "")).change() == Write("src/a.txt", b"", None, ABSENT)
    gone = diff(edited("x\n", None))
    assert gone.change() == gone.change({0}) == Delete("src/a.txt", sha256(b"x\n"))
    assert gone.change(set()) is None


def test_a_hunk_is_shown_with_its_lines_around() -> None:
    lines = list(shown_lines(diff(edited(OLD, NEW)), 1, context=1))

    assert lines == [
        DiffLine("context", 9, 10, "line 9"),
        DiffLine("removed", 10, None, "line 10"),
        DiffLine("context", 11, 11, "line 11"),
    ]


def test_git_applies_the_unified_form(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.txt").write_text(OLD)
    patch = "\n".join(unified(diff(edited(OLD, NEW)))) + "\n"

    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=patch.encode(), check=True)

    assert (tmp_path / "src/a.txt").read_text() == NEW


def test_a_large_file_of_like_lines_is_compared_quickly() -> None:
    before = "same\n" * 100_000

    assert len(diff(edited(before, before.replace("same\n", "other\n", 1))).hunks) == 1
