"""The catalog: what it lists, what it skips, and how it says that something is not there."""

import subprocess
import sys
from pathlib import Path

import pytest

from templates.catalog import Catalog
from templates.errors import TemplateError, TemplateNotFoundError

MANIFEST = 'title = "{}"\ndescription = "D"\nlanguage = "Go"\ntags = ["t"]\n'


def add(folder: Path, template_id: str, manifest: str | None = None) -> Path:
    template = folder / template_id
    (template / "files").mkdir(parents=True)
    (template / "template.toml").write_text(MANIFEST.format(template_id) if manifest is None else manifest)
    return template


def test_templates_are_listed_by_id_and_folders_that_are_none_are_not(tmp_path: Path) -> None:
    add(tmp_path, "zebra")
    add(tmp_path, "ant")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "README.md").touch()
    listing = Catalog(tmp_path).list()
    assert [template.as_dict() for template in listing.templates] == [
        {"id": "ant", "title": "ant", "language": "Go", "tags": ["t"], "source": None},
        {"id": "zebra", "title": "zebra", "language": "Go", "tags": ["t"], "source": None},
    ]
    assert listing.broken == {}


def test_a_broken_template_is_named_and_skipped(tmp_path: Path) -> None:
    add(tmp_path, "good")
    add(tmp_path, "bad", "title = 1\n")
    listing = Catalog(tmp_path).list()
    assert [template.id for template in listing.templates] == ["good"]
    assert list(listing.broken) == ["bad"]
    assert str(tmp_path / "bad" / "template.toml") in listing.broken["bad"].detail


def test_a_template_is_loaded_by_its_id(tmp_path: Path) -> None:
    folder = add(tmp_path, "shop")
    template = Catalog(tmp_path).load("shop")
    assert (template.id, template.folder, template.files) == ("shop", folder, folder / "files")
    assert template.manifest.title == "shop"


def test_a_broken_template_is_not_loaded_and_does_not_stop_others(tmp_path: Path) -> None:
    add(tmp_path, "good")
    add(tmp_path, "bad", "title = 1\n")
    catalog = Catalog(tmp_path)
    assert catalog.load("good").id == "good"
    with pytest.raises(TemplateError, match="line 1: title"):
        catalog.load("bad")


def test_an_unknown_id_is_answered_with_similar_ones(tmp_path: Path) -> None:
    add(tmp_path, "python-fastapi")
    add(tmp_path, "static-site")
    with pytest.raises(TemplateNotFoundError) as caught:
        Catalog(tmp_path).load("python-fastpai")
    assert "'python-fastpai'" in caught.value.detail
    assert "`python-fastapi`" in caught.value.hint
    assert "static-site" not in caught.value.hint
    with pytest.raises(TemplateNotFoundError) as caught:
        Catalog(tmp_path).load("cobol")
    assert "`vibecode templates`" in caught.value.hint


@pytest.mark.parametrize("template_id", ["../outside", "/etc", "", ".", "shop/files", "shop\0"])
def test_an_id_is_never_a_path(tmp_path: Path, template_id: str) -> None:
    add(tmp_path, "outside")
    add(tmp_path / "in", "shop")
    with pytest.raises(TemplateNotFoundError):
        Catalog(tmp_path / "in").load(template_id)


@pytest.mark.parametrize("template_id", ["Shop", "my_shop", "my--shop", "-shop", "2shop"])
def test_a_folder_that_is_no_id_is_named(tmp_path: Path, template_id: str) -> None:
    add(tmp_path, template_id)
    listing = Catalog(tmp_path).list()
    assert listing.templates == ()
    assert str(tmp_path / template_id) in listing.broken[template_id].detail


def test_what_a_manifest_names_must_be_there(tmp_path: Path) -> None:
    no_files = add(tmp_path, "no-files") / "files"
    no_files.rmdir()
    no_vsix = add(tmp_path, "no-vsix", MANIFEST.format("x") + 'extensions = ["./own.vsix"]\n')
    has_vsix = add(tmp_path, "has-vsix", MANIFEST.format("x") + 'extensions = ["./own.vsix"]\n')
    (has_vsix / "files" / "own.vsix").touch()
    listing = Catalog(tmp_path).list()
    assert [template.id for template in listing.templates] == ["has-vsix"]
    assert str(no_files) in listing.broken["no-files"].detail
    assert str(no_vsix / "files" / "own.vsix") in listing.broken["no-vsix"].detail


def test_ids_are_known_without_reading_manifests_or_importing_pydantic() -> None:
    script = "import sys; from templates.catalog import Catalog; print(*Catalog().ids(), 'pydantic' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.split()[-1] == "False"
    assert "python-fastapi" in answer.stdout.split()
