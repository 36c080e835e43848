"""What is sent to the API and what it answers; the OpenAPI document is made of it."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints, model_validator

from cluster.engine import EngineName, EngineState, WorkspaceState
from launcher.serve import limits
from launcher.serve.documents import time_text

Time = Annotated[datetime, PlainSerializer(time_text, return_type=str, when_used="json")]
"""ISO 8601 in UTC."""

Name = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z]([a-z0-9-]*[a-z0-9])?$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Base = Sha256 | Literal["absent"] | None
UserId = Annotated[str, StringConstraints(max_length=200)]
JobState = Literal["running", "stopping", "done", "failed", "stopped"]
StepState = Literal["running", "done", "failed", "stopped"]


def _example(**values: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [values]})


class Problem(BaseModel):
    """An error as problem details (RFC 9457)."""

    model_config = _example(
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


class InvalidPlace(BaseModel):
    where: str
    what: str


class ConflictingFile(BaseModel):
    """A file that is not what the change was made for: two hashes, or `absent`."""

    path: str
    expected: str
    found: str


class ErrorBody(BaseModel):
    code: str
    title: str
    detail: str
    hint: str


class WorkspaceBody(BaseModel):
    """A workspace; `job` is where the work on it that is under way can be asked about."""

    model_config = _example(
        name="shop",
        url="http://shop.vibecode.localhost/",
        state="running",
        engine="kind",
        template="python-fastapi",
        created="2026-01-31T12:00:00Z",
        idle_since=None,
        ports={"8000": "http://8000-shop.vibecode.localhost/"},
        reason=None,
        workspaceUrl="http://127.0.0.1:8420/workspace/shop",
        job=None,
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
    workspaceUrl: str  # noqa: N815 (the seed's name)
    job: str | None


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

    model_config = _example(
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

    model_config = _example(name="shop", url="http://shop.vibecode.localhost/")

    name: str
    url: str


class LogBody(BaseModel):
    model_config = _example(name="shop", lines=["[2026-01-31T12:00:00.000Z] info  code-server 4.139.1"])

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
    model_config = _example(
        id="python-fastapi",
        title="FastAPI",
        description="A JSON API with a database, tests and a page.",
        language="Python",
        icon="⚡",
        good_for="APIs",
        tags=["api", "sqlite"],
        ports=[8000],
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

    model_config = _example(
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


class CreateRequest(BaseModel):
    """A workspace from a template; without one it is empty. `variables` are the template's."""

    model_config = _example(name="shop", template="python-fastapi", variables={})

    name: Name
    template: Annotated[str, StringConstraints(max_length=80)] | None = None
    variables: dict[str, str] = Field(default_factory=dict, max_length=100)


class SessionRequest(BaseModel):
    """A workspace, created from the template where it is not there; one that is stopped is started."""

    model_config = _example(workspaceId="shop", template="python-fastapi", userId="ada")

    workspaceId: Name  # noqa: N815 (the seed's name)
    template: Annotated[str, StringConstraints(max_length=80)] | None = None
    userId: UserId | None = None  # noqa: N815 (the seed's name)


class SessionBody(BaseModel):
    """`url` is the editor's; `events` is where to follow the making, where it is not ready yet."""

    model_config = _example(
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


class FileBody(BaseModel):
    """A file with its `content` as text or, in `base64`, as bytes.

    `base` is the sha256 that it replaces, or `absent` where there must be nothing; without it, whatever is there goes.
    """

    path: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    content: str | None = None
    base64: str | None = None
    mode: Annotated[int, Field(ge=0, le=0o777)] | None = None
    base: Base = None

    @model_validator(mode="after")
    def _one_content(self) -> "FileBody":
        if (self.content is None) == (self.base64 is None):
            raise ValueError("must have exactly one of content and base64")
        self.data()
        return self

    def data(self) -> bytes:
        """Raises ValueError for what no bytes can be made of."""
        if self.base64 is not None:
            try:
                return base64.b64decode(self.base64, validate=True)
            except (binascii.Error, ValueError):
                raise ValueError("has base64 that cannot be decoded") from None
        try:
            return (self.content or "").encode()
        except UnicodeEncodeError:
            raise ValueError("has content that is not valid Unicode") from None


class DeletedFile(BaseModel):
    """A file that is to go; `base` as in `files`."""

    path: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    base: Base = None


class SyncRequest(BaseModel):
    """Changes to a workspace's files that are made all, or none."""

    model_config = _example(
        workspaceId="shop",
        files=[{"path": "app/main.py", "content": "print('hello')\n", "base": "absent"}],
        delete=["old.py"],
    )

    workspaceId: Name  # noqa: N815 (the seed's name)
    files: list[FileBody] = Field(default_factory=list[FileBody], max_length=limits.SYNC_FILES)
    delete: list[str | DeletedFile] = Field(default_factory=list[str | DeletedFile], max_length=limits.SYNC_FILES)


class SyncedFile(BaseModel):
    path: str
    sha256: Sha256


class SyncBody(BaseModel):
    """The hashes of the files as they are now in the workspace, read back and verified."""

    workspaceId: str  # noqa: N815 (the seed's name)
    files: list[SyncedFile]
    deleted: list[str]


class GenerateRequest(BaseModel):
    """`run` lets what the model wrote run where a workspace is not isolated; elsewhere it runs in any case."""

    model_config = _example(prompt="A URL shortener with FastAPI and SQLite", userId="ada")

    prompt: Annotated[str, StringConstraints(min_length=1, max_length=limits.PROMPT, strip_whitespace=True)]
    name: Name | None = None
    run: bool = False
    userId: UserId | None = None  # noqa: N815 (the seed's name)


class GenerateBody(BaseModel):
    model_config = _example(
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


class ChatRequest(BaseModel):
    """A change asked for in words; `chat` goes on with a conversation."""

    model_config = _example(instruction="Add an expiry date to links")

    instruction: Annotated[str, StringConstraints(min_length=1, max_length=limits.PROMPT, strip_whitespace=True)]
    chat: Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9a-z]+$")] | None = None


class HunkChoice(BaseModel):
    """A hunk of a proposal, counted from 0; a file without hunks has the one 0."""

    path: Annotated[str, StringConstraints(max_length=4096)]
    hunk: Annotated[int, Field(ge=0)]


class ApplyRequest(BaseModel):
    """The hunks that are agreed to; without `hunks` all of the proposal."""

    model_config = _example(hunks=[{"path": "app/main.py", "hunk": 0}])

    hunks: Annotated[list[HunkChoice], Field(max_length=100_000)] | None = None


class TurnBody(BaseModel):
    """Files that were changed together and can be changed back together; `turn` is None where nothing changed."""

    model_config = _example(
        name="shop", turn=3, instruction="Add an expiry date to links", undone=False, files=["app/main.py"]
    )

    name: str
    turn: int | None
    instruction: str
    undone: bool
    files: list[str]
