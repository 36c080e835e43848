"""The files of a workspace, on any engine: a shell script over its `exec`, changes as one tar, all or none."""

import asyncio
import io
import posixpath
import tarfile
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing

from cluster.commands import run_command
from cluster.engine import Engine, ExecSession, Occurrence, Unit
from cluster.errors import VolumeFullError, WorkspaceFilesError
from cluster.file_listing import parse_listing
from cluster.file_scripts import APPLY, LIST, READ, RECORDS
from cluster.frames import FRAME, ahead, framed
from templates.errors import FilesConflictError, RecordsConflictError, TooLargeError, UnsafePathError
from templates.paths import check_files, check_path
from templates.project import ProjectFile
from templates.text import size_in_words
from templates.workspace_files import (
    ABSENT,
    READ_LIMIT,
    Change,
    Conflict,
    Delete,
    FileContent,
    Listing,
    Ran,
    Write,
    sha256,
)

LISTED = 50_000
"""Files that a listing has at most, before those that Git ignores are left out."""


class EngineFiles:
    """See `templates.workspace_files.WorkspaceFiles`."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name

    async def list(self) -> Listing:
        said = await self._run(LIST, (str(LISTED + 1),))
        return await asyncio.to_thread(parse_listing, said, LISTED)

    async def read(self, paths: Sequence[str]) -> Mapping[str, FileContent]:
        if not paths:
            return {}
        asked = "".join(f"{check_path(path)}\n" for path in paths).encode()
        archive = await self._run(READ, (), ahead(framed((asked,))))
        return {file.path: file for file in await asyncio.to_thread(_unpacked, archive)}

    async def records(self, pattern: str) -> Mapping[str, bytes]:
        archive = await self._run(RECORDS, (pattern,))
        return {file.path: file.content for file in await asyncio.to_thread(_unpacked, archive)}

    async def apply(self, changes: Sequence[Change], records: Sequence[Change] = ()) -> Mapping[str, str]:
        hashes: dict[str, str] = {}
        archive = _archive(_checked(changes), _checked(records), hashes)
        said = (await self._run(APPLY, (), ahead(framed(archive)))).decode("utf-8", "replace").splitlines()
        match said[:1]:
            case ["done"]:
                return hashes
            case ["files"]:
                raise FilesConflictError(tuple(_conflicts(changes, said[1:])))
            case ["records"]:
                raise RecordsConflictError(tuple(_conflicts(records, said[1:])))
            case _:
                _, reason, path = said[0].split("\t")
                raise UnsafePathError(f"{path!r} {reason}; nothing was written.")

    async def run(self, command: str, *, seconds: float, show: Callable[[str], None] | None = None) -> Ran:
        return await run_command(self._engine, self._name, command, seconds=seconds, show=show)

    async def logs(self, lines: int) -> tuple[str, ...]:
        return tuple([line async for line in self._engine.logs(self._name, tail=lines)])

    async def happened(self, lines: int) -> tuple[str, ...]:
        told = await self._engine.activity(self._name)
        return (*map(_unit_line, told.units), *map(_occurrence_line, told.occurrences[-lines:]))

    async def _run(self, script: str, arguments: Sequence[str], frames: AsyncGenerator[bytes] | None = None) -> bytes:
        session = await self._engine.exec(self._name, ("sh", "-c", script, "files", *arguments))
        try:
            said, complaints = await _converse(session, frames)
        finally:
            await session.close()
        if session.exit_code == 0:
            return said
        if "No space left" in complaints or "Disk quota exceeded" in complaints:
            raise VolumeFullError("The workspace's volume has no room for the changes; nothing was written.")
        last = complaints.strip().splitlines()[-1:] or [f"the command ended with exit code {session.exit_code}"]
        raise WorkspaceFilesError(f"The files of {self._name!r} cannot be reached: {last[0]}.")


async def _converse(session: ExecSession, frames: AsyncGenerator[bytes] | None) -> tuple[bytes, str]:
    """What the command prints while it is sent the frames."""
    said, complaints = bytearray(), bytearray()

    async def listen() -> None:
        async for stream, data in session.output():
            if stream == "stderr":
                complaints.extend(data[:FRAME])
                del complaints[:-FRAME]
            elif len(said) + len(data) > READ_LIMIT:
                raise TooLargeError(f"The files have more than {size_in_words(READ_LIMIT)}; read fewer at once.")
            else:
                said.extend(data)

    async def speak() -> None:
        if frames is not None:
            async with aclosing(frames):
                async for frame in frames:
                    await session.write(frame)
        await session.close_stdin()

    listener, speaker = asyncio.ensure_future(listen()), asyncio.ensure_future(speak())
    try:
        await listener
    finally:
        for task in (listener, speaker):
            task.cancel()
        await asyncio.gather(listener, speaker, return_exceptions=True)
    return bytes(said), complaints.decode("utf-8", "replace")


def _unit_line(one: Unit) -> str:
    restarts = f", started again {one.restarts} times" if one.restarts else ""
    return f"{one.kind} {one.name}: {one.state}, {one.words}{restarts}"


def _occurrence_line(one: Occurrence) -> str:
    times = f" ({one.count} times)" if one.count > 1 else ""
    return f"{one.time:%H:%M:%S} {one.kind} {one.name}: {one.reason}: {one.message}{times}"


def _unpacked(archive: bytes) -> Iterator[FileContent]:
    if not archive:
        return
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isreg() else None
            if content is not None:
                yield FileContent(member.name.removeprefix("./"), content.read(), member.mode & 0o777)


def _checked(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes, if their paths are contained and none is named twice."""
    check_files(ProjectFile(one.path, b"") for one in changes)
    return tuple(changes)


