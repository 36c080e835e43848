"""What is done to workspaces, as tasks that can be begun and begun again."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace

from cluster.consent import check_consent
from cluster.dependencies.installation import Installation, installation
from cluster.dependencies.unfinished import unfinished
from cluster.engine import Engine, Workspace
from cluster.engines import Engines
from cluster.errors import WorkspaceExistsError, WorkspaceNotFoundError
from cluster.names import check_name
from launcher.serve.told import Undertaking
from launcher.serve.work import Running, Work
from templates.catalog import Catalog
from templates.events import Event
from templates.project import Manifest, Project
from templates.render import render
from templates.rum import Rum, with_rum


async def find(engines: Engines, name: str) -> tuple[Engine, Workspace]:
    """Raises WorkspaceNotFoundError."""
    engine = await engines.holding(name)
    return engine, await engine.workspace(name)


async def found(engines: Engines, name: str) -> tuple[Engine, Workspace] | None:
    """None where there is no workspace of this name."""
    try:
        return await find(engines, name)
    except WorkspaceNotFoundError:
        return None


async def project_of(
    catalog: Catalog, rum: Rum | None, template: str | None, name: str, variables: Mapping[str, str]
) -> Project:
    """The template's, or one without any file. Raises TemplateError, VariableError."""
    if template is None:
        return Project(Manifest(title=name), ())
    made = await asyncio.to_thread(lambda: render(catalog.load(template), {**variables, "name": name}))
    return with_rum(made, rum, name)


def for_user(project: Project, user: str | None) -> Project:
    return replace(project, manifest=replace(project.manifest, user=user or ""))


async def create(engines: Engines, work: Work, name: str, project: Project) -> Running:
    """Goes on where the making was cut off. Raises WorkspaceExistsError, ConsentNeededError."""
    check_name(name)
    there = await found(engines, name)
    if there is None:
        engine = (await engines.choose()).engine
    else:
        engine, workspace = there
        if workspace.state != "creating":
            raise WorkspaceExistsError(
                f"There is a workspace {name!r} already.",
                hint=f"Choose another name, or open it: `vibecode open {name}`.",
            )
    await asyncio.to_thread(check_consent, project, engine)
    return work.begin(creation(engine, name, project))


def creation(engine: Engine, name: str, project: Project) -> Undertaking:
    """What was consented to, or needs no consent: what it needs is installed without another question."""
    needed, done = installation(engine, name, project.manifest), f"{name} is ready"
    if needed is None:
        return Undertaking(f"Creating {name}", name, lambda: engine.create(name, project), done)
    return Undertaking(
        f"Creating {name}",
        name,
        lambda: needed.beside(engine.create(name, project)),
        done,
        then=lambda: install(needed),
    )


def install(needed: Installation) -> Undertaking:
    """Follows what goes on inside the workspace."""
    name = needed.name
    done = f"What {name} needs is installed"
    return Undertaking(f"Installing what {name} needs", name, needed.follow, done, aside=True)


def start(engine: Engine, name: str) -> Undertaking:
    """What its installation lacks comes after it, where nobody has to be asked."""
    needed: Installation | None = None

    async def work() -> AsyncGenerator[Event]:
        nonlocal needed
        needed = None
        async for event in engine.start(name):
            yield event
        found = await unfinished(engine, name)
        needed = found.installation if found is not None and found.reason is None else None

    return Undertaking(
        f"Starting {name}", name, work, f"{name} runs", then=lambda: None if needed is None else install(needed)
    )


def stop(engine: Engine, name: str) -> Undertaking:
    return Undertaking(f"Stopping {name}", name, lambda: engine.stop(name), f"{name} is stopped")


def delete(engine: Engine, name: str) -> Undertaking:
    return Undertaking(f"Deleting {name}", name, lambda: engine.delete(name), f"{name} is gone")
