"""A folder's files: what is taken, what stays behind, what is refused, and where a walk ends."""

import os
import socket
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from templates.collect import NAMED, collect
from templates.errors import FolderError, SpecialFileError, TooLargeError, UnsafePathError
from templates.limits import Limits


def tree(root: Path, *paths: str) -> Path:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)
    return root


def taken(root: Path, *, include_ignored: bool = False, include_secrets: bool = False) -> list[str]:
    files, _ = collect(root, include_ignored=include_ignored, include_secrets=include_secrets)
    return [file.path for file in files]


def left_out(root: Path) -> tuple[str, ...]:
    return collect(root)[1]


def test_files_are_taken_by_their_place_on_disk_and_not_read(tmp_path: Path) -> None:
    tree(tmp_path, "b", "a/deep/er/x", ".hidden").joinpath("b").chmod(0o4750)
    (tmp_path / "empty").mkdir()
    files, left = collect(tmp_path)
    assert [(file.path, file.source, file.content, file.mode) for file in files] == [
        (".hidden", tmp_path / ".hidden", None, 0o644),
        ("a/deep/er/x", tmp_path / "a/deep/er/x", None, 0o644),
        ("b", tmp_path / "b", None, 0o755),
    ]
    assert left == ()


def test_links_inside_are_kept_as_links_and_never_followed(tmp_path: Path) -> None:
    tree(tmp_path, "folder/file")
    (tmp_path / "to-folder").symlink_to("folder")
    (tmp_path / "folder" / "up").symlink_to("../folder/file")
    (tmp_path / "loop").symlink_to("loop")
    files, _ = collect(tmp_path)
    assert {file.path: file.link for file in files} == {
        "folder/file": None,
        "folder/up": "../folder/file",
        "loop": "loop",
        "to-folder": "folder",
    }


# What stays behind


def test_what_git_ignores_stays_behind_unless_asked_for(tmp_path: Path) -> None:
    tree(tmp_path, "a.py", "a.log", "dist/a", "sub/b.log", "sub/keep.log", "sub/c.tmp")
    (tmp_path / ".gitignore").write_text("*.log\ndist/\n")
    (tmp_path / "sub" / ".gitignore").write_text("!keep.log\n*.tmp\n")
    assert taken(tmp_path) == [".gitignore", "a.py", "sub/.gitignore", "sub/keep.log"]
    assert left_out(tmp_path) == ("Files that Git ignores stay behind: a.log, dist/, sub/b.log, sub/c.tmp.",)
    assert len(taken(tmp_path, include_ignored=True)) == 8


def test_git_stays_behind_even_if_what_is_ignored_is_asked_for(tmp_path: Path) -> None:
    tree(tmp_path, "a", ".git/config", "module/.git", "odd/.GIT/hooks/x")
    assert taken(tmp_path, include_ignored=True, include_secrets=True) == ["a"]
    assert left_out(tmp_path) == ("Git's own data stay behind: .git/, module/.git, odd/.GIT/.",)


def test_programs_of_this_machine_stay_behind_even_if_asked_for(tmp_path: Path) -> None:
    tree(tmp_path, "a", "node_modules/x/i.js", "web/node_modules/y", "my-env/pyvenv.cfg", "my-env/bin/python")
    tree(tmp_path, "__pycache__/a.pyc")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "node_modules").symlink_to("/elsewhere")
    assert taken(tmp_path, include_ignored=True) == ["a"]
    assert left_out(tmp_path) == (
        "Folders with programs of this machine stay behind: "
        "__pycache__/, docs/node_modules, my-env/, node_modules/, web/node_modules/.",
    )


def test_secrets_are_named_and_stay_behind_unless_asked_for(tmp_path: Path) -> None:
    tree(tmp_path, "a", ".env", ".env.example", "deploy/id_rsa", ".ssh/config", ".npmrc")
    (tmp_path / ".npmrc").write_text("//r/:_authToken=abc\n")
    assert taken(tmp_path) == [".env.example", "a"]
    assert left_out(tmp_path) == ("Files that may hold secrets stay behind: .env, .npmrc, .ssh/, deploy/id_rsa.",)
    assert len(taken(tmp_path, include_secrets=True)) == 6


def test_a_secret_that_git_ignores_too_is_asked_for_as_a_secret(tmp_path: Path) -> None:
    tree(tmp_path, ".env", "a.log")
    (tmp_path / ".gitignore").write_text(".env\n*.log\n")
    assert ".env" not in taken(tmp_path, include_ignored=True)
    assert taken(tmp_path, include_secrets=True) == [".env", ".gitignore"]


def test_many_that_stay_behind_are_one_sentence_that_can_be_printed(tmp_path: Path) -> None:
    tree(tmp_path, *(f"{number:03}.log" for number in range(100)), "\x1b[2J.log")
    (tmp_path / ".gitignore").write_text("*.log\n")
    [sentence] = left_out(tmp_path)
    assert sentence.isprintable()
    assert sentence.endswith(f"006.log and {101 - NAMED} more.")
    assert r"\x1b[2J.log" in sentence


# What is refused


@pytest.mark.parametrize("name", ["a\\b", "a\nb", "a\x1bb", "C:x"])
def test_a_hostile_name_is_refused(tmp_path: Path, name: str) -> None:
    tree(tmp_path, f"sub/{name}" if name != "C:x" else name)
    with pytest.raises(UnsafePathError):
        collect(tmp_path)


def test_a_hostile_folder_is_refused(tmp_path: Path) -> None:
    tree(tmp_path, "a\nb/x")
    with pytest.raises(UnsafePathError, match=r"a\\nb"):
        collect(tmp_path)


