import asyncio
import sys
from pathlib import Path

import pytest

from cluster.errors import ClusterBusyError
from cluster.kind.record import Record, State


def quiet(_: str) -> None: ...


def test_what_is_written_is_read_and_private(tmp_path: Path) -> None:
    record = Record(tmp_path / "clusters/one")
    assert record.read() is None
    record.write(State("created", 80, 443))
    assert record.read() == State("created", 80, 443)
    assert (record.folder / "state.json").stat().st_mode & 0o777 == 0o600
    assert record.folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("text", ["", "{", "[]", '{"phase": "created"}', "null"])
def test_a_half_written_record_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "state.json").write_text(text)
    assert Record(tmp_path).read() is None


async def test_forgetting_leaves_only_the_lock(tmp_path: Path) -> None:
    record = Record(tmp_path / "one")
    async with record.locked(quiet):
        record.write(State("creating", 1, 2))
        record.kubeconfig.write_text("x")
        record.forget()
    assert [path.name for path in record.folder.iterdir()] == ["lock"]


async def test_a_second_copy_waits_and_says_why(tmp_path: Path) -> None:
    record, said = Record(tmp_path / "one"), list[str]()
    async with record.locked(quiet):
        with pytest.raises(ClusterBusyError):
            async with record.locked(said.append, within=0):
                pytest.fail("two hold the lock")
    assert not said  # it gave up before it had to wait
    async with record.locked(quiet, within=0):
        assert record.folder.is_dir()


async def test_a_program_that_was_given_the_lock_keeps_it_when_we_are_gone(tmp_path: Path) -> None:
    record = Record(tmp_path / "one")
    async with record.locked(quiet) as descriptor:
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "input()", stdin=pipe, pass_fds=(descriptor,)
        )
    with pytest.raises(ClusterBusyError):
        async with record.locked(quiet, within=0):
            pytest.fail("the lock is free although a program holds it")
    await child.communicate(b"\n")
    async with record.locked(quiet, within=0):
        assert child.returncode == 0
