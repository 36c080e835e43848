"""`up`, `down` and `status`: the cluster as a whole."""

from argparse import ArgumentParser, Namespace

from cluster.engine import Engine, EngineStatus
from launcher.commands.command import Command
from launcher.commands.table import workspace_lines
from launcher.context import Context
from launcher.output.console import Console
from launcher.output.documents import status_document
from templates.errors import VibeCodeError
from templates.text import plain


async def _up(context: Context, _: Namespace) -> int:
    async with context.chosen_engine() as engine:
        await context.work(engine.up(), left=lambda: "the cluster is not whole yet, and `vibecode down` removes it.")
        _answer_status(context.console, await engine.status())
    return 0


async def _status(context: Context, _: Namespace) -> int:
    """The chosen engine's; the others, where they are in use, are told beside it."""
    async with context.engines() as engines:
        chosen = await context.choose(engines)
        for engine in engines.engines:
            if engine is not chosen:
                await _tell_beside(context.console, engine)
        _answer_status(context.console, await chosen.status())
    return 0


async def _tell_beside(console: Console, engine: Engine) -> None:
    """What an engine holds that was not chosen; one never used here that cannot be asked has nothing to tell."""
    try:
        status = await engine.status()
    except VibeCodeError:
        try:
            await engine.workspaces()
        except VibeCodeError as error:
            console.say(f"The engine `{engine.name}` is out of reach: {error.detail} {error.hint}")
        return
    if status.state != "absent":
        console.say("\n".join([*_status_lines(console, status), ""]))


def _answer_status(console: Console, status: EngineStatus) -> None:
    console.answer(status_document(status), "\n".join(_status_lines(console, status)))


def _status_lines(console: Console, status: EngineStatus) -> list[str]:
    style = {"running": "green", "unreachable": "red"}.get(status.state, "yellow")
    detail = f": {status.detail}" if status.detail else ""
    lines = [f"{console.style(status.state, style)}  the engine `{status.engine}`{detail}"]
    width = max(map(len, status.parts), default=0)
    lines += [f"  {part:{width}}  {plain(words)}" for part, words in status.parts.items()]
    if status.workspaces:
        lines += ["", *workspace_lines(console, status.workspaces)]
    return lines


def _down_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask")


async def _down(context: Context, args: Namespace) -> int:
    async with context.chosen_engine() as engine:
        status = await engine.status()
        if status.state != "absent" and not args.yes and not await context.console.confirm(_lost(status), flag="--yes"):
            context.console.say("Nothing is removed.")
            return 1
        await context.work(engine.down(), left=lambda: "the cluster is partly removed.")
    names = [one.name for one in status.workspaces]
    removed = f"The engine `{engine.name}` is removed{', and with it ' if names else ''}{', '.join(names)}."
    context.console.answer({"deleted": names}, removed)
    return 0


def _lost(status: EngineStatus) -> str:
    """The question, with all that would be lost."""
    match status.state, len(status.workspaces):
        case (("stopped" | "unreachable"), _):
            lost = f"and all workspaces in it, which cannot be listed while it is {status.state}"
        case _, 0:
            lost = "in which there are no workspaces"
        case _, count:
            names = ", ".join(one.name for one in status.workspaces)
            lost = f"and {count} workspace{'s' if count > 1 else ''} with all files: {names}"
    what = "the cluster of" if status.engine == "kind" else "all of"
    return f"Remove {what} the engine `{status.engine}`, {lost}?"


UP = Command(
    "up",
    "create the cluster, or start and repair it",
    (("vibecode up", "afterwards `vibecode new` takes seconds"), ("vibecode up --json", "for a script")),
    _up,
    description="Create the cluster with its ingress; start it where it is stopped, and repair it where it is broken.",
)
DOWN = Command(
    "down",
    "remove the cluster and all workspaces",
    (("vibecode down", "says what would be lost, and asks"), ("vibecode down --yes", "for a script")),
    _down,
    _down_arguments,
    description="Remove the cluster with every workspace and all files in them. Nothing else is touched.",
)
STATUS = Command(
    "status",
    "show the cluster, its parts and its workspaces",
    (("vibecode status", "what runs"), ("vibecode status --json", "for a script")),
    _status,
)
