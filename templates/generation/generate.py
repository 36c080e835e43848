"""From a plan to a workspace that works: it is made while the model still writes, filled, and tried."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from templates.events import Event, Step, Steps, stream_of, together
from templates.generation.commands import CommandPrinted
from templates.generation.draft import Draft, FileDone, FileEvent, FileGrew, FileRefused, FileStarted, overlay
from templates.generation.journal import Journal
from templates.generation.placement import Placement, contents_of
from templates.generation.plan import Plan
from templates.generation.prompts import files_messages, shown_bytes
from templates.generation.verification import Effort, Verification
from templates.generation.writing import write_files
from templates.models.model import ChatModel
from templates.project import Manifest, Project, ProjectFile
from templates.text import size_in_words
from templates.workspace_files import WorkspaceFiles

APPLIED = "applied"
"""The journal's mark that the files are in the workspace."""


@dataclass(frozen=True, slots=True)
class Base:
    """What the project starts from: a template's files and manifest, or nothing."""

    files: tuple[ProjectFile, ...] = ()
    manifest: Manifest | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Where the project is to live: how its workspace is made, its files, and whether its commands may run there.

    `may_run` is asked once the files are in place.
    """

    create: Callable[[Project], AsyncIterator[Event]]
    files: WorkspaceFiles
    may_run: Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class FilesPlaced:
    """All files are in the workspace."""

    count: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end. `verified`: all commands succeeded, not all did, or None where none was run."""

    verified: bool | None


GenerationEvent = Event | FileEvent | CommandPrinted | FilesPlaced | Outcome


def generate(
    model: ChatModel, prompt: str, plan: Plan, base: Base, target: Target, journal: Journal, effort: Effort
) -> AsyncGenerator[GenerationEvent]:
    """Can be called again after any interruption: with a `JournaledModel` nothing is asked twice.

    Raises what the model, the engine and the workspace raise. A project that does not work is no error: the last event
    says so.
    """

    async def work(emit: Callable[[GenerationEvent], None]) -> None:
        steps = Steps(emit)
        draft = Draft()
        placement = Placement(target.files, base.files)
        placed = journal.marked(APPLIED) is not None
        created, more = asyncio.Event(), asyncio.Event()
        writing = True

        async def create() -> None:
            async for event in target.create(Project(plan.manifest(base.manifest), base.files)):
                emit(event)
            created.set()

        async def write() -> None:
            nonlocal writing
            async with steps.step("write", f"Writing {len(plan.files)} files with {model.id}") as step:
                await _write(model, prompt, plan, base.files, draft, step, emit, more.set)
            writing = False
            more.set()

        async def place() -> None:
            """A file is in the workspace as soon as both are there."""
            await created.wait()
            while writing and not placed:
                await more.wait()
                more.clear()
                await placement.place(contents_of(overlay(base.files, draft)[0]), set(draft.removed))

        await together(create(), write(), place())
        files, refused = overlay(base.files, draft)
        for path, reason in refused.items():
            emit(FileRefused(path, reason))
        contents = contents_of(files)
        async with steps.step("apply", "Putting the files in place") as step:
            if placed:
                contents |= {path: file.content for path, file in (await target.files.read([*contents])).items()}
            else:
                await placement.place(contents, draft.removed)
                journal.mark(APPLIED, "yes")
            step.note = f"{len(files)} files"
        emit(FilesPlaced(len(files)))
        verified = None
        if await target.may_run():
            verified = await Verification(model, prompt, plan, contents, target.files, emit).run(effort)
        emit(Outcome(verified))

    return stream_of(work)


async def _write(
    model: ChatModel,
    prompt: str,
    plan: Plan,
    base: Sequence[ProjectFile],
    draft: Draft,
    step: Step,
    emit: Callable[[FileEvent], None],
    finished: Callable[[], None],
) -> None:
    """`finished` is called whenever a file is whole."""
    there = {file.path for file in base}
    wanted = [file.path for file in plan.files if file.path not in there]
    done = 0
    messages = files_messages(prompt, plan, base, shown_bytes(model.context))
    async with aclosing(write_files(model, messages, wanted, draft)) as events:
        async for event in events:
            emit(event)
            match event:
                case FileStarted() | FileGrew():
                    step.progress(f"{done} of {len(plan.files)}", min(0.99, done / len(plan.files)))
                case FileDone():
                    done += 1
                    finished()
                case _:
                    pass
    step.note = f"{len(draft.files)} files, {size_in_words(sum(map(len, draft.files.values())))}"