def test_a_name_that_is_not_unicode_is_refused(tmp_path: Path) -> None:
    os.close(os.open(os.fsencode(tmp_path) + b"/caf\xe9", os.O_CREAT | os.O_WRONLY))
    with pytest.raises(UnsafePathError, match=r"'caf\\udce9' is not valid Unicode"):
        collect(tmp_path)


def test_a_path_too_long_for_an_archive_is_refused(tmp_path: Path) -> None:
    tree(tmp_path, "/".join(["x" * 100] * 11))
    with pytest.raises(UnsafePathError, match="longer than 1024"):
        collect(tmp_path)


@pytest.mark.parametrize(("one", "other"), [("Readme", "README"), ("a/x", "A/y"), ("caf\u00e9", "cafe\u0301")])
def test_names_that_differ_only_by_case_or_form_are_refused(tmp_path: Path, one: str, other: str) -> None:
    with pytest.raises(UnsafePathError, match="where case does not count"):
        collect(tree(tmp_path, one, other))


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "..", "inner/../../outside"])
def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, target: str) -> None:
    tree(tmp_path, "outside", "project/inner/file")
    (tmp_path / "project" / "link").symlink_to(target)
    with pytest.raises(UnsafePathError, match="'link' is a link that leaves the project"):
        collect(tmp_path / "project")


def test_a_link_out_through_another_link_is_refused(tmp_path: Path) -> None:
    tree(tmp_path, "outside", "project/a/b/file")
    (tmp_path / "project" / "deep").symlink_to("a/b")
    (tmp_path / "project" / "link").symlink_to("deep/../../../outside")
    with pytest.raises(UnsafePathError, match="'link'"):
        collect(tmp_path / "project")


def test_a_pipe_is_refused_by_name(tmp_path: Path) -> None:
    os.mkfifo(tree(tmp_path, "sub/a") / "sub" / "pipe")
    with pytest.raises(SpecialFileError, match="'sub/pipe' is a pipe"):
        collect(tmp_path)


def test_a_socket_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path may be no longer than about 100 bytes
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind("socket")
        with pytest.raises(SpecialFileError, match="'socket' is a socket"):
            collect(tmp_path)


def test_a_device_is_refused() -> None:
    with pytest.raises(SpecialFileError, match="is a device"):
        collect(Path("/dev"), include_secrets=True)


def test_special_files_that_stay_behind_are_no_reason_to_stop(tmp_path: Path) -> None:
    tree(tmp_path, "a", "run/x")
    for name in (".env", "run/pipe", ".npmrc"):
        os.mkfifo(tmp_path / name)
    (tmp_path / ".gitignore").write_text("run/\n.npmrc\n")
    assert taken(tmp_path) == [".gitignore", "a"]


# Where a walk ends


def test_too_many_files_are_said_with_where_most_of_them_are(tmp_path: Path) -> None:
    tree(tmp_path, "a/1", "a/2", *(f"data/{number}" for number in range(20)))
    with pytest.raises(TooLargeError) as caught:
        collect(tmp_path, limits=Limits(files=10))
    assert "at least 11 files" in caught.value.detail
    assert "'data'" in caught.value.detail
    assert len(collect(tmp_path, limits=Limits(files=22))[0]) == 22


def test_too_many_bytes_are_said_with_where_most_of_them_are(tmp_path: Path) -> None:
    tree(tmp_path, "a/1", "a/2", "a/3")
    for number in range(3):
        tree(tmp_path, f"data/{number}").joinpath(f"data/{number}").write_bytes(b"x" * 1000)
    with pytest.raises(TooLargeError) as caught:
        collect(tmp_path, limits=Limits(bytes=2900))
    assert "2.9 KiB" in caught.value.detail
    assert "'data'" in caught.value.detail


def test_a_huge_file_is_refused_by_its_size(tmp_path: Path) -> None:
    os.truncate(tree(tmp_path, "sub/disk.img") / "sub/disk.img", 3 << 30)  # sparse: it takes no room
    with pytest.raises(TooLargeError) as caught:
        collect(tmp_path)
    assert "'sub/disk.img' alone has 3.0 GiB" in caught.value.detail
    assert "1.0 GiB" in caught.value.detail


def test_a_walk_ends_after_so_many_entries_even_if_all_stay_behind(tmp_path: Path) -> None:
    tree(tmp_path, *(f"logs/{number}.log" for number in range(30)))
    (tmp_path / ".gitignore").write_text("*.log\n")
    with pytest.raises(
        TooLargeError, match="more than 20 files and folders to look through, most of them so far in 'logs'"
    ):
        collect(tmp_path, limits=Limits(entries=20))


def test_what_is_in_an_ignored_folder_is_not_even_looked_at(tmp_path: Path) -> None:
    tree(tmp_path, "a", *(f"dist/{number}" for number in range(30)))
    (tmp_path / ".gitignore").write_text("dist/\n")
    files, _ = collect(tmp_path, limits=Limits(entries=5, files=5))
    assert len(files) == 2


@contextmanager
def without_rights() -> Generator[None]:
    """Root may read everything, so its rights are laid down for a while."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.mark.parametrize("name", ["private-file", "private-folder"])
def test_what_may_not_be_read_is_named(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own is closed to others
        root = tree(Path(folder), "private-file", "private-folder/x")
        root.chmod(0o755)
        (root / name).chmod(0)
        with without_rights(), pytest.raises(FolderError, match=rf"{name} cannot be read: Permission denied"):
            collect(root)
