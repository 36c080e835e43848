"""The way into a workspace: asked of its engine at the moment, since what is on the screen may be older."""

from cluster.engine import Engine, Workspace
from cluster.engines import Engines
from cluster.errors import NotReadyError, WorkspaceFailedError, WorkspaceStoppedError


async def holder(engines: Engines, name: str) -> Engine:
    """The engine of a workspace that can be entered now; raises the error that says why it cannot."""
    engine = await engines.holding(name)
    check_open(await engine.workspace(name))
    return engine


async def entrance(engines: Engines, name: str, port: int | None) -> str:
    """The address by which a browser gets to the editor, or to what is served on `port`; raises as `holder` does."""
    engine = await holder(engines, name)
    if port is not None:
        await engine.open_port(name, port)
    return await engine.entrance(name, port)


async def entrance_when_ready(engines: Engines, name: str) -> str:
    """The editor's address as soon as a step has found it ready, while the rest of its workspace is still made."""
    return await (await engines.holding(name)).entrance(name)


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
