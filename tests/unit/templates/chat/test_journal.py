import asyncio
from pathlib import Path

import pytest

from cluster.files import EngineFiles
from templates.chat import journal
from templates.chat.errors import ChangedSinceError, NothingToRedoError, NothingToUndoError
from templates.chat.journal import apply_turn, read_turns, redo, undo
from templates.workspace_files import ABSENT, Change, Delete, Write, sha256
from tests.unit.templates.chat.conftest import APP


def turn(app: str, before: str = APP) -> list[Change]:
    """Changes one file, adds one, deletes one and makes a script of another."""
    return [Write("src/app.py", app.encode(), None, sha256(before.encode()))]


def contents(folder: Path) -> dict[str, tuple[bytes, bool]]:
    """What each file holds, and whether it is executable."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): (path.read_bytes(), bool(path.stat().st_mode & 0o100)) for path in files}


async def test_a_turn_is_undone_and_redone(files: EngineFiles, folder: Path) -> None:
    before = contents(folder)
    changes = [
        *turn("one\r\n"),
        Write("docs/new.md", b"\xff\x00", 0o755, ABSENT),
        Delete("bin/run", sha256(before["bin/run"][0])),
    ]
    made = await apply_turn(files, changes, "do it", "c1")
    after = contents(folder)
    assert (made.number, made.instruction, made.chat) == (1, "do it", "c1")
    assert after["docs/new.md"] == (b"\xff\x00", True)

    assert (await undo(files)).undone
    assert contents(folder) == before
    assert not (await redo(files)).undone
    assert contents(folder) == after
    await undo(files)
    assert contents(folder) == before


async def test_turns_are_undone_from_the_last_and_redone_from_the_first(files: EngineFiles, folder: Path) -> None:
    await apply_turn(files, turn("one"), "1")
    await apply_turn(files, turn("two", "one"), "2")
    await apply_turn(files, turn("three", "two"), "3")

    assert [(await undo(files)).number for _ in range(3)] == [3, 2, 1]
    with pytest.raises(NothingToUndoError):
        await undo(files)
    assert [(await redo(files)).number for _ in range(3)] == [1, 2, 3]
    with pytest.raises(NothingToRedoError):
        await redo(files)
    assert (folder / "src/app.py").read_text() == "three"


async def test_a_new_turn_ends_what_could_be_redone(files: EngineFiles, folder: Path) -> None:
    await apply_turn(files, turn("one"), "1")
    await undo(files)
    await apply_turn(files, turn("other"), "2")

    with pytest.raises(NothingToRedoError):
        await redo(files)
    await undo(files)
    assert (folder / "src/app.py").read_text() == APP


async def test_a_file_edited_since_is_not_taken_back_and_the_difference_is_told(
    files: EngineFiles, folder: Path
) -> None:
    changes = [*turn("one\ntwo\n"), Write("new.md", b"", None, ABSENT)]
    await apply_turn(files, changes, "1")
    (folder / "src/app.py").write_text("one\nmine\n")

    with pytest.raises(ChangedSinceError) as error:
        await undo(files)

    assert "-two\n+mine" in error.value.detail
    assert (folder / "src/app.py").read_text() == "one\nmine\n"
    assert (folder / "new.md").exists()
    assert [one.undone for one in await read_turns(files)] == [False]


async def test_turns_at_once_have_numbers_of_their_own(files: EngineFiles) -> None:
    await asyncio.gather(*(apply_turn(files, [Write(f"{n}.txt", b"", None, ABSENT)], str(n)) for n in range(3)))

    assert sorted(one.number for one in await read_turns(files)) == [1, 2, 3]


async def test_old_turns_are_forgotten(files: EngineFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "KEPT", 2)
    for number in range(4):
        await apply_turn(files, [Write(f"{number}.txt", b"x", None, ABSENT)], str(number))

    assert [one.instruction for one in await read_turns(files)] == ["2", "3"]
    assert {path.split("/")[1] for path in await files.records("turns/*")} == {"000003", "000004"}


async def test_a_record_that_is_none_of_ours_is_passed_over(files: EngineFiles) -> None:
    await apply_turn(files, turn("one"), "1")
    await files.apply([], [Write("turns/000009/turn.json", b"[]"), Write("turns/x/turn.json", b"\xff")])

    assert (await undo(files)).number == 1
