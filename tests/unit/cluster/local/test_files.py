import errno
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from threading import get_ident

import pytest

from cluster.errors import ClusterBusyError, HomeUnusableError, VolumeFullError
from cluster.local.files import replace_file, told
from cluster.local.folders import LONGEST_SOCKET, SOCKET_PATH, LocalFolder, check_private, choose_sockets
from cluster.local.locks import locked, try_lock
from cluster.local.records import Record, add_port, change_wanted, names, read_record, write_record
from cluster.local.trees import remove_tree

RECORD = Record("abc", datetime(2026, 1, 2, tzinfo=UTC), "python-fastapi", (8000,))


@pytest.fixture
def folder(tmp_path: Path) -> LocalFolder:
    folder = LocalFolder(tmp_path / "a home ü")
    folder.workspace("shop").path.mkdir(parents=True)
    return folder


def test_a_record_comes_back_as_it_was(folder: LocalFolder) -> None:
    shop = folder.workspace("shop")
    write_record(shop, RECORD)
    assert read_record(shop) == RECORD

    change_wanted(shop, "stopped")
    add_port(shop, 3000)
    add_port(shop, 3000)

    found = read_record(shop)
    assert found is not None
    assert (found.wanted, found.ports, found.digest) == ("stopped", (3000, 8000), "abc")
    assert names(folder) == ("shop",)
    assert shop.record.stat().st_mode & 0o777 == 0o600


def test_a_folder_of_which_nothing_was_finished_is_no_workspace(folder: LocalFolder) -> None:
    folder.workspace("shop").record.write_bytes(b'{"dig')

    assert names(folder) == ()


def test_a_full_disk_leaves_the_record_that_was_there(folder: LocalFolder) -> None:
    """The seam is the system's own: /dev/full takes nothing."""
    shop = folder.workspace("shop")
    write_record(shop, RECORD)
    (shop.path / f"record.json.{os.getpid()}-{get_ident()}.partial").symlink_to("/dev/full")

    with pytest.raises(VolumeFullError) as raised:
        change_wanted(shop, "stopped")

    assert "df -h" in raised.value.hint
    assert read_record(shop) == RECORD
    assert list(shop.path.iterdir()) == [shop.record]


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, VolumeFullError),
        (errno.EDQUOT, VolumeFullError),
        (errno.EROFS, HomeUnusableError),
        (errno.EACCES, HomeUnusableError),
        (errno.ESTALE, HomeUnusableError),
    ],
)
def test_what_the_system_says_has_an_action(number: int, kind: type[Exception], tmp_path: Path) -> None:
    with pytest.raises(kind), told(tmp_path):
        raise OSError(number, os.strerror(number), str(tmp_path))


def test_a_replaced_file_is_the_old_one_where_it_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()

    with pytest.raises(OSError):
        replace_file(tmp_path / "file", b"new")

    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_lock_is_held_once_and_one_without_a_name_does_not_count(tmp_path: Path) -> None:
    first = try_lock(tmp_path / "lock")
    assert first is not None
    assert try_lock(tmp_path / "lock") is None
    (tmp_path / "lock").unlink()
    second = try_lock(tmp_path / "lock")
    assert second is not None
    os.close(first)
    assert try_lock(tmp_path / "lock") is None
    os.close(second)
    third = try_lock(tmp_path / "lock")
    assert third is not None
    os.close(third)


async def test_who_waits_too_long_for_a_lock_is_told(tmp_path: Path) -> None:
    held = try_lock(tmp_path / "lock")
    assert held is not None
    with pytest.raises(ClusterBusyError):
        async with locked(tmp_path / "lock", within=0.1, busy=lambda: ClusterBusyError("busy")):
            pytest.fail("the lock was given twice")
    os.close(held)


def test_sockets_are_in_the_home_where_its_path_is_short() -> None:
    home = Path(tempfile.mkdtemp(prefix="vc-", dir="/tmp"))
    (home / "local").mkdir()

    found = choose_sockets(LocalFolder(home), {})

    assert found.path == home / "local" / "run"
    shutil.rmtree(home)


def test_sockets_of_a_long_home_are_in_the_runtime_folder(tmp_path: Path) -> None:
    runtime = Path(tempfile.mkdtemp(prefix="vc-", dir="/tmp"))
    folder = LocalFolder(tmp_path / ("long" * 30))

    found = choose_sockets(folder, {"XDG_RUNTIME_DIR": str(runtime)})

    assert found.path.parent == runtime
    assert len(bytes(found.path)) + LONGEST_SOCKET <= SOCKET_PATH
    assert len(bytes(found.editor("a" * 40))) <= SOCKET_PATH
    assert choose_sockets(folder, {"XDG_RUNTIME_DIR": "relative"}).path.parent == Path("/tmp")
    choose_sockets(folder, {}).path.rmdir()
    shutil.rmtree(runtime)


@pytest.mark.parametrize("how", ["link", "open", "file"])
def test_a_folder_of_sockets_that_others_reach_is_refused(tmp_path: Path, how: str) -> None:
    path = tmp_path / "sockets"
    match how:
        case "link":
            (tmp_path / "theirs").mkdir(mode=0o700)
            path.symlink_to(tmp_path / "theirs")
        case "open":
            path.mkdir()
            path.chmod(0o755)
        case _:
            path.write_text("")

    with pytest.raises(HomeUnusableError, match="not a folder of this user alone"):
        check_private(path)


def test_a_tree_with_read_only_folders_is_removed_and_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/file").write_text("")
    tree = tmp_path / "tree"
    (tree / "modules/deep").mkdir(parents=True)
    (tree / "modules/deep/file").write_text("")
    (tree / "link").symlink_to(tmp_path / "kept")
    (tree / "modules/deep").chmod(0o500)
    (tree / "modules").chmod(0o500)

    remove_tree(tree)
    remove_tree(tree)

    assert [one.name for one in tmp_path.iterdir()] == ["kept"]
    assert (tmp_path / "kept/file").exists()
