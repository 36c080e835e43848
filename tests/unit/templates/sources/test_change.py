"""Sources added, fetched anew, removed, and made: each whole or not at all."""

import json
import shutil
from pathlib import Path

import pytest

from templates.errors import TemplateError
from templates.project import Manifest, Project, ProjectFile
from templates.render import render
from templates.sources.catalog import SourcedCatalog
from templates.sources.change import Sources
from templates.sources.errors import (
    ExportError,
    FetchError,
    SourceError,
    SourceNotFoundError,
    SourcesBusyError,
    SourceTakenError,
)
from templates.sources.source import SourceBook
from tests.unit.templates.sources.conftest import add_template, commit


def quiet(_: str) -> None: ...


def ids(catalog: SourcedCatalog) -> list[str]:
    return [one.id for one in catalog.list().templates]


async def test_a_folder_is_a_source_and_what_is_changed_in_it_is_seen_at_once(
    tmp_path: Path, sources: Sources, catalog: SourcedCatalog
) -> None:
    folder = add_template(tmp_path / "own" / "api").parent
    source, listing = await sources.add(str(folder), None, quiet)
    assert (source.name, source.folder, source.url) == ("own", folder, "")
    assert [one.id for one in listing.templates] == ["own/api"]
    add_template(folder / "tool")
    assert ids(catalog) == ["own/api", "own/tool", "shop"]


async def test_a_folder_that_is_a_template_is_called_as_its_source(
    tmp_path: Path, sources: Sources, catalog: SourcedCatalog
) -> None:
    await sources.add(str(add_template(tmp_path / "My_Api")), None, quiet)
    assert ids(catalog) == ["my-api/my-api", "shop"]
    assert render(catalog.load("my-api"), {"name": "x"}).manifest.template == "my-api/my-api"


async def test_git_is_fetched_and_fetched_anew(repository: Path, sources: Sources, catalog: SourcedCatalog) -> None:
    source, _ = await sources.add(repository.as_uri(), None, quiet)
    assert (source.name, source.url) == ("team", repository.as_uri())
    assert ids(catalog) == ["shop", "team/api", "team/tool"]
    (repository / "api" / "files" / "main.go").write_text("package other\n")
    shutil.rmtree(repository / "tool")
    last = commit(repository)
    assert ids(catalog) == ["shop", "team/api", "team/tool"]
    updated, _ = await sources.update("team", quiet)
    assert updated.commit == last != source.commit
    assert ids(catalog) == ["shop", "team/api"]
    assert (updated.folder / "api" / "files" / "main.go").read_text() == "package other\n"
    assert list(sources.book.fetched.iterdir()) == [updated.folder]


async def test_what_is_fetched_in_vain_changes_nothing(repository: Path, sources: Sources, book: SourceBook) -> None:
    before, _ = await sources.add(repository.as_uri(), None, quiet)
    for name in ("api", "tool"):
        (repository / name / "template.toml").write_text("title = 1\n")
    commit(repository)
    with pytest.raises(TemplateError, match="line 1: title"):
        await sources.update("team", quiet)
    shutil.rmtree(repository)
    with pytest.raises(FetchError):
        await sources.update("team", quiet)
    assert book.read() == (before,)
    assert list(book.fetched.iterdir()) == [before.folder]


async def test_the_file_is_private_and_holds_no_more_than_what_was_added(
    tmp_path: Path, sources: Sources, book: SourceBook
) -> None:
    folder = add_template(tmp_path / "own")
    await sources.add(str(folder), None, quiet)
    assert book.file.stat().st_mode & 0o777 == 0o600
    assert json.loads(book.file.read_text()) == {
        "sources": [{"name": "own", "folder": str(folder), "url": None, "commit": None}]
    }


@pytest.mark.parametrize("name", ["python-fastapi", "own"])
async def test_a_name_that_is_taken_is_refused_with_whose_it_is(tmp_path: Path, sources: Sources, name: str) -> None:
    await sources.add(str(add_template(tmp_path / "own")), None, quiet)
    with pytest.raises(SourceTakenError) as caught:
        await sources.add(str(add_template(tmp_path / "other")), name, quiet)
    assert name in caught.value.detail
    assert "--name" in caught.value.hint


