"""Fetching by the real Git, from repositories on this disk: what comes, what never does, and what is left."""

import asyncio
import os
from pathlib import Path

import pytest

from templates.sources import fetch as fetching
from templates.sources.errors import FetchError, GitMissingError
from templates.sources.fetch import FetchLimits, fetch
from tests.unit.templates.sources.conftest import commit, git


async def fetched(repository: Path, into: Path, **limits: int) -> str:
    into.mkdir()
    return await fetch(repository.as_uri(), into, lambda _: None, FetchLimits(**limits))


async def test_the_newest_files_come_and_nothing_of_git(repository: Path, tmp_path: Path) -> None:
    (repository / "api" / "files" / "run.sh").write_bytes(b"#!/bin/sh\r\n")
    (repository / "api" / "files" / "run.sh").chmod(0o755)
    last = commit(repository)
    assert await fetched(repository, tmp_path / "into") == last
    assert sorted(one.name for one in (tmp_path / "into").iterdir()) == ["api", "tool"]
    script = tmp_path / "into" / "api" / "files" / "run.sh"
    assert script.read_bytes() == b"#!/bin/sh\r\n"
    assert script.stat().st_mode & 0o100


async def test_no_filter_no_hook_and_no_configuration_of_the_person_runs(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a repository may choose by its attributes, and what the person has set for clones of their own."""
    ran, home, hooks = tmp_path / "ran", tmp_path / "person", tmp_path / "person" / "template" / "hooks"
    hooks.mkdir(parents=True)
    (hooks / "post-checkout").write_text(f"#!/bin/sh\ntouch {ran}\n")
    (hooks / "post-checkout").chmod(0o755)
    git(home, "config", "--global", "filter.evil.smudge", f"touch {ran}; cat")
    git(home, "config", "--global", "init.templateDir", str(hooks.parent))
    git(home, "config", "--global", "core.hooksPath", str(hooks))
    git(home, "config", "--global", "core.autocrlf", "true")
    (repository / ".gitattributes").write_text("* filter=evil ident text\n")
    (repository / "api" / "files" / "id.txt").write_text("$Id$\n")
    commit(repository)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    await fetched(repository, tmp_path / "into")
    assert not ran.exists()
    stored = git(repository, "show", "HEAD:api/files/id.txt")
    assert (tmp_path / "into" / "api" / "files" / "id.txt").read_bytes() == f"{stored}\n".encode()


async def test_what_is_not_there_is_said_in_gits_words_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"does not exist|does not appear to be a git repository"):
        await fetched(tmp_path / "nobody", tmp_path / "into")
    assert not (tmp_path / "into").exists()


async def test_a_repository_without_a_commit_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    git(empty, "init", "--quiet")
    with pytest.raises(FetchError):
        await fetched(empty, tmp_path / "into")
    assert not (tmp_path / "into").exists()


@pytest.mark.parametrize("limits", [{"bytes": 100_000}, {"files": 5}])
async def test_too_much_is_refused_and_leaves_nothing(repository: Path, tmp_path: Path, limits: dict[str, int]) -> None:
    (repository / "api" / "files" / "large").write_bytes(os.urandom(200_000))
    commit(repository)
    with pytest.raises(FetchError, match="has more than"):
        await fetched(repository, tmp_path / "into", **limits)
    assert not (tmp_path / "into").exists()


def slow_git(folder: Path) -> Path:
    """A `git` that says that it has begun, and never ends."""
    program = folder / "bin" / "git"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho 'Receiving objects: 1%' >&2\nsleep 600 &\necho $! > {folder}/pid\nwait\n")
    program.chmod(0o755)
    return program.parent


async def test_stopped_it_ends_all_that_it_began_and_leaves_nothing(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(slow_git(tmp_path)), prepend=os.pathsep)
    begun, into = asyncio.Event(), tmp_path / "into"
    into.mkdir()
    work = asyncio.ensure_future(fetch(repository.as_uri(), into, lambda _: begun.set()))
    await begun.wait()
    while not (pid := _read(tmp_path / "pid")):
        await asyncio.sleep(0)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert not into.exists()
    async with asyncio.timeout(10):  # what was killed is not gone at once
        while not _has_ended(int(pid)):
            await asyncio.sleep(0)


async def test_its_time_is_limited(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(slow_git(tmp_path)), prepend=os.pathsep)
    (tmp_path / "into").mkdir()
    with pytest.raises(FetchError, match="not done within"):
        await fetch(repository.as_uri(), tmp_path / "into", lambda _: None, FetchLimits(seconds=0.3))
    assert not (tmp_path / "into").exists()


async def test_without_git_it_says_so(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitMissingError):
        await fetch(repository.as_uri(), tmp_path / "into", lambda _: None)


def test_a_question_for_a_password_becomes_a_hint_and_a_password_is_never_told() -> None:
    said = "fatal: could not read Username for 'https://ada:s3cret@example.com': terminal prompts disabled"
    lines = fetching._told(said.encode())  # pyright: ignore[reportPrivateUsage]
    assert "s3cret" not in lines
    error = fetching._refused(fetching.deque([lines]))  # pyright: ignore[reportPrivateUsage]
    assert "credentials" in error.hint


def _read(file: Path) -> str:
    return file.read_text() if file.exists() else ""


def _has_ended(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"