def _archive(changes: Sequence[Change], records: Sequence[Change], hashes: dict[str, str]) -> Iterator[bytes]:
    """What `APPLY` reads: new files below `new/` and `records/`, then lists of what is to be checked.

    In the end `hashes` has those of the files that are written.
    """
    sums: list[str] = []
    for place, every, found in (("new", changes, hashes), ("records", records, dict[str, str]())):
        for one in every:
            if isinstance(one, Write):
                found[one.path] = sha256(one.content)
                sums.append(f"{found[one.path]}  {place}/{one.path}")
                yield from _entry(f"{place}/{one.path}", one.content, 0o644 if one.mode is None else one.mode)
    lists = {
        "targets": [one.path for one in changes],
        "folders": sorted({folder for one in changes for folder in _above(one.path)}),
        "modeless": [one.path for one in changes if isinstance(one, Write) and one.mode is None],
        "delete": [one.path for one in changes if isinstance(one, Delete)],
        "drop": [one.path for one in records if isinstance(one, Delete)],
        "bases": [f"{one.base}  {one.path}" for one in changes if one.base not in (None, ABSENT)],
        "absent": [one.path for one in changes if one.base == ABSENT],
        "record-bases": [f"{one.base}  {one.path}" for one in records if one.base not in (None, ABSENT)],
        "record-absent": [one.path for one in records if one.base == ABSENT],
        "SHA256SUMS": sums,
        "complete": [],
    }
    for name, lines in lists.items():
        yield from _entry(name, "".join(f"{line}\n" for line in lines).encode(), 0o600)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _above(path: str) -> Iterator[str]:
    while path := posixpath.dirname(path):
        yield path


def _entry(path: str, content: bytes, mode: int) -> Iterator[bytes]:
    info = tarfile.TarInfo(path)
    info.size, info.mode = len(content), mode & 0o775 | 0o600  # never without its owner's access
    yield info.tobuf(tarfile.GNU_FORMAT)
    yield content
    yield bytes(-len(content) % tarfile.BLOCKSIZE)


def _conflicts(changes: Sequence[Change], lines: Sequence[str]) -> Iterator[Conflict]:
    """Of those changes that have a `base`, the ones that found another hash."""
    found = {line[66:]: line[:64] for line in lines}
    for one in changes:
        if one.base is not None and found.get(one.path, ABSENT) != one.base:
            yield Conflict(one.path, one.base, found.get(one.path, ABSENT))
