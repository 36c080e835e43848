"""From a plan to a workspace that works: it is made while the model still writes, filled, and tried."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from templates.errors import FilesConflictError
from templates.events import Event, Step, Steps, stream_of, together
from templates.generation.commands import CommandPrinted
from templates.generation.draft import Draft, FileDone, FileEvent, FileGrew, FileRefused, FileStarted, overlay
from templates.generation.journal import Journal
from templates.generation.plan import Plan
from templates.generation.prompts import files_messages
from templates.generation.verification import Effort, Verification, changes_of
from templates.generation.writing import write_files
from templates.models.model import ChatModel
from templates.project import Manifest, Project, ProjectFile
from templates.text import size_in_words
from templates.workspace_files import Change, WorkspaceFiles, Write, sha256

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
    """The files are in the workspace, and the editor can be opened."""

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

        async def create() -> None:
            async for event in target.create(Project(plan.manifest(base.manifest), base.files)):
                emit(event)

        async def write() -> None:
            async with steps.step("write", f"Writing {len(plan.files)} files with {model.id}") as step:
                await _write(model, prompt, plan, base.files, draft, step, emit)

        await together(create(), write())
        files, refused = overlay(base.files, draft)
        for path, reason in refused.items():
            emit(FileRefused(path, reason))
        contents = {file.path: _content(file) for file in files if file.link is None}
        async with steps.step("apply", "Putting the files in place") as step:
            if journal.marked(APPLIED) is None:
                await _apply(target.files, base.files, contents, step)
                journal.mark(APPLIED, "yes")
            else:
                contents |= {path: file.content for path, file in (await target.files.read([*contents])).items()}
                step.note = "they are there"
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
) -> None:
    there = {file.path for file in base}
    wanted = [file.path for file in plan.files if file.path not in there]
    done = 0
    async with aclosing(write_files(model, files_messages(prompt, plan, base), wanted, draft)) as events:
        async for event in events:
            emit(event)
            match event:
                case FileStarted() | FileGrew():
                    step.progress(f"{done} of {len(plan.files)}", min(0.99, done / len(plan.files)))
                case FileDone():
                    done += 1
                case _:
                    pass
    step.note = f"{len(draft.files)} files, {size_in_words(sum(map(len, draft.files.values())))}"


async def _apply(
    workspace: WorkspaceFiles, base: Sequence[ProjectFile], contents: dict[str, bytes], step: Step
) -> None:
    there = {file.path: _content(file) for file in base if file.link is None}
    changes = changes_of(there, contents, there.keys() - contents.keys())
    try:
        await workspace.apply(changes)
    except FilesConflictError as error:
        if not _made_already(changes, error):
            raise
        step.note = "they are there"


def _made_already(changes: Sequence[Change], error: FilesConflictError) -> bool:
    """Whether all that is in the way is what was to be written: the program was stopped just after that."""
    new = {change.path: sha256(change.content) for change in changes if isinstance(change, Write)}
    return all(conflict.found == new.get(conflict.path, "absent") for conflict in error.conflicts)


def _content(file: ProjectFile) -> bytes:
    return b"".join(file.chunks())
