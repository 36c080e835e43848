"""Where files go, and that they are for their owner alone."""

import os
from pathlib import Path

import pytest

from launcher.errors import SettingError
from launcher.paths import Paths, find, private_folder, private_opener

HOME = Path("/home/ada")


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(HOME))


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_one_folder_for_all_where_it_is_named(platform: str) -> None:
    paths = find({"VIBECODE_HOME": "~/vc", "XDG_CONFIG_HOME": "/elsewhere"}, platform)

    root = HOME / "vc"
    assert paths == Paths(root, root / "data", root / "cache", root / "logs")
    assert paths.config_file == root / "config.toml"


def test_a_relative_folder_is_meant_from_here() -> None:
    assert find({"VIBECODE_HOME": "vc"}).config == Path.cwd() / "vc"


def test_linux_follows_xdg() -> None:
    assert find({}, "linux") == Paths(
        HOME / ".config/vibecode",
        HOME / ".local/share/vibecode",
        HOME / ".cache/vibecode",
        HOME / ".local/state/vibecode/log",
    )
    paths = find({"XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "relative", "XDG_STATE_HOME": "/s"}, "linux")
    assert paths.config == Path("/c/vibecode")
    assert paths.data == HOME / ".local/share/vibecode"
    assert paths.log_file == Path("/s/vibecode/log/vibecode.log")


def test_macos_has_a_library() -> None:
    paths = find({}, "darwin")

    assert paths.config_file == HOME / "Library/Application Support/vibecode/config.toml"
    assert paths.cache == HOME / "Library/Caches/vibecode"
    assert paths.logs == HOME / "Library/Logs/vibecode"


def test_without_a_home_it_says_how_to_name_one() -> None:
    with pytest.raises(SettingError) as caught:
        find({"VIBECODE_HOME": "~no-such-person/vc"})

    assert "VIBECODE_HOME=" in caught.value.hint


def test_new_folders_and_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    before = os.umask(0)
    try:
        folder = private_folder(tmp_path / "a" / "b")
        with open(folder / "file", "w", opener=private_opener):
            pass
    finally:
        os.umask(before)

    assert [one.stat().st_mode & 0o777 for one in (tmp_path / "a", folder, folder / "file")] == [0o700, 0o700, 0o600]
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert private_folder(folder) == folder
