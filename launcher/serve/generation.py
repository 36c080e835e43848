"""A prompt becomes a project in a workspace, told as it happens."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace

from cluster.engine import Engine
from cluster.generation import workspace_target
from launcher.serve.ai import Ai
from launcher.serve.tasks import for_user
from launcher.serve.told import Told
from templates.catalog import Catalog
from templates.events import Event, StepDone, StepFailed, StepProgress, Steps, StepStarted, stream_of
from templates.generation.commands import CommandPrinted
from templates.generation.draft import (
    FileCut,
    FileDone,
    FileGrew,
    FileMissing,
    FileRefused,
    FileRemoved,
    FileStarted,
)
from templates.generation.generate import Base, FilesPlaced, GenerationEvent, Outcome, Target, generate
from templates.generation.journal import Journal, JournaledModel, begin, resume, unfinished, until_ended
from templates.generation.plan import Plan
from templates.generation.planning import make_plan
from templates.models.model import ChatModel
from templates.project import Project
from templates.render import render
from templates.text import plain

Emit = Callable[[Event | Told], None]


def generating(
    ai: Ai, catalog: Catalog, engine: Engine, name: str, prompt: str, *, user: str | None, may_run: bool
) -> AsyncGenerator[Event | Told]:
    """Begun again with the same prompt and name, it goes on, and nothing is asked twice.

    What the model wrote runs where workspaces are isolated, and elsewhere only where `may_run` says so.
    """

    async def work(emit: Emit) -> None:
        isolated = "network-isolation" not in engine.lacks

        async def consent() -> bool:
            return isolated or may_run

        async with ai.connect(name) as connected:
            journal = await asyncio.to_thread(_journal, ai, prompt, name)
            with until_ended(journal):
                model = JournaledModel(connected.model, journal)
                plan = await _plan(model, prompt, catalog, Steps(emit), emit)
                base = await asyncio.to_thread(_base, plan, catalog, name)
                target = _for_user(workspace_target(engine, name, journal, consent), user)
                async with aclosing(generate(model, prompt, plan, base, target, journal, ai.effort)) as events:
                    async for event in events:
                        emit(told(event))

    return stream_of(work)


def _for_user(target: Target, user: str | None) -> Target:
    def create(project: Project) -> AsyncIterator[Event]:
        return target.create(for_user(project, user))

    return replace(target, create=create)


def _journal(ai: Ai, prompt: str, name: str) -> Journal:
    same = [one for one in unfinished(ai.generations) if one.prompt == prompt and one.name == name]
    if same:
        return resume(same[-1])
    journal = begin(ai.generations, prompt)
    journal.mark("name", name)
    return journal


async def _plan(model: ChatModel, prompt: str, catalog: Catalog, steps: Steps, emit: Emit) -> Plan:
    templates = [one for one in (await asyncio.to_thread(catalog.list)).templates if one.ours]
    async with steps.step("plan", f"Planning with {model.id}") as step:
        said = ""

        def show(text: str) -> None:
            nonlocal said
            said += text
            step.progress(said.rstrip().rpartition("\n")[2][:80])

        plan = (await make_plan(model, prompt, templates, show)).plan
        step.note = f"{plan.title}, {len(plan.files)} files"
    emit(
        Told(
            "plan",
            {
                "title": plain(plan.title),
                "summary": plain(plan.summary),
                "base": plan.base,
                "files": [plain(file.path) for file in plan.files],
                "install": plain(plan.install),
                "run": plain(plan.run),
                "test": plain(plan.test),
            },
        )
    )
    return plan


def _base(plan: Plan, catalog: Catalog, name: str) -> Base:
    if not plan.base:
        return Base()
    project = render(catalog.load(plan.base), {"name": name})
    return Base(project.files, project.manifest)


def told(event: GenerationEvent) -> Event | Told:
    """The steps as they are; files, output and outcome as events of kinds of their own."""
    match event:
        case StepStarted() | StepProgress() | StepDone() | StepFailed():
            return event
        case FileStarted(path=path):
            return _file(path, "started")
        case FileGrew(path=path, text=text, size=size):
            return Told("file", {"path": plain(path), "state": "grew", "text": text, "size": size}, passing=True)
        case FileCut(path=path):
            return _file(path, "cut")
        case FileDone(path=path, size=size):
            return _file(path, "done", size=size)
        case FileRemoved(path=path):
            return _file(path, "removed")
        case FileRefused(path=path, reason=reason):
            return _file(path, "refused", reason=reason)
        case FileMissing(path=path):
            return _file(path, "missing")
        case CommandPrinted(step=step, text=text):
            return Told("output", {"step": step, "text": text}, passing=True)
        case FilesPlaced(count=count):
            return Told("placed", {"files": count})
        case Outcome(verified=verified):
            return Told("outcome", {"verified": verified})


def _file(path: str, state: str, **more: object) -> Told:
    return Told("file", {"path": plain(path), "state": state, **more})
