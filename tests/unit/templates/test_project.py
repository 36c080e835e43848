"""A project's bytes in bounded pieces, and a digest that tells projects apart."""

from dataclasses import replace
from pathlib import Path

import pytest

from templates.project import CHUNK, Manifest, Project, ProjectFile

BASE = Project(
    Manifest("Shop", run="run it", ports=(8000,)),
    (ProjectFile("a", content=b"1"), ProjectFile("b", content=b"2"), ProjectFile("l", link="a")),
)


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, 3 * CHUNK])
@pytest.mark.parametrize("on_disk", [False, True])
def test_chunks_are_bounded_and_make_up_the_whole(tmp_path: Path, size: int, on_disk: bool) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    content = content[:size]
    (tmp_path / "x").write_bytes(content)
    file = ProjectFile("x", source=tmp_path / "x") if on_disk else ProjectFile("x", content=content)
    chunks = list(file.chunks())
    assert b"".join(chunks) == content
    assert all(0 < len(chunk) <= CHUNK for chunk in chunks)


def test_a_link_has_no_bytes() -> None:
    assert list(ProjectFile("x", link="y").chunks()) == []


def test_the_digest_does_not_depend_on_where_bytes_are_nor_on_order_nor_on_what_was_left_out(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"1")
    first, *others = BASE.files
    same = Project(BASE.manifest, (*others, replace(first, content=None, source=tmp_path / "one")), ("a note",))
    assert same.digest == BASE.digest


@pytest.mark.parametrize(
    "other",
    [
        replace(BASE, manifest=replace(BASE.manifest, run="run that")),
        replace(BASE, manifest=replace(BASE.manifest, ports=(8000, 8001))),
        replace(BASE, files=BASE.files[:2]),
        replace(BASE, files=(replace(BASE.files[0], content=b"x"), *BASE.files[1:])),
        replace(BASE, files=(replace(BASE.files[0], path="c"), *BASE.files[1:])),
        replace(BASE, files=(replace(BASE.files[0], mode=0o755), *BASE.files[1:])),
        replace(BASE, files=(*BASE.files[:2], replace(BASE.files[2], link="b"))),
        replace(BASE, files=(*BASE.files[:2], ProjectFile("l", content=b"a"))),
        replace(BASE, files=(*BASE.files[:2], ProjectFile("l", content=b""))),
        replace(BASE, files=(ProjectFile("a", content=b"12"), ProjectFile("b", content=b""), BASE.files[2])),
    ],
)
def test_a_difference_makes_another_digest(other: Project) -> None:
    assert other.digest != BASE.digest
