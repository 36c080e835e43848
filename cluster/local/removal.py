"""Stopping and removing local workspaces: nothing of them is left, and nothing else is touched."""

import os
from pathlib import Path

from cluster.local import hosting
from cluster.local.contact import NO_ANSWER, ask, read_contact
from cluster.local.creation import held
from cluster.local.ending import end_workspace
from cluster.local.files import told
from cluster.local.folders import LocalFolder, WorkspaceFolder, socket_places
from cluster.local.records import change_wanted
from cluster.local.threads import in_thread
from cluster.local.trees import remove_tree
from templates.events import Step


async def stop(local: LocalFolder, folder: WorkspaceFolder, step: Step) -> None:
    """Ends all that runs in the workspace; no host will start it again."""
    step.progress("ending what runs in it")
    await in_thread(change_wanted, folder, "stopped")
    if not await _stopped_by_host(local, folder.name):
        async with hosting.starting(local):  # one that is being started may have read the record before it was changed
            await _stopped_by_host(local, folder.name)
    await end_workspace(folder, _runtime(local, folder.name))


async def delete(local: LocalFolder, folder: WorkspaceFolder, step: Step) -> None:
    """The record goes last: while it is there, a removal that was stopped can be called again."""
    async with held(folder):
        await stop(local, folder, step)
        step.progress("removing its files")
        await in_thread(_remove, folder)


async def remove_all(local: LocalFolder, step: Step) -> None:
    """Everything of the engine but code-server itself; also what an earlier, unfinished removal left."""
    if not local.path.exists():
        step.note = "there was nothing"
        return
    async with hosting.starting(local):
        step.progress("ending the proxy")
        await hosting.end_host(local)
        for folder in local.all():
            step.progress(f"removing {folder.name}")
            await end_workspace(folder, _runtime(local, folder.name))
            await in_thread(_remove, folder)
        contact = read_contact(local)
        places = [contact.sockets.path] if contact else socket_places(local, os.environ)
        for one in (*filter(_ours, places), local.path):
            await in_thread(remove_tree, one)


async def _stopped_by_host(local: LocalFolder, name: str) -> bool:
    """Whether a host answered that it has ended the editor."""
    found = await hosting.find_host(local)
    if found is None:
        return False
    try:
        await ask(found[0].sockets.control, "stop", name=name)
    except NO_ANSWER:
        return False
    return True


def _ours(place: Path) -> bool:
    return not place.is_symlink() and place.is_dir() and place.stat().st_uid == os.getuid()


def _remove(folder: WorkspaceFolder) -> None:
    with told(folder.path):
        for one in (folder.home, folder.temporary, folder.path):
            remove_tree(one)


def _runtime(local: LocalFolder, name: str) -> Path | None:
    contact = read_contact(local)
    return contact.sockets.runtime(name) if contact else None
