"""The address by which a browser gets into a workspace."""

from cluster.engine import Workspace
from cluster.engines import Engines
from cluster.errors import NotReadyError, WorkspaceFailedError, WorkspaceStoppedError


async def entrance(engines: Engines, workspace: Workspace, port: int | None) -> str:
    """To the editor, or to what is served on `port`; raises the error that says why it cannot be opened now."""
    check_open(workspace)
    engine = await engines.holding(workspace.name)
    if port is not None:
        await engine.open_port(workspace.name, port)
    return await engine.entrance(workspace.name, port)


def check_open(workspace: Workspace) -> None:
    """Raises why the workspace's editor cannot be opened in the state that it is in."""
    name = workspace.name
    match workspace.state:
        case "stopped":
            raise WorkspaceStoppedError(f"{name} is stopped.", hint="Press `s` to start it, then open it.")
        case "creating":
            raise NotReadyError(
                workspace.reason or f"{name} is still being made.", hint="Progress (`5`) shows how far it is."
            )
        case "failed":
            raise WorkspaceFailedError(
                workspace.reason or f"{name} does not start.", hint="Press `l` for its log, or `s` to try again."
            )
        case "running" | "unknown":
            return
