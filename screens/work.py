"""What a person can have done to workspaces and engines, each as a task."""

import asyncio
from collections.abc import AsyncIterator, Callable

from cluster.consent import check_consent
from cluster.dependencies.installation import Installation, installation
from cluster.dependencies.unfinished import Unfinished, unfinished
from cluster.engine import Engine, EngineName
from cluster.errors import WorkspaceExistsError
from cluster.names import check_name
from screens.jobs import Task
from screens.messages import Ask, Begin
from screens.shared import LazyEngines
from templates.errors import VibeCodeError
from templates.events import Event, Steps, stream
from templates.project import Project

Change = Callable[[Engine], Callable[[str], AsyncIterator[Event]]]


def start(engines: LazyEngines, name: str, post: Callable[[Ask | Begin], object]) -> Task:
    """Also where its engine has to come up first, as after a reboot.

    An installation that was cut off goes on after it; where a person has to agree to that, the question is posted.
    """
    needed: Installation | None = None

    async def work(steps: Steps) -> None:
        nonlocal needed
        needed = None
        engine = await (await engines.get()).starting(name)
        await _pass_on(engine.start(name), steps)
        found = await unfinished(engine, name)
        if found is not None and found.reason is not None:
            post(_go_on(found, found.reason, post))
        elif found is not None:
            needed = found.installation

    return Task(
        f"Starting {name}",
        lambda: stream(work),
        f"{name} runs",
        name,
        then=lambda: None if needed is None else install(needed),
    )


def _go_on(found: Unfinished, reason: str, post: Callable[[Ask | Begin], object]) -> Ask:
    """What is not ours runs as the person only by a deliberate yes."""
    needed = found.installation

    def agreed() -> None:
        post(Begin(install(needed)))

    question = f"Go on installing what {needed.name} needs, as you?"
    return Ask(question, f"{reason}\n\n{needed.command}", "Install it", agreed)


def stop(engines: LazyEngines, name: str) -> Task:
    return Task(
        f"Stopping {name}",
        _change(engines, name, lambda engine: engine.stop),
        f"{name} is stopped",
        name,
        interrupts=True,
    )


def delete(engines: LazyEngines, name: str) -> Task:
    return Task(
        f"Deleting {name}",
        _change(engines, name, lambda engine: engine.delete),
        f"{name} is deleted",
        name,
        if_stopped=f"{name} is partly deleted; deleting it again removes the rest.",
        interrupts=True,
    )


def create(engines: LazyEngines, name: str, project: Callable[[], Project], *, may_run: bool = False) -> Task:
    """A new workspace where new ones go; `project` is called beside the event loop and makes what is put into it.

    `may_run` is the person's word that what is not ours may run where nothing isolates it. What the project needs is
    installed beside the editor, and shown by a task of its own.
    """
    needed: Installation | None = None

    async def work(steps: Steps) -> None:
        nonlocal needed
        check_name(name)
        async with steps.step("prepare", "Preparing the files") as step:
            all_engines = await engines.get()
            choice = await all_engines.choose()
            for engine in all_engines.engines:
                if engine.name != choice.engine.name and await _holds(engine, name):
                    raise WorkspaceExistsError(f"There is a workspace {name!r} in the engine `{engine.name}`.")
            made = await asyncio.to_thread(project)
            if not may_run:
                await asyncio.to_thread(check_consent, made, choice.engine)
            step.note = f"for {choice.engine.name}: {choice.reason}"
        needed = installation(choice.engine, name, made.manifest)
        making = choice.engine.create(name, made)
        await _pass_on(making if needed is None else needed.beside(making), steps)

    return Task(
        f"Creating {name}",
        lambda: stream(work),
        f"{name} is ready",
        name,
        if_stopped=f"{name} is not whole; begun again it is completed, and deleting removes it.",
        opens=True,
        then=lambda: None if needed is None else install(needed),
    )


def install(needed: Installation) -> Task:
    """Follows what goes on inside the workspace."""
    name = needed.name
    return Task(
        f"Installing what {name} needs",
        needed.follow,
        f"What {name} needs is installed",
        name,
        if_stopped=f"It goes on inside {name}; begun again, it is followed.",
        aside=True,
    )


def up(engines: LazyEngines, name: EngineName) -> Task:
    """Makes, starts or repairs an engine."""
    return Task(
        f"Bringing up {name}",
        _of_engine(engines, name, lambda engine: engine.up()),
        f"{name} runs",
        if_stopped=f"{name} is not whole yet; brought up again, it is completed.",
    )


def down(engines: LazyEngines, name: EngineName) -> Task:
    """Removes an engine with all its workspaces."""
    return Task(
        f"Removing {name}",
        _of_engine(engines, name, lambda engine: engine.down()),
        f"{name} is removed",
        if_stopped=f"{name} is partly removed; removing it again removes the rest.",
    )


def mend(repair: Callable[[], AsyncIterator[Event]]) -> Task:
    """What the doctor mends by itself."""
    return Task(
        "Mending what the doctor found",
        repair,
        "What the doctor can mend is mended",
        if_stopped="What was being mended is as it was.",
    )


def _of_engine(
    engines: LazyEngines, name: EngineName, change: Callable[[Engine], AsyncIterator[Event]]
) -> Callable[[], AsyncIterator[Event]]:
    async def work(steps: Steps) -> None:
        everything = (await engines.get()).engines
        await _pass_on(change(next(engine for engine in everything if engine.name == name)), steps)

    return lambda: stream(work)


def _change(engines: LazyEngines, name: str, change: Change) -> Callable[[], AsyncIterator[Event]]:
    async def work(steps: Steps) -> None:
        engine = await (await engines.get()).holding(name)
        await _pass_on(change(engine)(name), steps)

    return lambda: stream(work)


async def _pass_on(events: AsyncIterator[Event], steps: Steps) -> None:
    async for event in events:
        steps.pass_on(event)


async def _holds(engine: Engine, name: str) -> bool:
    """Whether an engine that can be asked has this workspace."""
    try:
        return any(workspace.name == name for workspace in await engine.workspaces())
    except VibeCodeError:
        return False
