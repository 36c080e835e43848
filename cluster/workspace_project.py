"""What is in a running workspace, as a project that others can be made of."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from cluster.editor import MANIFEST_PATH, read_manifest
from cluster.engine import Engine
from cluster.errors import WorkspaceFilesError
from cluster.files import EngineFiles
from templates.chat.masking import Mask
from templates.credentials import is_secret
from templates.errors import TooLargeError
from templates.guess import guess_manifest
from templates.limits import Limits, Tally
from templates.paths import check_files
from templates.project import Manifest, Project, ProjectFile
from templates.text import shown
from templates.workspace_files import FileContent, FileInfo, WorkspaceFiles

LIMITS = Limits(files=5_000, bytes=64 << 20)

BATCH_FILES, BATCH_BYTES = 500, 16 << 20
"""What is read at once."""

NAMED = 8
"""Files that a sentence names."""


@dataclass(frozen=True, slots=True)
class Found:
    """The project, of which `left_out` tells what stays behind, and files that are in it but look to hold secrets."""

    project: Project
    suspicious: tuple[str, ...]


async def read_project(engine: Engine, name: str, progress: Callable[[str], None], limits: Limits = LIMITS) -> Found:
    """The files that Git does not ignore, with their bytes; links and what may hold secrets stay behind.

    Raises WorkspaceStoppedError, WorkspaceFilesError, TooLargeError, UnsafePathError.
    """
    files = EngineFiles(engine, name)
    manifest = await kept_manifest(engine, name)
    listing = await files.list()
    if listing.more:
        raise TooLargeError("The workspace has more files than can be listed.")
    secret = [one.path for one in listing.files if _secret(one.path, b"")]
    left = set(secret)
    wanted, tally = [one for one in listing.files if one.path not in left], Tally(limits)
    for one in wanted:
        tally.keep(one.path.split("/"), one.size)
    read: list[FileContent] = []
    for batch in _batches(wanted):
        read += await _read(files, name, batch)
        progress(f"{len(read)} of {len(wanted)} files")
    return await asyncio.to_thread(_found, name, manifest, read, secret, listing.ignored)


async def read_what_runs(engine: Engine, name: str, template: str) -> Project:
    """Of a workspace only what runs, or makes the editor run something: its manifest, and the editor's own files."""
    manifest = await kept_manifest(engine, name) or Manifest(name)
    files = EngineFiles(engine, name)
    paths = [one.path for one in (await files.list()).files if _is_the_editors(one.path)]
    read = (await files.read(paths)).values()
    # The engine's record counts: what the workspace remembers of itself, it may have changed.
    return Project(replace(manifest, template=template), tuple(ProjectFile(one.path, one.content) for one in read))


def _is_the_editors(path: str) -> bool:
    return f"/{path}".rpartition("/")[0].endswith("/.vscode") or path.endswith(".code-workspace")


async def kept_manifest(engine: Engine, name: str) -> Manifest | None:
    """What the workspace was made from, as it remembers; None where it does not."""
    session = await engine.exec(name, ("sh", "-c", f'cat "$HOME/{MANIFEST_PATH}"'))
    try:
        await session.close_stdin()
        said = b"".join([data async for stream, data in session.output() if stream == "stdout"])
    finally:
        await session.close()
    try:
        return read_manifest(said)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


async def _read(files: WorkspaceFiles, name: str, batch: Sequence[FileInfo]) -> list[FileContent]:
    there = await files.read([one.path for one in batch])
    for one in batch:
        if one.path not in there:
            detail = f"{shown(one.path)} of {name!r} was there, and cannot be read."
            raise WorkspaceFilesError(detail, hint="Run the same command again, once nobody changes its files.")
    return [there[one.path] for one in batch]


def _batches(files: Sequence[FileInfo]) -> Iterator[list[FileInfo]]:
    batch: list[FileInfo] = []
    size = 0
    for one in files:
        if batch and (len(batch) == BATCH_FILES or size + one.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += one.size
    if batch:
        yield batch


def _found(
    name: str, manifest: Manifest | None, read: Sequence[FileContent], named: Sequence[str], ignored: int
) -> Found:
    secret = sorted((*named, *(one.path for one in read if _secret(one.path, one.content))))
    behind, left = set(secret), list[str]()
    kept = [one for one in read if one.path not in behind]
    if secret:
        left.append(f"Files that may hold secrets stay behind: {_names(secret)}.")
    if ignored:
        left.append(f"Files that Git ignores stay behind: {ignored:,}.")
    texts = {one.path: one.content for one in kept}
    guessed = manifest or guess_manifest(name, texts, lambda path: texts.get(path, b"").decode("utf-8", "replace"))
    files = [ProjectFile(one.path, one.content, mode=0o755 if one.mode & 0o100 else 0o644) for one in kept]
    suspicious = tuple(one.path for one in kept if _holds_a_secret(one.content))
    return Found(Project(guessed, check_files(files), tuple(left)), suspicious)


def _names(paths: Sequence[str]) -> str:
    more = len(paths) - NAMED
    return ", ".join(map(shown, paths[:NAMED])) + (f" and {more:,} more" if more > 0 else "")


def _secret(path: str, content: bytes) -> bool:
    parts = path.split("/")
    folders = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
    return any(is_secret(one, folder=True, start=bytes) for one in folders) or is_secret(
        path, folder=False, start=lambda: content
    )


def _holds_a_secret(content: bytes) -> bool:
    if b"\0" in content[:8192] or len(content) > 1 << 20:
        return False
    mask = Mask()
    mask.hide(content.decode("utf-8", "replace"))
    return mask.count > 0
