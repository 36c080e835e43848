"""The program's records as what the API answers."""

from urllib.parse import urlencode

from cluster.engine import EngineStatus, Occurrence, Workspace
from launcher.serve.models import (
    EngineBody,
    ErrorBody,
    JobBody,
    OccurrenceBody,
    ServiceBody,
    StepBody,
    TemplateBody,
    VariableBody,
    WorkspaceBody,
)
from launcher.serve.work import Running
from templates.catalog import Template
from templates.errors import VibeCodeError
from templates.variables import AnyVariable, StringVariable


def workspace_body(workspace: Workspace, page_url: str, running: Running | None) -> WorkspaceBody:
    return WorkspaceBody.model_construct(
        name=workspace.name,
        url=workspace.url,
        state=workspace.state,
        engine=workspace.engine,
        template=workspace.template,
        created=workspace.created,
        idle_since=workspace.idle_since,
        ports={str(port): url for port, url in workspace.ports.items()},
        reason=workspace.reason,
        services=[
            ServiceBody.model_construct(name=one.name, state=one.state, reason=one.reason) for one in workspace.services
        ],
        workspaceUrl=page_url,
        job=None if running is None else job_path(running),
        userId=workspace.user,
    )


def page_path(name: str) -> str:
    """The portal's page of a workspace."""
    return f"/workspace/{name}"


def job_path(running: Running) -> str:
    return f"/api/jobs/{running.id}"


def events_path(running: Running) -> str:
    return f"{job_path(running)}/events"


def job_body(running: Running) -> JobBody:
    job = running.job
    return JobBody(
        id=running.id,
        title=job.task.title,
        workspace=job.task.workspace,
        state=job.state,
        started=job.started,
        finished=job.finished,
        error=None if job.error is None else error_body(job.error),
        steps=[
            StepBody(
                step=step.name,
                title=step.title,
                state=step.state,
                started=step.started,
                seconds=step.seconds,
                expected=step.expected,
                fraction=step.fraction,
                text=step.text,
                note=step.note,
            )
            for step in job.waterfall.steps
        ],
        url=job_path(running),
        events=events_path(running),
    )


def error_body(error: VibeCodeError) -> ErrorBody:
    return ErrorBody(**error.as_dict())


def engine_body(status: EngineStatus) -> EngineBody:
    return EngineBody(
        engine=status.engine,
        state=status.state,
        detail=status.detail,
        parts=status.parts,
        workspaces=len(status.workspaces),
    )


def occurrence_body(one: Occurrence) -> OccurrenceBody:
    return OccurrenceBody(
        time=one.time,
        kind=one.kind,
        name=one.name,
        reason=one.reason,
        message=one.message,
        words=one.words,
        count=one.count,
        warning=one.warning,
    )


def template_body(template: Template) -> TemplateBody:
    manifest = template.manifest
    return TemplateBody(
        id=template.id,
        title=manifest.title,
        description=manifest.description,
        language=manifest.language,
        icon=manifest.icon,
        good_for=manifest.good_for,
        tags=list(manifest.tags),
        ports=list(manifest.ports),
        services=list(manifest.services),
        toolchains=list(manifest.toolchains),
        variables=[_variable_body(name, variable) for name, variable in manifest.variables.items()],
    )


def next_page(path: str, after: str, limit: int) -> str:
    return f"{path}?{urlencode({'after': after, 'limit': limit})}"


def _variable_body(name: str, variable: AnyVariable) -> VariableBody:
    choices = list(variable.choices) if isinstance(variable, StringVariable) else []
    return VariableBody(
        name=name, title=variable.title, type=variable.type, default=variable.default_text, choices=choices
    )
