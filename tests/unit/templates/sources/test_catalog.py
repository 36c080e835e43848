"""Ours and others as one catalog: whatever is wrong with a source, all else is listed."""

import os
from pathlib import Path

import pytest

from templates.catalog import is_ours
from templates.errors import TemplateError, TemplateNotFoundError
from templates.render import render
from templates.sources.catalog import SourcedCatalog
from templates.sources.errors import SourceError
from templates.sources.source import Source, SourceBook
from tests.unit.templates.sources.conftest import MANIFEST, add_template


def keep(book: SourceBook, *sources: Source) -> None:
    book.file.parent.mkdir(exist_ok=True)
    book.write(sources)


def test_ours_come_with_others_and_each_says_whose_it_is(tmp_path: Path, catalog: SourcedCatalog) -> None:
    keep(catalog.book, Source("team", add_template(tmp_path / "team" / "api").parent))
    listing = catalog.list()
    assert [(one.id, one.source, one.short, one.ours) for one in listing.templates] == [
        ("shop", None, "shop", True),
        ("team/api", "team", "api", False),
    ]
    assert catalog.ids() == ("shop", "team/api")
    assert [is_ours(one) for one in catalog.ids()] == [True, False]
    assert render(catalog.load("team/api"), {"name": "x"}).manifest.template == "team/api"


def test_the_last_part_suffices_where_it_is_that_of_one(tmp_path: Path, catalog: SourcedCatalog) -> None:
    for name in ("one", "two"):
        add_template(tmp_path / name / "both")
        add_template(tmp_path / name / name)
        add_template(tmp_path / name / "shop", MANIFEST.format("not ours"))
    keep(catalog.book, Source("one", tmp_path / "one"), Source("two", tmp_path / "two"))
    assert catalog.load("one").id == "one/one"
    assert catalog.load("shop").manifest.title == "shop"  # ours is never hidden
    with pytest.raises(TemplateError) as caught:
        catalog.load("both")
    assert "`one/both` or `two/both`" in caught.value.hint
    with pytest.raises(TemplateNotFoundError):
        catalog.load("one/../two/both")
    with pytest.raises(SourceError):
        catalog.load("nobody/both")


def test_a_source_that_has_gone_or_is_broken_stands_in_its_place(tmp_path: Path, catalog: SourcedCatalog) -> None:
    add_template(tmp_path / "mixed" / "good")
    add_template(tmp_path / "mixed" / "bad", 'title = "x"\nlanguge = "Go"\n')
    (tmp_path / "empty").mkdir()
    keep(
        catalog.book,
        Source("gone", tmp_path / "gone"),
        Source("git", tmp_path / "fetched", "https://example.com/x", "abc"),
        Source("mixed", tmp_path / "mixed"),
        Source("empty", tmp_path / "empty"),
    )
    listing = catalog.list()
    assert [one.id for one in listing.templates] == ["mixed/good", "shop"]
    assert set(listing.broken) == {"gone", "git", "mixed/bad", "empty"}
    assert "vibecode templates remove gone" in listing.broken["gone"].hint
    assert "vibecode templates update git" in listing.broken["git"].hint
    bad = listing.broken["mixed/bad"].detail
    assert str(tmp_path / "mixed" / "bad" / "template.toml") in bad
    assert "line 2: languge is not a field" in bad
    assert catalog.ids() == ("mixed/bad", "mixed/good", "shop")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"sources": [1]}', '{"sources": [{"name": "a", "folder": "x"}]}'])
def test_a_file_that_is_none_of_ours_hides_nothing(catalog: SourcedCatalog, text: str) -> None:
    keep(catalog.book)
    catalog.book.file.write_text(text)
    listing = catalog.list()
    assert [one.id for one in listing.templates] == ["shop"]
    assert str(catalog.book.file) in listing.broken["template-sources.json"].detail


def test_nothing_of_this_machine_comes_in_by_a_link_or_a_pipe(tmp_path: Path, catalog: SourcedCatalog) -> None:
    secret = tmp_path / "secret"
    add_template(secret / "hidden", id_rsa="key")
    source = tmp_path / "team"
    add_template(source / "good")
    (source / "linked").symlink_to(secret / "hidden")
    for name in ("files", "manifest", "pipe"):
        add_template(source / name)
    (source / "files" / "files" / "main.go").unlink()
    (source / "files" / "files").rmdir()
    (source / "files" / "files").symlink_to(secret / "hidden" / "files")
    (source / "manifest" / "template.toml").unlink()
    (source / "manifest" / "template.toml").symlink_to(secret / "hidden" / "template.toml")
    (source / "pipe" / "template.toml").unlink()
    os.mkfifo(source / "pipe" / "template.toml")
    keep(catalog.book, Source("team", source))
    listing = catalog.list()
    assert [one.id for one in listing.templates] == ["shop", "team/good"]
    assert {name: error.detail.partition(": ")[2] for name, error in listing.broken.items()} == {
        "team/files": "",
        "team/manifest": "cannot be read (it is a link).",
        "team/pipe": "is not a file.",
    }
    assert "is a link" in listing.broken["team/files"].detail


@pytest.mark.parametrize(
    "manifest",
    [
        "x = " + "[" * 100_000,
        'title = "' + "x" * 300_000 + '"',
        "ports = [" + "9" * 5000 + "]",
        MANIFEST.format("x")
        + "[variables.a]\ntype='string'\ntitle='a'\ndefault='"
        + "a" * 40
        + "!'\npattern='(a+)+'\n",
        MANIFEST.format("x") + "[variables.a]\ntype='string'\ntitle='a'\ndefault=''\npattern='" + "(" * 50_000 + "'\n",
    ],
    ids=["nested", "large", "number", "slow", "deep"],
)
def test_a_hostile_manifest_is_refused_soon(tmp_path: Path, catalog: SourcedCatalog, manifest: str) -> None:
    keep(catalog.book, Source("team", add_template(tmp_path / "team" / "evil", manifest).parent))
    listing = catalog.list()
    assert [one.id for one in listing.templates] == ["shop"]
    assert list(listing.broken) == ["team/evil"]
