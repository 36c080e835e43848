"""Workspaces: listed, read, made, started, stopped, deleted, opened, and what they say and did."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from cluster.engine import Workspace
from cluster.errors import NotReadyError, WorkspaceFailedError, WorkspaceStoppedError
from launcher.serve import limits, tasks
from launcher.serve.models import JobBody, LogBody, OccurrenceList, OpenBody, WorkspaceBody, WorkspaceList
from launcher.serve.present import error_body, job_body, next_page, occurrence_body, workspace_body
from launcher.serve.requests import CreateRequest
from launcher.serve.routes.answers import UNCHANGED, events, problems
from launcher.serve.streams import sse
from launcher.serve.surroundings import Given, Surroundings
from launcher.serve.tagged import tagged
from launcher.serve.told import Undertaking
from launcher.serve.work import Running
from templates.errors import VibeCodeError
from templates.services import ServiceName
from templates.text import plain

router = APIRouter(prefix="/api/workspaces", tags=["workspaces"])

NamePath = Annotated[str, Path(max_length=40, pattern=r"^[a-z]([a-z0-9-]*[a-z0-9])?$", examples=["shop"])]
Limit = Annotated[int, Query(ge=1, le=limits.LARGEST_PAGE, description="Items of this page at most.")]
After = Annotated[str, Query(max_length=40, description="The name after which the page begins.")]


@router.get("", response_model=WorkspaceList, responses={**UNCHANGED, **problems()})
async def list_workspaces(given: Given, request: Request, limit: Limit = limits.PAGE, after: After = "") -> Response:
    """All workspaces of all engines by name, as they are now, page by page."""
    everything = await given.engines.everything()
    rest = [one for one in everything.workspaces if one.name > after]
    page = rest[:limit]
    following = next_page(router.prefix, page[-1].name, limit) if len(rest) > limit else None
    body = WorkspaceList.model_construct(
        workspaces=_bodies(given, request, page),
        next=following,
        out_of_reach={name: error_body(error) for name, error in everything.out_of_reach.items()},
    )
    return tagged(request, body, {"Link": f'<{following}>; rel="next"'} if following else None)


@router.post("", status_code=202, responses=problems(404, 409, 413, 415, 429))
async def create_workspace(given: Given, wanted: CreateRequest) -> JobBody:
    """Begins to make a workspace; called again, it goes on where it stopped."""
    project = await tasks.project_of(given.catalog, given.rum, wanted.template, wanted.name, wanted.variables)
    return job_body(await tasks.create(given.engines, given.work, wanted.name, project))


@router.get("/{name}", response_model=WorkspaceBody, responses={**UNCHANGED, **problems(404)})
async def read_workspace(given: Given, request: Request, name: NamePath) -> Response:
    """One workspace as it is now; one whose making has just begun is `creating`."""
    running = given.work.of_workspace(name)
    there = await tasks.found(given.engines, name)
    if there is None and running is not None:
        return tagged(request, _body(given, request, await _beginning(given, running, name)))
    _, workspace = there or await tasks.find(given.engines, name)
    return tagged(request, _body(given, request, workspace))


@router.post("/{name}/start", status_code=202, responses=problems(404, 429))
async def start_workspace(given: Given, name: NamePath) -> JobBody:
    """Begins to start a workspace, with all its files."""
    engine, _ = await tasks.find(given.engines, name)
    return _begun(given, tasks.start(engine, name))


@router.post("/{name}/stop", status_code=202, responses=problems(404, 429))
async def stop_workspace(given: Given, name: NamePath) -> JobBody:
    """Begins to stop a workspace; its files are kept."""
    engine, _ = await tasks.find(given.engines, name)
    return _begun(given, tasks.stop(engine, name))


@router.delete("/{name}", status_code=202, responses=problems(404, 429))
async def delete_workspace(given: Given, name: NamePath) -> JobBody:
    """Begins to delete a workspace with all its files."""
    engine, _ = await tasks.find(given.engines, name)
    return _begun(given, tasks.delete(engine, name))


@router.post("/{name}/open", responses=problems(404, 409, 429))
async def open_workspace(
    given: Given,
    name: NamePath,
    port: Annotated[int | None, Query(ge=1, le=65535, description="What the project serves, not the editor.")] = None,
) -> OpenBody:
    """The address by which a browser gets into the editor, or to what the project serves on a port."""
    engine, workspace = await tasks.find(given.engines, name)
    _check_open(workspace)
    if port is not None:
        await engine.open_port(name, port)
    return OpenBody(name=name, url=await engine.entrance(name, port))


@router.get(
    "/{name}/logs",
    response_model=LogBody,
    responses={
        200: {
            "description": "The lines; as events named `line` where they are followed",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **problems(404, 429),
    },
)
async def read_logs(
    given: Given,
    name: NamePath,
    tail: Annotated[int, Query(ge=0, le=10_000, description="Only the last lines.")] = 1000,
    follow: Annotated[bool, Query(description="Goes on as a stream of events.")] = False,
    service: Annotated[
        ServiceName | None, Query(description="Not the editor's, but those of a service beside it.")
    ] = None,
) -> Response:
    """What a workspace's container says, or a service beside it."""
    engine, _ = await tasks.find(given.engines, name)
    lines = engine.logs(name, service=service, follow=follow, tail=tail)
    if follow:
        return given.streams.answer(_lines(lines))
    body = LogBody(name=name, lines=[plain(line) async for line in lines])
    return Response(body.model_dump_json(), media_type="application/json", headers={"Cache-Control": "no-store"})


