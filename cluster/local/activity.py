"""What runs for the local workspaces, and what became of their editors since the host began."""

from collections.abc import Iterable
from datetime import UTC, datetime

from cluster.engine import Activity, Occurrence, Unit, UnitState
from cluster.local.contact import ask
from cluster.local.folders import LocalFolder, WorkspaceFolder
from cluster.local.listing import Found
from cluster.local.news import Piece
from cluster.local.records import read_process

_STATES: dict[str, UnitState] = {"starting": "starting", "running": "running", "failed": "failed", "stopped": "ending"}


async def activity(folder: LocalFolder, host: Found | None, name: str | None) -> Activity:
    """Of all workspaces and the host, or of one; nothing where no host runs, since none watches them then."""
    if host is None:
        return Activity()
    contact, state = host
    told = [Piece.decode(one) for one in (await ask(contact.sockets.control, "history"))["history"]]
    happened = [_occurrence(piece) for piece in told if name in (None, piece.workspace)]
    editors = {one: known for one, known in state["workspaces"].items() if name in (None, one)}
    units = [_editor(folder.workspace(one), known, happened) for one, known in sorted(editors.items())]
    if name is None:
        words = f"the proxy listens on 127.0.0.1:{contact.port}"
        units.insert(
            0, Unit("Process", f"host {state['pid']}", "running", words, _written(folder.host.stat().st_mtime))
        )
    return Activity(tuple(units), tuple(happened))


def _editor(folder: WorkspaceFolder, known: dict[str, str], happened: Iterable[Occurrence]) -> Unit:
    process = read_process(folder)
    again = sum(one.reason == "Starting" and one.warning for one in happened if one.workspace == folder.name)
    return Unit(
        kind="Process",
        name=f"editor {process.identity.pid}" if process else "editor",
        state=_STATES[known["state"]],
        words=known["reason"] or "the editor runs",
        since=_written(folder.process.stat().st_mtime) if process else None,
        restarts=again,
        workspace=folder.name,
    )


def _occurrence(piece: Piece) -> Occurrence:
    words = piece.reason or "the editor runs"
    return Occurrence(
        time=piece.at,
        kind="Process",
        name="editor",
        reason=piece.state.capitalize(),
        message=words,
        words=words,
        warning=piece.state == "failed" or words.startswith("The editor"),
        workspace=piece.workspace,
    )


def _written(time: float) -> datetime:
    return datetime.fromtimestamp(time, UTC)
