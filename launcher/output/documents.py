"""The shapes of `--json`: scripts build on them, so a key is never renamed or left out."""

from datetime import UTC, datetime

from cluster.engine import EngineStatus, Workspace

Document = dict[str, object]


def created_document(workspace: Workspace, seconds: float | None) -> Document:
    """What `new` and `import` answer; `seconds` is how long it took until the editor could be opened."""
    return {
        "name": workspace.name,
        "url": workspace.url,
        "state": workspace.state,
        "engine": workspace.engine,
        "template": workspace.template,
        "seconds": None if seconds is None else round(seconds, 2),
    }


def workspace_document(workspace: Workspace, *, url: str | None = None, seconds: float | None = None) -> Document:
    """What `list` has of each workspace, and `start`, `stop` and `open` answer.

    `url` takes the place of the editor's where another is opened; `seconds` is how long the command's work took.
    """
    document = created_document(workspace, seconds)
    document |= {"created": _time(workspace.created), "idle_since": _time(workspace.idle_since)}
    document["services"] = [{"name": one.name, "state": one.state, "reason": one.reason} for one in workspace.services]
    return document if url is None else document | {"url": url}


def status_document(status: EngineStatus) -> Document:
    return {
        "engine": status.engine,
        "state": status.state,
        "workspaces": [workspace_document(one) for one in status.workspaces],
    }


def _time(time: datetime | None) -> str | None:
    """ISO 8601 in UTC, to the second: `2026-01-31T12:00:00Z`."""
    return None if time is None else time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
