"""What the API answers; the OpenAPI document is made of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, PlainSerializer, StringConstraints

from cluster.engine import EngineName, EngineState, ServiceState, WorkspaceState
from launcher.serve.documents import time_text
from templates.services import ServiceName
from templates.toolchains import ToolchainName

Time = Annotated[datetime, PlainSerializer(time_text, return_type=str, when_used="json")]
"""ISO 8601 in UTC."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
JobState = Literal["running", "stopping", "done", "failed", "stopped"]
StepState = Literal["running", "done", "failed", "stopped"]


def example(**values: Any) -> ConfigDict:
    """Shown in the OpenAPI document."""
    return ConfigDict(json_schema_extra={"examples": [values]})


class InvalidPlace(BaseModel):
    where: str
    what: str


class ConflictingFile(BaseModel):
    """A file that is not what the change was made for: two hashes, or `absent`."""

    path: str
    expected: str
    found: str


class Problem(BaseModel):
    """An error as problem details (RFC 9457).

    `errors` say what does not fit the description (422), `conflicts` which files have changed meanwhile (409).
    """

    model_config = example(
        type="urn:vibecode:error:workspace-not-found",
        status=404,
        code="workspace-not-found",
        title="There is no such workspace",
        detail="There is no workspace 'shop'.",
        hint="`vibecode list` shows what there is.",
        request_id="5f1d7a0c2b9e4f63",
    )

    type: str
    status: int
    code: str
    title: str
    detail: str
    hint: str
    request_id: str
    errors: list[InvalidPlace] | None = None
    conflicts: list[ConflictingFile] | None = None


class ErrorBody(BaseModel):
    code: str
    title: str
    detail: str
    hint: str


class ServiceBody(BaseModel):
    """A service beside a workspace; `reason` says why it is not running."""

    name: ServiceName
    state: ServiceState
    reason: str | None


class WorkspaceBody(BaseModel):
    """A workspace; `job` is where the work on it that is under way can be asked about, `userId` whom it is for."""

    model_config = example(
        name="shop",
        url="http://shop.vibecode.localhost/",
        state="running",
        engine="kind",
        template="python-fastapi",
        created="2026-01-31T12:00:00Z",
        idle_since=None,
        ports={"8000": "http://8000-shop.vibecode.localhost/"},
        reason=None,
        services=[{"name": "postgresql", "state": "running", "reason": None}],
        workspaceUrl="http://127.0.0.1:8420/workspace/shop",
        job=None,
        userId=None,
    )

    name: str
    url: str
    state: WorkspaceState
    engine: EngineName
    template: str | None
    created: Time | None
    idle_since: Time | None
    ports: Mapping[str, str]
    reason: str | None
    services: list[ServiceBody]
    workspaceUrl: str  # noqa: N815 (the seed's name)
    job: str | None
    userId: str | None  # noqa: N815 (the seed's name)


class WorkspaceList(BaseModel):
    """`next` is the address of the next page; `out_of_reach` says which engines could not be asked, and why."""

    workspaces: list[WorkspaceBody]
    next: str | None
    out_of_reach: Mapping[str, ErrorBody]


class StepBody(BaseModel):
    step: str
    title: str
    state: StepState
    started: Time
    seconds: float | None
    expected: float | None
    fraction: float | None
    text: str
    note: str | None


class JobBody(BaseModel):
    """Work that goes on in the server; `events` is its stream of server-sent events."""

    model_config = example(
        id="1f2e3d4c-1",
        title="Creating shop",
        workspace="shop",
        state="running",
        started="2026-01-31T12:00:00.000Z",
        finished=None,
        error=None,
        steps=[
            {
                "step": "seed",
                "title": "Seeding the files",
                "state": "running",
                "started": "2026-01-31T12:00:01.500Z",
                "seconds": None,
                "expected": 2.0,
                "fraction": 0.5,
                "text": "12 of 24 files",
                "note": None,
            }
        ],
        url="/api/jobs/1f2e3d4c-1",
        events="/api/jobs/1f2e3d4c-1/events",
    )

    id: str
    title: str
    workspace: str | None
    state: JobState
    started: Time
    finished: Time | None
    error: ErrorBody | None
    steps: list[StepBody]
    url: str
    events: str


