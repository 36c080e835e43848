"""A workspace, created or found."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from cluster.engine import Workspace
from launcher.serve import tasks
from launcher.serve.models import SessionBody
from launcher.serve.present import events_path
from launcher.serve.requests import SessionRequest
from launcher.serve.routes.answers import problems
from launcher.serve.surroundings import Given, Surroundings
from launcher.serve.work import Running

router = APIRouter(prefix="/api/code-server", tags=["the editor"])


@router.post(
    "/session",
    responses={202: {"model": SessionBody, "description": "It is being made"}, **problems(404, 409, 413, 415, 429)},
)
async def open_session(
    given: Given,
    request: Request,
    response: Response,
    wanted: SessionRequest,
    wait: Annotated[bool, Query(description="Answers once the workspace is ready.")] = False,
) -> SessionBody:
    """The workspace of this id: found, started, or made from the template; 202 as long as it is not ready."""
    name = wanted.workspaceId
    there, running = await tasks.found(given.engines, name), given.work.of_workspace(name)
    if running is None and (there is None or there[1].state in ("creating", "stopped", "failed")):
        running = await _begin(given, wanted, there[1] if there else None)
    if running is not None and wait:
        await running.ended()
        if error := given.work.get(running.id).job.error:
            raise error
        there, running = await tasks.find(given.engines, name), None
    if there is not None and there[1].state in ("running", "unknown"):
        url = await there[0].entrance(name)
        return _body(given, request, there[1], url, running)
    response.status_code = 202
    workspace = there[1] if there else Workspace(name, "", "creating", (await given.engines.choose()).engine.name)
    return _body(given, request, workspace, workspace.url, running)


async def _begin(given: Surroundings, wanted: SessionRequest, there: Workspace | None) -> Running:
    name = wanted.workspaceId
    if there is not None and there.state in ("stopped", "failed"):
        return given.work.begin(tasks.start(await given.engines.holding(name), name))
    template = wanted.template or (there.template if there else None)
    project = await tasks.project_of(given.catalog, given.rum, template, name, {})
    return await tasks.create(given.engines, given.work, name, tasks.for_user(project, wanted.userId))


def _body(
    given: Surroundings, request: Request, workspace: Workspace, url: str, running: Running | None
) -> SessionBody:
    return SessionBody(
        id=workspace.name,
        url=url,
        workspaceUrl=given.page_url(request, workspace.name),
        state=workspace.state,
        events=None if running is None else events_path(running),
    )
