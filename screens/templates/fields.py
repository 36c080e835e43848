"""The fields of a template's form, and what is wrong with what was typed: pure functions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cluster.engine import Workspace
from cluster.errors import WorkspaceNameError
from cluster.names import MAX_NAME, check_name, free_name
from screens.jobs import Job
from screens.store import Snapshot
from templates.catalog import Template
from templates.text import plain
from templates.variables import NAME, AnyVariable, BooleanVariable, IntegerVariable, StringVariable


@dataclass(frozen=True, slots=True)
class FormField:
    """One field: `choices`, as (value, title), are all that it takes, where there are any; `longest` in characters."""

    name: str
    title: str
    value: str
    longest: int = 0
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that was filled in: the workspace's name, and a value for each variable of the template."""

    template: Template
    name: str
    values: tuple[tuple[str, str], ...]


def fields_of(template: Template, name: str) -> tuple[FormField, ...]:
    """The name first, then the variables in the template's order."""
    variables = template.manifest.variables.items()
    return (FormField(NAME, "Name", name, MAX_NAME), *(_field(key, variable) for key, variable in variables))


def _field(name: str, variable: AnyVariable) -> FormField:
    title, value = plain(variable.title), variable.default_text
    match variable:
        case StringVariable(choices=choices) if choices:
            return FormField(name, title, value, choices=tuple((choice, plain(choice)) for choice in choices))
        case StringVariable(max_length=longest):
            return FormField(name, title, value, longest)
        case IntegerVariable():
            return FormField(name, title, value, 19)
        case BooleanVariable():
            return FormField(name, title, value, choices=(("true", "yes"), ("false", "no")))


def problem(template: Template, name: str, value: str, taken: Collection[str]) -> str:
    """Why this field cannot have this value, as a sentence; empty where it can."""
    if name == NAME:
        return _name_problem(value, taken)
    try:
        template.manifest.variables[name].accept(value)
    except ValueError as error:
        return f"It {error}."
    return ""


def _name_problem(name: str, taken: Collection[str]) -> str:
    if not name:
        return "It needs a name."
    try:
        check_name(name)
    except WorkspaceNameError as error:
        reserved = "reserved" in error.detail
        return error.detail if reserved else "Lower-case letters, digits and hyphens; it starts with a letter."
    return f"There is a workspace {name} already." if name in taken else ""


def taken_names(workspaces: Sequence[Workspace], jobs: Sequence[Job], template: str) -> frozenset[str]:
    """The names that cannot be used: not that of a workspace whose making was cut off, which then goes on."""
    busy = {job.task.workspace for job in jobs if job.task.workspace}
    begun = {one.name for one in workspaces if one.state == "creating" and one.template == template}
    return frozenset(({one.name for one in workspaces} - begun) | busy)


def proposal(template: str, workspaces: Sequence[Workspace], jobs: Sequence[Job]) -> str:
    """A name of its own for a new workspace."""
    busy = {job.task.workspace for job in jobs if job.task.workspace}
    return free_name(template, {one.name for one in workspaces} | busy)


def destination(snapshot: Snapshot) -> str:
    """Where a new workspace goes, and what has to be made for it first."""
    if snapshot.chosen is None:
        return "VibeCode still looks for where it can go."
    engine = snapshot.engine(snapshot.chosen)
    state = engine.status.state if engine and engine.status else None
    first = {
        "absent": " It is made first, once.",
        "stopped": " It is started first.",
    }.get(state or "", "")
    where = "the cluster in Docker" if snapshot.chosen == "kind" else "processes on this machine"
    return f"Goes to {where} ({snapshot.chosen}), since {plain(snapshot.reason)}.{first}"
