"""`list`, `open`, `start`, `stop` and `delete`: workspaces that are there."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic

from cluster.engine import Engine, Workspace
from cluster.errors import NotReadyError, WorkspaceFailedError, WorkspaceStoppedError
from launcher.commands.command import Command
from launcher.commands.create import RUN_HELP
from launcher.commands.table import workspace_lines
from launcher.context import Context
from launcher.output.documents import Document, workspace_document
from templates.events import Event
from templates.text import duration


async def _list(context: Context, _: Namespace) -> int:
    async with context.engines() as engines:
        everything = await engines.everything()
    workspaces = everything.workspaces
    for name, error in everything.out_of_reach.items():
        context.console.say(f"The engine `{name}` is out of reach: {error.detail} {error.hint}")
    if not workspaces and not context.console.as_json:
        context.console.say("There are no workspaces yet: `vibecode new python-fastapi` makes one.")
        return 0
    lines = workspace_lines(context.console, workspaces)
    context.console.answer([workspace_document(one) for one in workspaces], "\n".join(lines))
    return 0


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise ArgumentTypeError(f"{text!r} is not a port; 1 to 65535 are allowed")
    return int(text)


def _open_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the workspace")
    parser.add_argument("--port", type=_port, metavar="N", help="what the project serves on this port, not the editor")
    parser.add_argument("--no-open", action="store_true", help="only show the address")


async def _open(context: Context, args: Namespace) -> int:
    async with context.engine_of(args.name) as engine:
        workspace = await engine.workspace(args.name)
        _check_open(workspace)
        if args.port is not None:
            await context.wait(f"Opening port {args.port}", engine.open_port(workspace.name, args.port))
        url = await engine.entrance(workspace.name, args.port)
    context.console.answer(workspace_document(workspace, url=url), url)
    await context.show_in_browser(url, wanted=not args.no_open)
    return 0


def _check_open(workspace: Workspace) -> None:
    name = workspace.name
    match workspace.state:
        case "stopped":
            raise WorkspaceStoppedError(f"{name} is stopped.", hint=f"`vibecode start {name}` starts it.")
        case "creating":
            raise NotReadyError(
                workspace.reason or f"{name} is still being made.",
                hint="Wait for the `vibecode new` that makes it, or run that command again if it was stopped.",
            )
        case "failed":
            raise WorkspaceFailedError(
                workspace.reason or f"{name} does not start.",
                hint=f"`vibecode logs {name}` shows why; `vibecode start {name}` tries again.",
            )
        case "running" | "unknown":
            return


def _names_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("names", metavar="NAME", nargs="+", help="the workspace, or several")


def _start_arguments(parser: ArgumentParser) -> None:
    _names_arguments(parser)
    parser.add_argument("--run", action="store_true", help=RUN_HELP)


async def _start(context: Context, args: Namespace) -> int:
    """Where what a workspace needs was being installed when it ended, that is gone on with, and shown to its end."""

    async def start(name: str) -> Document:
        async with context.engine_to_start(name) as engine:
            changed = await _changed(context, engine, name, engine.start(name), "started")
            return {**changed, "install": await _gone_on(context, engine, name, may_run=args.run)}

    return await _answered(context, args.names, start)


async def _gone_on(context: Context, engine: Engine, name: str, *, may_run: bool) -> Document | None:
    from cluster.dependencies.unfinished import unfinished
    from launcher.dependencies import Dependencies

    if (found := await unfinished(engine, name)) is None:
        return None
    return await Dependencies(context, found.installation, trusted=found.ours or may_run).install()


async def _stop(context: Context, args: Namespace) -> int:
    async def stop(name: str) -> Document:
        async with context.engine_of(name) as engine:
            return await _changed(context, engine, name, engine.stop(name), "stopped")

    return await _answered(context, args.names, stop)


async def _changed(context: Context, engine: Engine, name: str, events: AsyncIterator[Event], done: str) -> Document:
    """Shows the change to its end, and tells what the workspace is now."""
    start = monotonic()
    await context.work(events, left=lambda: f"{name} is not {done} yet.")
    workspace = await engine.workspace(name)
    seconds = monotonic() - start
    address = f": {workspace.url}" if workspace.state == "running" else ""
    context.console.tell(f"{name} is {workspace.state}{address}  {context.console.style(duration(seconds), 'dim')}")
    return workspace_document(workspace, seconds=seconds)


async def _answered(context: Context, names: list[str], change: Callable[[str], Awaitable[Document]]) -> int:
    """Changes the workspaces one after the other; the answer is one object, or an array where several are named."""
    documents = [await change(name) for name in dict.fromkeys(names)]
    if context.console.as_json:
        context.console.answer(documents[0] if len(documents) == 1 else documents, "")
    return 0


def _delete_arguments(parser: ArgumentParser) -> None:
    _names_arguments(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask")


async def _delete(context: Context, args: Namespace) -> int:
    names = list(dict.fromkeys(args.names))
    async with context.engines() as engines:
        holders = {name: await engines.holding(name) for name in names}
        for name, engine in holders.items():
            await engine.workspace(name)
        question = f"Delete {', '.join(names)} with all files in {'it' if len(names) == 1 else 'them'}?"
        if not args.yes and not await context.console.confirm(question, flag="--yes"):
            context.console.say("Nothing is deleted.")
            return 1
        for name, engine in holders.items():
            await context.work(engine.delete(name), left=lambda name=name: f"{name} is partly deleted.")
    context.console.answer({"deleted": names}, f"Deleted: {', '.join(names)}.")
    return 0


LIST = Command(
    "list",
    "show the workspaces",
    (("vibecode list", "names, states and addresses"), ("vibecode list --json", "for a script")),
    _list,
)
OPEN = Command(
    "open",
    "open a workspace in the browser, or what it serves",
    (
        ("vibecode open shop", "the editor"),
        ("vibecode open shop --port 3000", "what the project serves on port 3000"),
        ("vibecode open shop --no-open --json", "only its address, for a script"),
    ),
    _open,
    _open_arguments,
)
START = Command(
    "start",
    "start stopped workspaces",
    (("vibecode start shop", "with all its files, at the same address"), ("vibecode start shop blog", "two of them")),
    _start,
    _start_arguments,
)
STOP = Command(
    "stop",
    "stop workspaces; their files are kept",
    (("vibecode stop shop", "until `vibecode start shop`"), ("vibecode stop shop blog", "two of them")),
    _stop,
    _names_arguments,
)
DELETE = Command(
    "delete",
    "delete workspaces with their files",
    (("vibecode delete shop", "asks first"), ("vibecode delete shop blog --yes", "two of them, without asking")),
    _delete,
    _delete_arguments,
)
