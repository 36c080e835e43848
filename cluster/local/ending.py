"""Ending all that runs in a workspace, and nothing else."""

import asyncio
import os
import shutil
import signal
from collections.abc import Callable, Iterable
from pathlib import Path
from time import monotonic

from cluster.local import processes
from cluster.local.editor import EDITOR_MARKER, MARKER
from cluster.local.folders import WorkspaceFolder
from cluster.local.limits import leave, members
from cluster.local.processes import Identity, lives, send
from cluster.local.records import read_process

LOOK_EVERY = 0.02
"""Seconds between two looks at processes that are to end."""


async def end(find: Callable[[], Iterable[Identity]], *, grace: float = 4.0) -> None:
    """Asks all that `find` finds to end, ends them after `grace` seconds, and goes on until none is there.

    A shell on a terminal takes no SIGTERM, but SIGHUP. What is about to end has already lost what it was found by (its
    environment), so that all that was ever found counts as long as it lives.
    """
    start, asked = monotonic(), set[Identity]()

    def there() -> set[Identity]:
        return {*find(), *filter(lives, asked)}

    while found := await asyncio.to_thread(there):
        late = monotonic() - start > grace
        for one in found if late else found - asked:
            for number in (signal.SIGKILL,) if late else (signal.SIGTERM, signal.SIGHUP, signal.SIGCONT):
                send(one, number)
        asked.update(found)
        await asyncio.sleep(LOOK_EVERY)


async def gone(identity: Identity) -> None:
    """Returns once the process has ended, whoever started it."""
    try:
        descriptor = os.pidfd_open(identity.pid)
    except (AttributeError, OSError):
        while lives(identity):
            await asyncio.sleep(0.5)
        return
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    try:
        if not lives(identity):
            return
        loop.add_reader(descriptor, ended.set)
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def whole(folder: WorkspaceFolder) -> Callable[[], list[Identity]]:
    """Finds everything that was started in the workspace: by its mark, by descent, and by its cgroup."""
    editor = read_process(folder)
    group = Path(editor.cgroup) if editor and editor.cgroup else None

    def find() -> list[Identity]:
        marked = processes.belonging(MARKER, str(folder.path), also=editor.identity if editor else None)
        grouped = (processes.identify(pid) for pid in members(group) if pid != os.getpid())
        return list({*marked, *(one for one in grouped if one is not None)})

    return find


def of_editor(folder: WorkspaceFolder) -> Callable[[], list[Identity]]:
    """Finds the editor and everything that was started from within it."""
    editor = read_process(folder)
    return lambda: processes.belonging(EDITOR_MARKER, str(folder.path), also=editor.identity if editor else None)


async def end_workspace(folder: WorkspaceFolder, runtime: Path | None) -> None:
    """Returns once nothing of the workspace runs and its sockets (`runtime`) are gone."""
    await end(whole(folder))
    _clear(folder, runtime)


async def end_editor(folder: WorkspaceFolder, runtime: Path) -> None:
    """Returns once the editor, all that was started from within it and its sockets (`runtime`) are gone."""
    await end(of_editor(folder))
    _clear(folder, runtime)


def _clear(folder: WorkspaceFolder, runtime: Path | None) -> None:
    editor = read_process(folder)
    folder.process.unlink(missing_ok=True)
    if runtime is not None:
        shutil.rmtree(runtime, ignore_errors=True)
    if editor is not None and editor.cgroup:
        leave(Path(editor.cgroup))
