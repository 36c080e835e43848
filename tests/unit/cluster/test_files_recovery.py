"""Changes that are killed in the middle: a `mv` on PATH that ends the whole command after some files."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.errors import WorkspaceFilesError
from cluster.files import EngineFiles
from templates.project import Manifest, Project, ProjectFile
from templates.workspace_files import ABSENT, Delete, Write, sha256
from tests.fakes.engine import FakeEngine

MV = """#!/bin/sh
into=
while :; do
  case $1 in
    -t) into=$2; shift 2 ;;
    -*) shift ;;
    *) break ;;
  esac
done
if [ -z "$into" ]; then to=$2; set -- "$1"; fi
for one; do
  if [ ! -s {count} ]; then kill -9 0; fi
  sed -i 1d {count}
  /bin/mv -f -T "$one" "${{to:-$into/$(basename "$one")}}"
done
"""
OLD = {"a.txt": b"a", "b.txt": b"b", "deep/c.txt": b"c", "gone/d.txt": b"d"}
NEW = {"a.txt": b"A", "b.txt": b"B", "deep/c.txt": b"C", "fresh/e.txt": b"E", "fresh/deep/f.txt": b"F"}
CHANGES = (
    *(Write(path, content, base=sha256(OLD[path]) if path in OLD else ABSENT) for path, content in NEW.items()),
    Delete("gone/d.txt", base=sha256(OLD["gone/d.txt"])),
)
RECORD = (Write("turns/1/turn.json", b"{}", base=ABSENT),)
PLACED = len(NEW) - 1
"""Each file is put in its place by one, a folder that is new by one."""
MOVES = 1 + PLACED + len(RECORD) + 1
"""The staged change takes effect by one, and one puts the finished change away."""


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    engine = FakeEngine(ClusterConfig(home=tmp_path / "engine"))
    engine.put("shop", Project(Manifest("Shop"), tuple(ProjectFile(path, data) for path, data in OLD.items())))
    return engine


@pytest.fixture
def files(engine: FakeEngine) -> EngineFiles:
    return EngineFiles(engine, "shop")


@pytest.fixture
def folder(engine: FakeEngine) -> Path:
    return engine.config.home / "shop"


@pytest.fixture
def killed_after(tmp_path: Path) -> Callable[[pytest.MonkeyPatch, int], None]:
    """Has every change killed once it has moved that many things."""
    shim, count = tmp_path / "shim", tmp_path / "count"
    shim.mkdir()
    (shim / "mv").write_text(MV.format(count=count))
    (shim / "mv").chmod(0o755)

    def set_up(patch: pytest.MonkeyPatch, moves: int) -> None:
        count.write_text("x\n" * moves)
        patch.setenv("PATH", f"{shim}{os.pathsep}{os.environ['PATH']}")

    return set_up


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def interrupt(files: EngineFiles, killed_after: Callable[[pytest.MonkeyPatch, int], None], moves: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        killed_after(patch, moves)
        with pytest.raises(WorkspaceFilesError):
            await files.apply(CHANGES, RECORD)


@pytest.mark.parametrize("moves", range(MOVES))
async def test_a_change_killed_anywhere_is_done_or_not_begun(
    files: EngineFiles, folder: Path, killed_after: Callable[[pytest.MonkeyPatch, int], None], moves: int
) -> None:
    await interrupt(files, killed_after, moves)

    listed = {one.path for one in (await files.list()).files}

    assert contents(folder) == (OLD if moves == 0 else NEW)
    assert listed == set(contents(folder))
    assert await files.records("turns/*") == ({} if moves == 0 else {"turns/1/turn.json": b"{}"})


async def test_what_was_not_killed_is_done(
    files: EngineFiles, folder: Path, killed_after: Callable[[pytest.MonkeyPatch, int], None]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        killed_after(patch, MOVES)
        await files.apply(CHANGES, RECORD)

    assert contents(folder) == NEW


@pytest.mark.parametrize("moves", range(1, 1 + PLACED))
@pytest.mark.parametrize("again", [None, 0, 1])
async def test_a_file_edited_after_the_kill_stays_and_the_others_go_back(
    files: EngineFiles,
    folder: Path,
    killed_after: Callable[[pytest.MonkeyPatch, int], None],
    moves: int,
    again: int | None,
) -> None:
    """`again`: going back is killed, too, after so many files."""
    await interrupt(files, killed_after, moves)
    unreached = next(path for path, data in NEW.items() if contents(folder).get(path) != data)
    (folder / unreached).parent.mkdir(exist_ok=True)
    (folder / unreached).write_bytes(b"the person's")
    if again is not None and again < moves:
        with pytest.MonkeyPatch.context() as patch:
            killed_after(patch, again)
            with pytest.raises(WorkspaceFilesError):
                await files.list()

    await files.list()

    assert contents(folder) == OLD | {unreached: b"the person's"}
    assert await files.records("turns/*") == {}


async def test_a_file_edited_after_it_was_reached_stays(
    files: EngineFiles, folder: Path, killed_after: Callable[[pytest.MonkeyPatch, int], None]
) -> None:
    await interrupt(files, killed_after, 2)
    reached = next(path for path, data in NEW.items() if contents(folder).get(path) == data)
    (folder / reached).write_bytes(b"the person's")

    await files.list()

    assert contents(folder) == NEW | {reached: b"the person's"}


async def test_a_stage_that_was_cut_off_changes_nothing(engine: FakeEngine, files: EngineFiles, folder: Path) -> None:
    from cluster.file_scripts import APPLY

    session = await engine.exec("shop", ("sh", "-c", APPLY, "files"))
    await session.write(b"a.txt" + bytes(5000))
    await session.close_stdin()
    async for _ in session.output():
        pass
    await session.close()

    assert session.exit_code != 0
    assert contents(folder) == OLD
    assert list((engine.config.home / ".homes/shop/.vibecode").glob("apply.*")) == []
