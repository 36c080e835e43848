"""A workspace from one engine to another: its project and the editor's settings, verified by hash on both ways."""

import hashlib
import tarfile
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from cluster.dependencies.scripts import AWAIT_PATH
from cluster.editor import MANIFEST_PATH, read_manifest
from cluster.engine import Engine
from cluster.errors import MoveError, WorkspaceExistsError
from cluster.inside import answer
from templates.events import Event, Step, Steps
from templates.project import CHUNK, Manifest, Project, ProjectFile
from templates.services import SERVICES, ServiceName, titles

SETTINGS = ".local/share/code-server/User"

LEFT_BEHIND = ("node_modules", ".venv", "__pycache__")
"""Holds programs for the place where it was made; it is made again by the project's own commands."""

PACK = f"""
set -eu
cd "$HOME"
if [ -x {AWAIT_PATH} ]; then ./{AWAIT_PATH} >&2; fi
set -- project
for one in {MANIFEST_PATH} {SETTINGS}/settings.json {SETTINGS}/keybindings.json {SETTINGS}/snippets; do
  if [ -e "$one" ]; then set -- "$@" "$one"; fi
done
tar -c -f - {" ".join(f"--exclude='{name}'" for name in LEFT_BEHIND)} "$@"
"""

COUNT = f"""
set -eu
cd "$HOME/project"
find . {" ".join(f"-name '{name}' -prune -o" for name in LEFT_BEHIND)} -type f -print0 |
  LC_ALL=C sort -z | xargs -0 -r sha256sum -z | sha256sum
"""


async def move(source: Engine, target: Engine, name: str, steps: Steps) -> None:
    """Makes the workspace anew in `target` and, once all of it is verified there, deletes it in `source`.

    Cut off anywhere, at least one of the two is whole; called again, it goes on. Raises MoveError where what
    arrived is not what was sent, and whatever the engines raise.
    """
    with tempfile.TemporaryDirectory(prefix="vibecode-move-") as folder:
        async with steps.step("pack", f"Reading {name} from {source.name}") as step:
            project = await _read(source, name, Path(folder), step)
            before = await _digest(source, name)
        await _make(target, name, project, steps)
        async with steps.step("verify", f"Comparing both {name}") as step:
            if await _digest(target, name) != before:
                raise MoveError(f"What {target.name} has of {name!r} is not what {source.name} has.")
            step.note = f"{len(project.files)} files are the same"
    await _pass_on(source.delete(name), steps)


async def _make(target: Engine, name: str, project: Project, steps: Steps) -> None:
    """Makes the workspace, unless an earlier move did; one that was begun from other files is begun anew.

    A name is in two engines only while it is moved: what is unfinished in the target is nobody's only copy.
    """
    state = next((one.state for one in await target.workspaces() if one.name == name), None)
    if state not in (None, "creating"):
        return
    try:
        await _pass_on(target.create(name, project), steps)
    except WorkspaceExistsError:
        if state is None:
            raise
        await _pass_on(target.delete(name), steps)
        await _pass_on(target.create(name, project), steps)


async def _pass_on(events: AsyncIterator[Event], steps: Steps) -> None:
    async for event in events:
        steps.pass_on(event)


async def _read(source: Engine, name: str, folder: Path, step: Step) -> Project:
    archive = folder / "archive"
    with archive.open("wb") as file:
        session = await source.exec(name, ("sh", "-c", PACK))
        try:
            await session.close_stdin()
            said, size = b"", 0
            async for stream, data in session.output():
                if stream == "stderr":
                    said += data
                else:
                    size += file.write(data)
                    step.progress(f"{size / 1e6:.0f} MB")
        finally:
            await session.close()
    if session.exit_code != 0:
        step.log = tuple(said.decode("utf-8", "replace").splitlines()[-10:])
        raise MoveError(f"The files of {name!r} could not be read.")
    files = tuple(_unpacked(archive, folder))
    kept = next((_bytes(file) for file in files if file.path == MANIFEST_PATH), None)
    manifest = read_manifest(kept) if kept else Manifest(name)
    if beside := await _services(source, name, manifest):
        raise MoveError(
            f"{name!r} has data in {titles(beside)}, which would stay behind.",
            hint=f"Make it anew there from its files: `vibecode new {manifest.template or 'TEMPLATE'}`. "
            "Nothing was deleted.",
        )
    return Project(
        manifest,
        tuple(_below("project/", files)),
        home=tuple(file for file in files if file.path.startswith(f"{SETTINGS}/")),
    )


async def _services(source: Engine, name: str, manifest: Manifest) -> list[ServiceName]:
    """Those that it has; one that does without is not told of any."""
    found: list[ServiceName] = []
    for service in manifest.services:
        without, _ = await answer(source, name, ("sh", "-c", f'test -z "${SERVICES[service].variable}"'))
        if without != 0:
            found.append(service)
    return found


def _unpacked(archive: Path, folder: Path) -> Iterator[ProjectFile]:
    """What is in the archive, each file's bytes under a name of ours, so that no path in it is followed."""
    with tarfile.open(archive) as tar:
        for number, member in enumerate(tar):
            if member.issym():
                yield ProjectFile(member.name, link=member.linkname)
            elif member.isreg() or member.islnk():
                place = folder / str(number)
                content = tar.extractfile(member)
                assert content is not None
                with place.open("wb") as file:
                    while chunk := content.read(CHUNK):
                        file.write(chunk)
                yield ProjectFile(member.name, source=place, mode=member.mode & 0o777)


def _below(prefix: str, files: tuple[ProjectFile, ...]) -> Iterator[ProjectFile]:
    for file in files:
        if file.path.startswith(prefix):
            yield ProjectFile(file.path.removeprefix(prefix), source=file.source, link=file.link, mode=file.mode)


def _bytes(file: ProjectFile) -> bytes:
    return b"".join(file.chunks())


async def _digest(engine: Engine, name: str) -> str:
    """A hash of all the project's paths and bytes where they are; links and modes do not count."""
    code, said = await answer(engine, name, ("sh", "-c", COUNT))
    digest = said.split()[0] if code == 0 and said.split() else b""
    if len(digest) != len(hashlib.sha256().hexdigest()):
        raise MoveError(f"The files of {name!r} could not be counted.")
    return digest.decode()