@router.get("/{name}/events", responses=problems(404))
async def read_events(given: Given, name: NamePath) -> OccurrenceList:
    """What happened to a workspace: its pod started, was killed, could not be placed."""
    engine, _ = await tasks.find(given.engines, name)
    activity = await engine.activity(name)
    return OccurrenceList(name=name, events=[occurrence_body(one) for one in activity.occurrences])


live = APIRouter(tags=["workspaces"])


@live.get(
    "/api/events", response_class=Response, responses={**events("Events `workspaces` and `jobs`"), **problems(429)}
)
async def follow_everything(given: Given) -> Response:
    """All workspaces and the work under way, at once and again after each change."""
    return given.streams.answer(given.live.read())


def _body(given: Surroundings, request: Request, workspace: Workspace) -> WorkspaceBody:
    return _bodies(given, request, [workspace])[0]


def _bodies(given: Surroundings, request: Request, workspaces: Sequence[Workspace]) -> list[WorkspaceBody]:
    base, busy = given.page_url(request, ""), given.work.names
    return [
        workspace_body(one, base + one.name, given.work.of_workspace(one.name) if one.name in busy else None)
        for one in workspaces
    ]


def _begun(given: Surroundings, task: Undertaking) -> JobBody:
    return job_body(given.work.begin(task))


async def _beginning(given: Surroundings, running: Running, name: str) -> Workspace:
    """A workspace that no engine lists yet."""
    engine = (await given.engines.choose()).engine
    return Workspace(name, "", "creating", engine.name, created=running.job.started, reason="it is being made")


async def _lines(lines: AsyncIterator[str]) -> AsyncIterator[bytes]:
    try:
        async for line in lines:
            yield sse("line", json.dumps(plain(line)))
    except VibeCodeError as error:
        yield sse("error", json.dumps(error.as_dict()))


def _check_open(workspace: Workspace) -> None:
    """Raises why there is no editor to open."""
    name, reason = workspace.name, workspace.reason
    match workspace.state:
        case "stopped":
            raise WorkspaceStoppedError(f"{name} is stopped.", hint=f"`vibecode start {name}` starts it.")
        case "creating":
            raise NotReadyError(reason or f"{name} is being made.", hint="Wait until its job has ended.")
        case "failed":
            hint = f"`vibecode logs {name}` shows why; `vibecode start {name}` tries again."
            raise WorkspaceFailedError(reason or f"{name} does not start.", hint=hint)
        case "running" | "unknown":
            return
