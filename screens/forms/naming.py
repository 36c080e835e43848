"""How a new workspace can be called, and where it goes: pure functions."""

from collections.abc import Collection, Sequence

from cluster.engine import Workspace
from cluster.errors import WorkspaceNameError
from cluster.names import check_name, free_name
from screens.jobs import Job
from screens.store import Snapshot
from templates.text import plain


def name_problem(name: str, taken: Collection[str]) -> str:
    """Why a new workspace cannot be called so, as a sentence; empty where it can."""
    if not name:
        return "It needs a name."
    try:
        check_name(name)
    except WorkspaceNameError as error:
        reserved = "reserved" in error.detail
        return error.detail if reserved else "Lower-case letters, digits and hyphens; it starts with a letter."
    return f"There is a workspace {name} already." if name in taken else ""


def taken_names(workspaces: Sequence[Workspace], jobs: Sequence[Job], template: str | None) -> frozenset[str]:
    """The names that cannot be used: not that of a workspace whose making was cut off, which then goes on."""
    busy = {job.task.workspace for job in jobs if job.task.workspace}
    begun = {one.name for one in workspaces if one.state == "creating" and one.template == template}
    return frozenset(({one.name for one in workspaces} - begun) | busy)


def proposal(wanted: str, workspaces: Sequence[Workspace], jobs: Sequence[Job]) -> str:
    """A name of its own for a new workspace."""
    busy = {job.task.workspace for job in jobs if job.task.workspace}
    return free_name(wanted, {one.name for one in workspaces} | busy)


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
