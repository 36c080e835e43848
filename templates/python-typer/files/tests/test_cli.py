import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tally import __version__
from tally.cli import app


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(word) for word in words])
    return result.exit_code, result.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("one two\nthree\n", encoding="utf-8")
    (tmp_path / "b.bin").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.txt").write_text("vier", encoding="utf-8")
    return tmp_path


def test_json_names_each_text_file_with_its_counts(folder: Path) -> None:
    code, output = run("--json", folder)
    assert code == 0
    assert json.loads(output) == [
        {"path": str(folder / "a.txt"), "lines": 2, "words": 3, "characters": 14},
        {"path": str(folder / "sub" / "c.txt"), "lines": 1, "words": 1, "characters": 4},
    ]


def test_the_table_ends_with_the_total(folder: Path) -> None:
    code, output = run(folder / "a.txt", folder / "sub" / "c.txt")
    assert code == 0
    assert [cell.strip() for cell in output.splitlines()[-2].strip("│ ").split("│")] == ["total", "3", "4", "18"]


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    code, output = run(tmp_path / "nowhere")
    assert code == 2
    assert "does not exist" in " ".join(output.replace("│", " ").split())  # in a box, which wraps long paths


def test_the_version() -> None:
    assert run("--version") == (0, f"{__version__}\n")
