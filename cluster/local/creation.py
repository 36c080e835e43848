"""Making a local workspace: claim the name, then editor, files and first page side by side."""

import asyncio
import os
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

from cluster import ready, seed
from cluster.editor import home_files
from cluster.errors import (
    ClusterBusyError,
    HostFailedError,
    NotReadyError,
    SeedError,
    VolumeFullError,
    WorkspaceExistsError,
    WorkspaceFailedError,
)
from cluster.local import services
from cluster.local.contact import NO_ANSWER, Contact, ask
from cluster.local.editor import environment, local_files
from cluster.local.files import make_room, private_folder, told
from cluster.local.folders import WorkspaceFolder, make_own
from cluster.local.locks import try_lock
from cluster.local.records import Record, read_record, write_record
from cluster.local.session import PipedSession
from cluster.local.supervisor import stopped_meanwhile, tail
from cluster.local.threads import in_thread
from cluster.local.trees import remove_tree
from cluster.manifests.workspace import Address
from templates.events import Step, Steps, together
from templates.project import Project
from templates.services import titles


async def create(folder: WorkspaceFolder, contact: Contact, address: Address, project: Project, steps: Steps) -> None:
    """Can be called again after any interruption, and goes on where it stopped.

    Raises WorkspaceExistsError where the name is taken, ClusterBusyError where another makes it right now.
    """
    home = {file.path: file for file in (*local_files(folder), *home_files(project))}
    digest = await asyncio.to_thread(lambda: project.digest)
    files = seed.Seed(project.files, tuple(home.values()), digest)
    async with held(folder):
        async with steps.step("workspace", f"Creating the workspace {folder.name}", expected=0.1) as step:
            record = await in_thread(_claim, folder, project, files.digest, step)
        if wanted := project.manifest.services:
            async with steps.step("services", f"Looking for {titles(wanted)}", expected=0.1) as step:
                await in_thread(services.prepare, folder, wanted, step)
        filled = asyncio.Event()

        async def fill() -> None:
            async with steps.step("seed", f"Copying {len(files.files)} files", expected=0.2) as step:
                await _seed(folder, contact, files, step)
            filled.set()

        async def open_page() -> None:
            async with steps.step("ready", "Starting the editor and opening its first page", expected=2) as step:
                await start(folder, contact, step)
                await until_ready(folder, contact, address, step)
                await filled.wait()

        await together(fill(), open_page())
        await services.until_answering(folder, steps)
        write_record(folder, replace(read_record(folder) or record, seeded=True))


async def start(folder: WorkspaceFolder, contact: Contact, step: Step) -> None:
    """Has the host start the editor, and waits until it listens. Raises WorkspaceFailedError."""
    try:
        await ask(contact.sockets.control, "start", name=folder.name)
    except WorkspaceFailedError:
        step.log = tail(folder.log, 20)
        raise
    except NO_ANSWER as error:
        raise HostFailedError("It ended while the editor was being started.") from error


async def until_ready(folder: WorkspaceFolder, contact: Contact, address: Address, step: Step) -> None:
    """Returns once a browser that was let in would see the editor, through the proxy.

    Raises NotReadyError; WorkspaceStoppedError, WorkspaceFailedError as soon as the editor is no longer kept running.
    """
    try:
        answer = await ask(contact.sockets.control, "cookie", site=address.name)
        seen = ready.editor_ready(address, progress=step.progress, cookie=answer["cookie"])
        await _first(seen, _ended(contact, folder.name))
    except NO_ANSWER as error:
        raise HostFailedError("It ended while the editor was being opened.") from error
    except NotReadyError as error:
        step.log = tail(folder.log, 20)
        hint = f"`vibecode logs {folder.name}` shows why; `vibecode start {folder.name}` waits for it again."
        raise NotReadyError(error.detail, hint=hint) from error


async def _first(*work: Coroutine[None, None, None]) -> None:
    """Ends as the one that ends first, and cancels the others."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done():
                return task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _ended(contact: Contact, name: str) -> None:
    """Raises why the host no longer keeps the editor running, once it does not; or one of NO_ANSWER."""
    state = await ask(contact.sockets.control, "state")
    while (known := state["workspaces"].get(name)) and known["state"] in ("starting", "running"):
        state = await ask(contact.sockets.control, "news", other_than=state["news"])
    if known and known["state"] == "failed":
        raise WorkspaceFailedError(known["reason"])
    raise stopped_meanwhile(name)


@asynccontextmanager
async def held(folder: WorkspaceFolder) -> AsyncGenerator[None]:
    """Holds the right to make or remove this workspace; ClusterBusyError where another is at it."""
    while True:
        private_folder(folder.path)
        with told(folder.lock):
            try:
                lock = try_lock(folder.lock)
            except FileNotFoundError:  # somebody removed the folder just now
                continue
        if lock is None:
            raise ClusterBusyError(f"{folder.name!r} is being made or removed by another VibeCode right now.")
        break
    try:
        yield
    finally:
        os.close(lock)


def _claim(folder: WorkspaceFolder, project: Project, digest: str, step: Step) -> Record:
    """The workspace's record: a new one, or that of the same workspace, unfinished."""
    record = read_record(folder)
    if record is None:
        for left in (folder.home, folder.temporary, folder.services):  # of a workspace whose removal was stopped
            remove_tree(left)
        manifest = project.manifest
        made = Record(
            digest,
            datetime.now(UTC),
            manifest.template,
            tuple(manifest.ports),
            user=manifest.user or None,
            services=manifest.services,
        )
        write_record(folder, made)
        return made
    if record.seeded:
        hint = f"Choose another name, or open it: `vibecode open {folder.name}`."
        raise WorkspaceExistsError(f"There is a workspace {folder.name!r} already.", hint=hint)
    if record.digest != digest:
        hint = f"`vibecode delete {folder.name}` removes it; or choose another name."
        raise WorkspaceExistsError(f"{folder.name!r} was begun from something else and not finished.", hint=hint)
    step.note = "going on where it stopped"
    return record


async def _seed(folder: WorkspaceFolder, contact: Contact, files: seed.Seed, step: Step) -> None:
    make_own(folder, contact.sockets)
    env = environment(folder, contact.sockets, os.environ)
    session = await PipedSession.start(files.command(), folder.home, env)
    try:
        await seed.send(session, files, step)
    except VolumeFullError as error:
        raise VolumeFullError("The disk has no room for the project's files.", hint=make_room(folder.home)) from error
    except SeedError as error:
        if (record := read_record(folder)) is not None and record.wanted == "stopped":
            raise stopped_meanwhile(folder.name) from error  # which ended what put them in place, too
        raise
    finally:
        await session.close()
