"""A home of sources, folders with templates, and a repository on this disk."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from templates.sources.catalog import SourcedCatalog
from templates.sources.change import Sources
from templates.sources.source import SourceBook

MANIFEST = 'title = "{}"\ndescription = "D"\nlanguage = "Go"\nrun = "go run ."\n'

Add = Callable[..., Path]


def add_template(folder: Path, manifest: str | None = None, **files: str) -> Path:
    """Writes a template into the folder."""
    (folder / "files").mkdir(parents=True, exist_ok=True)
    (folder / "template.toml").write_text(MANIFEST.format(folder.name) if manifest is None else manifest)
    for name, text in {"main.go": "package main\n", **files}.items():
        (folder / "files" / name).write_text(text)
    return folder


def git(folder: Path, *words: str) -> str:
    """Runs Git as somebody whose configuration has nothing to do with the person's."""
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(("git", *who, "-C", str(folder), *words), env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "more")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """With two templates, `api` and `tool`."""
    folder = tmp_path / "team"
    add_template(folder / "api")
    add_template(folder / "tool")
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder)
    return folder


@pytest.fixture
def book(tmp_path: Path) -> SourceBook:
    return SourceBook(tmp_path / "home" / "template-sources.json", tmp_path / "home" / "templates")


@pytest.fixture
def sources(book: SourceBook) -> Sources:
    return Sources(book, ("python-fastapi",))


@pytest.fixture
def catalog(book: SourceBook, tmp_path: Path) -> SourcedCatalog:
    """Ours is `shop`."""
    add_template(tmp_path / "ours" / "shop")
    return SourcedCatalog(tmp_path / "ours", book=book)
