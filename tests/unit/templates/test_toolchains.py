"""Which toolchains there are, which commands call them, and what is said of them."""

from pathlib import Path

import pytest

from templates.toolchains import TOOLCHAINS, ToolchainName, absent, called_by, origin, programs, titles


def test_each_is_found_by_its_own_name() -> None:
    assert [one.name for one in TOOLCHAINS.values()] == list(TOOLCHAINS)
    assert titles(("go", "java")) == "Go and Java"
    assert programs(("go", "rust")) == ("go", "cargo", "rustc")


@pytest.mark.parametrize(
    ("commands", "found"),
    [
        (("go mod download", "go run ."), ("go",)),
        (("cd api&&cargo run",), ("rust",)),
        (("mvn -B test", "(go vet ./...)"), ("go", "java")),
        (("npm run go-live", "./cargo", "uv run django"), ()),
        (("",), ()),
    ],
)
def test_commands_tell_of_them_by_their_programs(commands: tuple[str, ...], found: tuple[ToolchainName, ...]) -> None:
    assert called_by(*commands) == found


def test_one_is_there_where_all_its_programs_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("go", "cargo"):
        (tmp_path / name).touch(0o755)

    assert absent() == ("rust", "java")
    assert absent(["go"]) == ()


def test_where_they_come_from_is_said_of_those_that_are_wanted() -> None:
    assert origin((), ("go",)) == ""
    assert origin(("go", "rust"), ()) == "Go and Rust: prepared once for the cluster; locally taken from PATH."
    assert origin(("go",), ("go", "rust")).endswith(" Go is not on PATH: https://go.dev/doc/install")