class JobList(BaseModel):
    jobs: list[JobBody]
    next: str | None


class OpenBody(BaseModel):
    """An address by which a browser gets in; where VibeCode guards the page, it is good once and for five minutes."""

    model_config = example(name="shop", url="http://shop.vibecode.localhost/")

    name: str
    url: str


class LogBody(BaseModel):
    model_config = example(name="shop", lines=["[2026-01-31T12:00:00.000Z] info  code-server 4.139.1"])

    name: str
    lines: list[str]


class OccurrenceBody(BaseModel):
    time: Time
    kind: str
    name: str
    reason: str
    message: str
    words: str
    count: int
    warning: bool


class OccurrenceList(BaseModel):
    """What happened to a workspace, the newest last."""

    name: str
    events: list[OccurrenceBody]


class VariableBody(BaseModel):
    name: str
    title: str
    type: Literal["string", "integer", "boolean"]
    default: str
    choices: list[str]


class TemplateBody(BaseModel):
    model_config = example(
        id="python-fastapi",
        title="FastAPI",
        description="A JSON API with a database, tests and a page.",
        language="Python",
        icon="⚡",
        good_for="APIs",
        tags=["api", "sqlite"],
        ports=[8000],
        services=[],
        toolchains=[],
        variables=[],
    )

    id: str
    title: str
    description: str
    language: str
    icon: str
    good_for: str
    tags: list[str]
    ports: list[int]
    services: list[ServiceName]
    toolchains: list[ToolchainName]
    variables: list[VariableBody]


class TemplateList(BaseModel):
    templates: list[TemplateBody]
    next: str | None


class EngineBody(BaseModel):
    engine: EngineName
    state: EngineState
    detail: str
    parts: Mapping[str, str]
    workspaces: int


class StatusBody(BaseModel):
    """The engines as they were at most a second ago, and what the server does."""

    model_config = example(
        version="0.1.0",
        engines=[{"engine": "kind", "state": "running", "detail": "", "parts": {"node": "Ready"}, "workspaces": 3}],
        jobs=0,
        streams=1,
        models=True,
    )

    version: str
    engines: list[EngineBody]
    jobs: int
    streams: int
    models: bool


class HealthBody(BaseModel):
    status: Literal["ok"]


class SessionBody(BaseModel):
    """`url` is the editor's; `events` is where to follow the making, where it is not ready yet."""

    model_config = example(
        id="shop",
        url="http://shop.vibecode.localhost/",
        workspaceUrl="http://127.0.0.1:8420/workspace/shop",
        state="creating",
        events="/api/jobs/1f2e3d4c-1/events",
    )

    id: str
    url: str
    workspaceUrl: str  # noqa: N815 (the seed's name)
    state: WorkspaceState
    events: str | None


class SyncedFile(BaseModel):
    path: str
    sha256: Sha256


class SyncBody(BaseModel):
    """The hashes of the files as they are now in the workspace, read back and verified."""

    workspaceId: str  # noqa: N815 (the seed's name)
    files: list[SyncedFile]
    deleted: list[str]


class GenerateBody(BaseModel):
    model_config = example(
        workspaceId="url-shortener",
        workspaceUrl="http://127.0.0.1:8420/workspace/url-shortener",
        events="/api/jobs/1f2e3d4c-2/events",
    )

    workspaceId: str  # noqa: N815 (the seed's name)
    workspaceUrl: str  # noqa: N815 (the seed's name)
    events: str


class TicketBody(BaseModel):
    """An address of the portal that lets a browser in once, within five minutes."""

    url: str


class TurnBody(BaseModel):
    """Files that were changed together and can be changed back together; `turn` is None where nothing changed."""

    model_config = example(
        name="shop", turn=3, instruction="Add an expiry date to links", undone=False, files=["app/main.py"]
    )

    name: str
    turn: int | None
    instruction: str
    undone: bool
    files: list[str]