async def test_the_same_place_is_added_once(tmp_path: Path, repository: Path, sources: Sources) -> None:
    await sources.add(str(add_template(tmp_path / "own")), None, quiet)
    await sources.add(repository.as_uri(), None, quiet)
    for place in (str(tmp_path / "own"), repository.as_uri()):
        with pytest.raises(SourceTakenError, match="already"):
            await sources.add(place, "twice", quiet)


async def test_what_has_no_template_is_refused(tmp_path: Path, sources: Sources, book: SourceBook) -> None:
    (tmp_path / "bare" / "inside").mkdir(parents=True)
    (tmp_path / "file").touch()
    for place, words in (("bare", "has no templates"), ("file", "is a file"), ("nobody", "No such file")):
        with pytest.raises(SourceError, match=words):
            await sources.add(str(tmp_path / place), None, quiet)
    assert book.read() == ()


@pytest.mark.parametrize("name", ["A", "a/b", "../x", "-x", "x" * 41, "ä"])
async def test_a_name_that_no_id_begins_with_is_refused(tmp_path: Path, sources: Sources, name: str) -> None:
    with pytest.raises(SourceError, match="cannot be the name"):
        await sources.add(str(add_template(tmp_path / "own")), name, quiet)


async def test_a_source_is_forgotten_and_its_folder_stays(tmp_path: Path, sources: Sources, book: SourceBook) -> None:
    folder = add_template(tmp_path / "own")
    await sources.add(str(folder), None, quiet)
    sources.remove("own")
    assert book.read() == ()
    assert (folder / "template.toml").exists()
    with pytest.raises(SourceNotFoundError, match="'own'"):
        sources.remove("own")


async def test_what_git_brought_goes_with_its_source(repository: Path, sources: Sources, book: SourceBook) -> None:
    await sources.add(repository.as_uri(), None, quiet)
    sources.remove("team")
    assert list(book.fetched.iterdir()) == []


async def test_two_do_not_change_the_sources_at_once(tmp_path: Path, sources: Sources, book: SourceBook) -> None:
    with book.changing(), pytest.raises(SourcesBusyError):
        await sources.add(str(add_template(tmp_path / "own")), None, quiet)


PROJECT = Project(
    Manifest("Shop", "python-fastapi", "A shop.", "Python", ("api",), (8000,), "uv run app", "uv run pytest"),
    (
        ProjectFile(".gitignore", b"dist/\n"),
        ProjectFile("dist/app.js", b"kept, though ignored\n"),
        ProjectFile("page.html", b"<p>{{ name }} {{ title }}</p>\n"),
        ProjectFile("run.sh", b"#!/bin/sh\n", mode=0o755),
    ),
)


async def test_what_is_made_of_a_project_gives_the_same_files(sources: Sources, catalog: SourcedCatalog) -> None:
    source, left = await sources.make("shop-api", PROJECT, None)
    assert left == ()
    assert source.folder.stat().st_mode & 0o077 == 0
    made = render(catalog.load("shop-api/shop-api"), {"name": "other"})
    assert made.digest == Project(made.manifest, PROJECT.files).digest
    manifest = made.manifest
    assert (manifest.template, manifest.run, manifest.ports) == ("shop-api/shop-api", "uv run app", (8000,))
    sources.remove("shop-api")
    assert not source.folder.exists()


async def test_what_a_manifest_cannot_say_is_said(tmp_path: Path, sources: Sources, catalog: SourcedCatalog) -> None:
    long = Project(Manifest("S" * 200, run="x" * 300, tags=("A B",), test='echo "é\\"'), PROJECT.files)
    _, left = await sources.make("long", long, tmp_path / "out")
    assert [sentence.split()[1] for sentence in left] == ["tags", "run"]
    manifest = catalog.load("long/long").manifest
    assert (manifest.title, manifest.language, manifest.test) == ("S" * 80, "Other", 'echo "é\\"')


async def test_nothing_is_written_over(tmp_path: Path, sources: Sources, book: SourceBook) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    with pytest.raises(ExportError, match="already"):
        await sources.make("new", PROJECT, tmp_path / "out")
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["mine"]
    assert book.read() == ()
