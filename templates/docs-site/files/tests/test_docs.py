"""Builds the site as it is published, and looks at what came out."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


def build(folder: Path, docs: Path = PROJECT / "docs") -> subprocess.CompletedProcess[str]:
    config = folder / "mkdocs.yml"
    config.write_text((PROJECT / "mkdocs.yml").read_text(encoding="utf-8") + f"\ndocs_dir: {docs}\n", encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", config, "-d", folder / "site"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    built = build(folder)
    assert built.returncode == 0, built.stderr
    return folder / "site"


def test_every_page_is_there(site: Path) -> None:
    for source in (PROJECT / "docs").rglob("*.md"):
        page = source.relative_to(PROJECT / "docs").with_suffix("")
        page = page.parent if page.name == "index" else page
        html = (site / page / "index.html").read_text(encoding="utf-8")
        assert "{{ title }}" in html


def test_the_search_knows_what_the_pages_say(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    assert any("refuses dead links" in entry["text"] for entry in index["docs"])


def test_a_dead_link_ends_the_build(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    for source in (PROJECT / "docs").rglob("*.md"):
        copy = docs / source.relative_to(PROJECT / "docs")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(source.read_text(encoding="utf-8").replace("(guides/write.md)", "(nowhere.md)"), encoding="utf-8")
    built = build(tmp_path, docs)
    assert built.returncode != 0
    assert "nowhere.md" in built.stderr
