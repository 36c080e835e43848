"""Files into a workspace: one deterministic tar, verified by hash on arrival, in place all at once or not at all."""

import asyncio
import hashlib
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from cluster.engine import ExecSession
from cluster.errors import SeedError, VolumeFullError
from cluster.frames import FRAME, ahead, framed
from templates.events import Step
from templates.paths import check_files
from templates.project import ProjectFile

SUMS = "SHA256SUMS"

SCRIPT = """
set -eu
umask 022
cd "$HOME"
state="$HOME/.vibecode"
mkdir -p "$state"
# What is left unread must be drained, or containerd never tells how a command ended.
if [ "$(cat "$state/seeded" 2>/dev/null)" = "$1" ]; then echo present; cat >/dev/null; exit 0; fi
# An earlier attempt may still be running here, cut off from who began it: without its folder it ends by itself.
rm -rf "$state"/seed.*
stage=$(mktemp -d "$state/seed.XXXXXX")
cd "$stage"
# GNU tar reads whole frames then, ten at a time less often; others do not know the variable.
export TAR_OPTIONS=--blocking-factor=256
tar -x -m --no-same-owner -f - || { code=$?; cat >/dev/null; exit "$code"; }
if [ "$(wc -l <SHA256SUMS)" -ne "$2" ]; then echo "count differs" >&2; exit 3; fi
if [ -s SHA256SUMS ]; then sha256sum --check --quiet --strict SHA256SUMS >&2; fi
mkdir -p project home
cd home
find . -type f | while IFS= read -r file; do
  if [ ! -e "$HOME/$file" ]; then mkdir -p "$HOME/${file%/*}"; mv "$file" "$HOME/$file"; fi
done
cd "$HOME"
if [ -e project ]; then mv project "$stage/before"; fi
mv "$stage/project" project
echo "$1" >"$state/seeded.new"
mv "$state/seeded.new" "$state/seeded"
rm -rf "$stage"
echo seeded
"""
"""Runs as `sh -c SCRIPT seed DIGEST COUNT` and reads the tar from standard input; says `present` or `seeded`."""


@dataclass(frozen=True, slots=True)
class Seed:
    """What one workspace is seeded with: the project's files, and files for the home folder.

    Files for the home folder are only put where there is none of that name. `digest` identifies the project.
    """

    files: tuple[ProjectFile, ...]
    home: tuple[ProjectFile, ...]
    digest: str

    def command(self) -> tuple[str, ...]:
        count = sum(file.link is None for file in (*self.files, *self.home))
        return ("sh", "-c", SCRIPT, "seed", self.digest, str(count))

    def frames(self) -> Iterator[bytes]:
        """The tar in frames of 128 KiB. Raises UnsafePathError before the first, SeedError if a file changes."""
        project = check_files(self.files)
        home = check_files(self.home)
        return framed(_tar([*_placed("project", project), *_placed("home", home)]))


def _placed(folder: str, files: Iterable[ProjectFile]) -> Iterator[tuple[str, ProjectFile]]:
    return ((f"{folder}/{file.path}", file) for file in files)


def _tar(files: Sequence[tuple[str, ProjectFile]]) -> Iterator[bytes]:
    sums: list[str] = []
    for folder in ("project", "home"):
        yield _header(folder, kind=tarfile.DIRTYPE, mode=0o755)
    for path, file in files:
        if file.link is not None:
            yield _header(path, kind=tarfile.SYMTYPE, link=file.link)
            continue
        size, digest = _size(file), hashlib.sha256()
        yield _header(path, size=size, mode=file.mode)
        sent = 0
        for chunk in file.chunks():
            sent += len(chunk)
            if sent > size:
                break
            digest.update(chunk)
            yield chunk
        if sent != size:
            raise SeedError(f"{file.path!r} changed while it was read.")
        yield _padding(size)
        sums.append(f"{digest.hexdigest()}  {path}\n")
    listing = "".join(sums).encode()
    yield _header(SUMS, size=len(listing))
    yield listing
    yield _padding(len(listing))
    yield bytes(2 * tarfile.BLOCKSIZE)


def _header(path: str, *, kind: bytes = tarfile.REGTYPE, size: int = 0, mode: int = 0o644, link: str = "") -> bytes:
    info = tarfile.TarInfo(path)
    info.type, info.size, info.linkname = kind, size, link
    info.mode = mode & 0o755 | 0o600  # never without its owner's access, never writable by others
    return info.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)


def _size(file: ProjectFile) -> int:
    if file.content is not None:
        return len(file.content)
    assert file.source is not None
    try:
        return file.source.stat().st_size
    except OSError as error:
        raise SeedError(f"{file.path!r} cannot be read any more: {error.strerror}.") from error


async def send(session: ExecSession, seed: Seed, step: Step) -> None:
    """Streams the seed into a session that runs `seed.command()`; returns once all of it is verified and in place.

    A second call with the same seed finds it there. Raises SeedError, VolumeFullError, UnsafePathError.
    """
    frames = await asyncio.to_thread(seed.frames)
    enough = asyncio.Event()
    said: list[str] = []
    complaints: list[str] = []

    async def listen() -> None:
        try:
            async for source, data in session.output():
                (said if source == "stdout" else complaints).append(data.decode("utf-8", "replace"))
                del complaints[:-200]
                if "present" in "".join(said):
                    enough.set()
        finally:
            enough.set()

    listener = asyncio.ensure_future(listen())
    try:
        await _write(session, frames, enough, step)
        await listener
    finally:
        listener.cancel()
        await asyncio.wait([listener])
    words = "".join(said).split()
    if session.exit_code != 0 or not {"seeded", "present"} & set(words):
        raise _failure("".join(complaints), session.exit_code, step)
    if "present" in words:
        step.note = "already there"


async def _write(session: ExecSession, frames: Iterator[bytes], enough: asyncio.Event, step: Step) -> None:
    """Sends the frames until the other side has enough: it has them already, or gave up, and says why."""
    sent = 0
    async with aclosing(ahead(frames)) as made:
        async for frame in made:
            if enough.is_set():
                break
            await session.write(frame)
            sent += len(frame)
            if sent % (8 * FRAME) == 0:
                step.progress(f"{sent / 1e6:.0f} MB sent")
    await session.close_stdin()


def _failure(complaints: str, code: int, step: Step) -> SeedError | VolumeFullError:
    step.log = tuple(complaints.strip().splitlines()[-10:])
    if "No space left" in complaints or "Disk quota exceeded" in complaints:
        return VolumeFullError("The workspace's volume has no room for the project's files.")
    last = step.log[-1] if step.log else f"the command ended with exit code {code}"
    return SeedError(f"The files were not put in place: {last}.")
