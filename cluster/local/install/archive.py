"""Unpacking an archive that came over the network: nothing of it may land, or lead, outside its folder."""

import asyncio
import tarfile
import threading
from pathlib import Path, PurePosixPath

from cluster.errors import CodeServerInstallError
from cluster.local.trees import remove_tree


async def unpack(archive: Path, tree: Path) -> None:
    """The archive's one folder becomes `tree`, which is made anew. Raises CodeServerInstallError, OSError."""
    stop = threading.Event()
    work = asyncio.ensure_future(asyncio.to_thread(_unpack, archive, tree, stop))
    try:
        await asyncio.shield(work)
    finally:
        stop.set()
        await asyncio.wait([work])


def _unpack(archive: Path, tree: Path, stop: threading.Event) -> None:
    remove_tree(tree)
    tree.mkdir(parents=True)
    try:
        with tarfile.open(archive, "r:gz") as file:
            for member in file:
                if stop.is_set():
                    return
                place = check_member(member)
                if place is not None:
                    member.name = place
                    member.mode = member.mode & 0o755 | 0o600
                    file.extract(member, tree, set_attrs=not member.isdir(), numeric_owner=False)
    except (tarfile.TarError, EOFError) as error:
        raise CodeServerInstallError(f"{archive.name} cannot be unpacked: {error}.") from error


def check_member(member: tarfile.TarInfo) -> str | None:
    """Where it goes, without the archive's own top folder; None for that folder itself.

    Raises CodeServerInstallError for what is neither file, folder nor link, and for what leads out.
    """
    path = PurePosixPath(member.name)
    parts = path.parts[1:]
    if path.is_absolute() or ".." in path.parts:
        raise CodeServerInstallError(f"The archive has {member.name!r}, which leads out of its folder.")
    if member.islnk():
        target = PurePosixPath(member.linkname)
        if target.is_absolute() or ".." in target.parts:
            raise CodeServerInstallError(f"The archive's {member.name!r} leads out of its folder.")
        member.linkname = str(PurePosixPath(*target.parts[1:]))
    elif member.issym():
        depth = len(parts) - 1
        for part in PurePosixPath(member.linkname).parts:
            depth += -1 if part == ".." else 0 if part == "." else 1
            if depth < 0 or part == "/":
                raise CodeServerInstallError(f"The archive's {member.name!r} leads out of its folder.")
    elif not (member.isfile() or member.isdir()):
        raise CodeServerInstallError(f"The archive's {member.name!r} is no file, folder or link.")
    return str(PurePosixPath(*parts)) if parts else None
