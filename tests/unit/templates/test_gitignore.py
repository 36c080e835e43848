"""What Git ignores, held against Git itself."""

import os
import random
import subprocess
from pathlib import Path

import pytest

from templates.gitignore import Ignores, ignores_above

ENV = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

FILES = ["a", "x", "k.py", "keep.log", "b.log", "dir/x", "dir/k.py", "dir/keep.log", "dir/dir/x"]
PATHS = [f"{folder}{file}" for folder in ("", "sub/", "a.d/dir/", "x.d/") for file in FILES]
PATTERNS = r"""
* ** */ **/ /* /** /**/ !*/ !**/ !* *.py !*.py *.log !keep.log !*.log dir dir/ /dir /dir/ dir/* dir/** dir/**/
!dir !dir/ !/dir dir/*.py !dir/keep.log **/x x/** sub/**/x sub/** !sub/ !sub/dir **/dir/** *.d *.d/ a.d/* !a.d/dir
[a-x] [!a] [^a]* ? !? k.? *e* \!x \#c \[a] a\* [] [ // / ! \ sub/**/**/x */x !*/x #c [[] []a] *.d/dir/x
""".split()  # noqa: SIM905 - a line for each would be no easier to read


def git_keeps(top: Path) -> set[str]:
    command = ["git", "-C", str(top), "ls-files", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True, env=ENV).stdout
    return {path for path in listed.split("\0") if path and not path.endswith(".gitignore")}


def we_keep(top: Path, rules: Ignores) -> set[str]:
    kept: set[str] = set()
    folders: list[tuple[tuple[str, ...], Ignores]] = [((), rules)]
    while folders:
        above, rules = folders.pop()
        rules = rules.inside(top.joinpath(*above), above)
        for entry in top.joinpath(*above).iterdir():
            parts = (*above, entry.name)
            if entry.name in (".git", ".gitignore") or rules.ignores(parts, folder=entry.is_dir()):
                continue
            if entry.is_dir():
                folders.append((parts, rules))
            else:
                kept.add("/".join(parts))
    return kept


@pytest.fixture(scope="module")
def top(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", str(top)], check=True, env=ENV)
    for path in PATHS:
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).touch()
    return top


def check(top: Path, files: dict[str, list[str]]) -> None:
    for folder, lines in files.items():
        (top / folder / ".gitignore").write_text("".join(f"{line}\n" for line in lines))
    try:
        assert we_keep(top, ignores_above(top)) == git_keeps(top), files
    finally:
        for folder in files:
            (top / folder / ".gitignore").unlink()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_each_pattern_ignores_what_git_ignores(top: Path, pattern: str) -> None:
    check(top, {"": [pattern]})


@pytest.mark.parametrize(
    "lines",
    [
        ["*", "!*/", "!*.py"],
        ["/*", "!/sub", "/sub/*", "!/sub/dir"],
        ["dir/*", "!dir/keep.log"],
        ["dir/", "!dir/keep.log"],
        ["dir/**", "!dir/keep.log"],
        ["*.log", "!keep.log", "sub/*.log"],
        ["a b\\ ", "x  ", "\\ y"],
        ["\ufeff*.py"],
        ["*.py\r", "dir/\r"],
    ],
)
def test_idioms(top: Path, lines: list[str]) -> None:
    check(top, {"": lines})


def test_files_in_folders_below_weigh_more_and_reach_less(top: Path) -> None:
    check(top, {"": ["*.log"], "sub": ["!*.log", "/x"], "sub/dir": ["keep.log", "!x"]})


def test_any_combination(top: Path) -> None:
    choose = random.Random(7)
    for _ in range(60):
        folders = ["", *choose.sample(["sub", "dir", "a.d/dir"], choose.randint(0, 2))]
        check(top, {folder: choose.choices(PATTERNS, k=choose.randint(1, 4)) for folder in folders})


def test_a_folder_inside_a_repository_has_the_repositorys_rules(top: Path) -> None:
    (top / ".git" / "info" / "exclude").write_text("a\n")
    (top / ".gitignore").write_text("*.log\n/sub/dir/x\n")
    (top / "sub" / ".gitignore").write_text("k.py\n")
    rules = ignores_above(top / "sub" / "dir")
    ignored = {path for path in ("a", "x", "k.py", "b.log", "other") if rules.ignores([path], folder=False)}
    (top / ".gitignore").unlink()
    (top / "sub" / ".gitignore").unlink()
    (top / ".git" / "info" / "exclude").unlink()
    assert ignored == {"a", "x", "k.py", "b.log"}


@pytest.mark.parametrize("rule", ["*", "sub/", "sub/dir"])
def test_a_repository_that_ignores_the_folder_itself_does_not_rule_it(top: Path, rule: str) -> None:
    (top / ".gitignore").write_text(f"{rule}\n*.log\n")
    rules = ignores_above(top / "sub" / "dir")
    (top / ".gitignore").unlink()
    assert rules == Ignores()


def test_without_a_repository_there_are_no_rules_from_above(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*\n")
    (tmp_path / "folder").mkdir()
    assert ignores_above(tmp_path / "folder") == Ignores()


def test_a_gitignore_that_is_a_link_or_a_pipe_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "rules").write_text("*\n")
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / ".gitignore").symlink_to("../rules")
    (tmp_path / "two").mkdir()
    os.mkfifo(tmp_path / "two" / ".gitignore")
    writer = os.open(tmp_path / "two" / ".gitignore", os.O_RDWR)
    os.write(writer, b"*\n")
    for folder in ("one", "two"):
        assert not Ignores().inside(tmp_path / folder, ()).ignores(["x"], folder=False)
    os.close(writer)


def test_no_pattern_takes_long() -> None:
    hostile = ["*a" * 100 + "b", "**/a/" * 100 + "b", "[" * 1000, "*" * 1000 + "b"]
    rules = Ignores().plus("\n".join(hostile), 0)
    assert not rules.ignores(["a"] * 100 + ["a" * 255], folder=False)
