"""Hostile paths are refused by name, and ordinary ones are not."""

import pytest

from templates.errors import UnsafePathError
from templates.paths import check_files, check_path
from templates.project import ProjectFile


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        ".gitignore",
        "a/b/c.txt",
        "with space/and ünïcode/日本語.txt",
        "...",
        "..hidden",
        "a..b/c",
        "-rf",
        "~/x",
        "note:1.txt",
        "x" * 255,
        "👩\u200d💻.txt",
    ],
)
def test_an_ordinary_path_is_taken_as_it_is(path: str) -> None:
    assert check_path(path) == path


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "empty"),
        ("/etc/passwd", "absolute"),
        ("//host/share", "absolute"),
        ("../outside", "'..'"),
        ("a/../../outside", "'..'"),
        ("a/..", "'..'"),
        ("./a", "'.'"),
        ("a//b", "''"),
        ("a/", "''"),
        ("C:/Windows", "drive letter"),
        ("c:evil", "drive letter"),
        ("a\\b", "backslash"),
        ("..\\outside", "backslash"),
        ("a\nb", "control"),
        ("a\x00b", "control"),
        ("a\x1b[2Jb", "control"),
        ("a\x7fb", "control"),
        ("a\x9bb", "control"),
        ("a\u202etxt.exe", "control"),
        ("a\u2028b", "control"),
        ("a\udcffb", "not valid Unicode"),
        ("x" * 256, "longer than 255"),
        ("é" * 128, "longer than 255"),
        ("/".join(["x" * 99] * 11), "longer than 1024"),
    ],
)
def test_a_hostile_path_is_refused_with_its_name_and_the_reason(path: str, reason: str) -> None:
    with pytest.raises(UnsafePathError) as caught:
        check_path(path)
    assert reason in caught.value.detail
    assert repr(path) in caught.value.detail
    assert caught.value.detail.isprintable()


def files(*paths: str) -> list[ProjectFile]:
    return [ProjectFile(path, content=b"") for path in paths]


def test_files_are_sorted_by_the_bytes_of_their_paths() -> None:
    assert [file.path for file in check_files(files("b", "a/z", "é", "Z", "a.txt"))] == ["Z", "a.txt", "a/z", "b", "é"]


@pytest.mark.parametrize(
    ("paths", "named"),
    [
        (["Readme.md", "README.md"], ["Readme.md", "README.md"]),
        (["a/x", "A/y"], ["a", "A"]),
        (["src/a/x", "src/A/y"], ["src/a", "src/A"]),
        (["straße", "STRASSE"], ["straße", "STRASSE"]),
        (["caf\u00e9", "cafe\u0301"], ["caf\u00e9", "cafe\u0301"]),
        (["same", "same"], ["same"]),
        (["a", "a/b"], ["a"]),
        (["A", "a/b"], ["A"]),
        (["x/a", "x/a/b/c"], ["x/a"]),
    ],
)
def test_names_that_collide_on_some_file_system_are_refused(paths: list[str], named: list[str]) -> None:
    for order in (paths, paths[::-1]):
        with pytest.raises(UnsafePathError) as caught:
            check_files(files(*order))
        assert all(repr(name) in caught.value.detail for name in named)


def test_a_hostile_path_among_files_is_refused() -> None:
    with pytest.raises(UnsafePathError, match=r"\.\./x"):
        check_files(files("a", "../x"))


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("link", "file"),
        ("link", "./a/file"),
        ("a/link", "../file"),
        ("a/b/link", "../../file"),
        ("link", "absent"),
        ("link", ".hidden"),
        ("a/link", "../..x"),
        ("link", "a\\b"),
    ],
)
def test_a_link_inside_the_project_is_taken(path: str, target: str) -> None:
    [file] = check_files([ProjectFile(path, link=target)])
    assert file.link == target


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("link", "/etc/passwd"),
        ("link", ".."),
        ("link", "../outside"),
        ("a/link", "../../outside"),
        ("a/link", ".././../outside"),
        ("link", "a/../../outside"),
        # `a` may itself be a link to a deeper folder: what follows it must not climb.
        ("link", "a/.."),
        ("link", "./a/../b"),
        ("b/link", "../a/../../outside"),
        ("link", ""),
        ("link", "a\nb"),
        ("link", "a\udcff"),
    ],
)
def test_a_link_that_leaves_the_project_is_refused_with_its_name(path: str, target: str) -> None:
    with pytest.raises(UnsafePathError) as caught:
        check_files([ProjectFile(path, link=target)])
    assert repr(path) in caught.value.detail
    assert repr(target) in caught.value.detail


def test_a_file_behind_a_link_is_refused() -> None:
    with pytest.raises(UnsafePathError, match="'a'"):
        check_files([ProjectFile("a", link="b"), ProjectFile("a/x", content=b""), ProjectFile("b/y", content=b"")])
