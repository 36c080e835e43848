"""One setting is written into a person's file; everything else in it is theirs."""

import stat
import threading
from pathlib import Path

import pytest

from launcher.errors import SettingError
from launcher.settings import load
from launcher.settings_file import remove_setting, write_setting

MINE = """\
# My machine is small.
memory = "4Gi"   # enough for the tests

# Ports
http_port = 9000
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_remarks_order_and_all_else_stay(file: Path) -> None:
    file.write_text(MINE)
    write_setting(file, "memory", "8Gi")
    write_setting(file, "open_browser", "no")

    assert file.read_text() == MINE.replace("4Gi", "8Gi") + "open_browser = false\n"


def test_what_is_removed_is_gone_and_nothing_else(file: Path) -> None:
    file.write_text(MINE)

    assert remove_setting(file, "memory") is True
    assert remove_setting(file, "memory") is False
    assert file.read_text() == MINE.replace('memory = "4Gi"   # enough for the tests\n', "")


@pytest.mark.parametrize(
    ("name", "written", "line"),
    [
        ("http_port", "8080", "http_port = 8080"),
        ("open_browser", "Yes", "open_browser = true"),
        ("engine", "LOCAL", 'engine = "local"'),
        ("node_image", "", 'node_image = ""'),
        ("ai_budget_day", "2.50", 'ai_budget_day = "2.50"'),
    ],
)
def test_a_value_is_written_as_its_own_type_and_read_back(file: Path, name: str, written: str, line: str) -> None:
    value = write_setting(file, name, written)

    assert file.read_text() == f"{line}\n"
    assert getattr(load(file, {}).values, name) == value


def test_the_file_and_its_folder_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "config.toml"
    write_setting(file, "cpu", "2")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [one.name for one in file.parent.iterdir()] == ["config.toml"]


def test_a_link_stays_a_link(tmp_path: Path, file: Path) -> None:
    kept = tmp_path / "dotfiles" / "vibecode.toml"
    kept.parent.mkdir()
    kept.write_text(MINE)
    file.symlink_to(kept)
    write_setting(file, "memory", "8Gi")

    assert file.is_symlink()
    assert "8Gi" in kept.read_text()


@pytest.mark.parametrize(
    ("name", "written", "said"),
    [
        ("memory", "lots", "a size with its unit"),
        ("memory", "x" * 1_000_000, "a size with its unit"),
        ("http_port", "70000", "a port from 1 to 65535"),
        ("memori", "4Gi", "There is no setting 'memori'"),
    ],
)
def test_what_is_not_allowed_changes_nothing(file: Path, name: str, written: str, said: str) -> None:
    file.write_text(MINE)
    with pytest.raises(SettingError, match=said) as caught:
        write_setting(file, name, written)

    assert len(caught.value.detail) < 300
    assert file.read_text() == MINE


@pytest.mark.parametrize("content", [b"memory = ", b"\xff\xfe", b"[memory"])
def test_a_broken_file_is_named_and_left_as_it_is(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(SettingError, match=r"config\.toml is not valid TOML"):
        write_setting(file, "memory", "4Gi")

    assert file.read_bytes() == content


def test_a_folder_in_its_place_is_an_error_with_its_name(file: Path) -> None:
    file.mkdir()
    with pytest.raises(SettingError, match=r"config\.toml cannot be read: Is a directory"):
        write_setting(file, "memory", "4Gi")


def test_whoever_reads_meanwhile_sees_one_whole_file_or_the_other(file: Path) -> None:
    file.write_text(MINE)
    done = threading.Event()
    seen: set[str] = set()

    def look() -> None:
        while not done.is_set():
            seen.add(load(file, {}).values.memory)

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(1, 60):
        write_setting(file, "memory", f"{number}Gi")
    done.set()
    reader.join()
    assert seen <= {f"{number}Gi" for number in range(1, 60)}
    assert seen
