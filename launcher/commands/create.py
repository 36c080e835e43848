"""`new` and `import`: a template or a folder becomes a workspace."""

import asyncio
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic

from cluster.consent import consent_to
from cluster.dependencies.installation import installation
from cluster.engine import Engine, Workspace
from cluster.engines import Engines
from cluster.errors import ClusterDownError, ClusterUnreachableError, WorkspaceExistsError
from cluster.names import check_name, free_name
from launcher.commands.command import Command
from launcher.context import Context
from launcher.dependencies import Dependencies
from launcher.output.console import Console
from launcher.output.documents import Document, created_document
from launcher.output.progress import Progress
from templates.events import Event, StepDone
from templates.project import Project
from templates.text import duration, plain

ATTEMPTS = 5
"""How many names are tried where none was given and others take the same ones at the same time."""


RUN_HELP = "without isolation: agree that what is not VibeCode's own may run as you"


def _no_open(parser: ArgumentParser) -> None:
    parser.add_argument("--no-open", action="store_true", help="do not open the browser")


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise ArgumentTypeError(f"{text!r} is not KEY=VALUE")
    if key == "name":
        raise ArgumentTypeError("the name is given as `vibecode new TEMPLATE NAME`")
    return key, value


def _new_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("template", metavar="TEMPLATE", help="a template's id: `vibecode templates` lists them")
    parser.add_argument("new_name", metavar="NAME", nargs="?", help="the workspace's name; made of the id if not given")
    parser.add_argument(
        "--set",
        dest="variables",
        type=_pair,
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a variable of the template: `vibecode templates show TEMPLATE` describes them",
    )
    parser.add_argument("--run", action="store_true", help=RUN_HELP)
    _no_open(parser)


async def _new(context: Context, args: Namespace) -> int:
    from launcher.rum import rum_of
    from launcher.sources import catalog_of
    from templates.render import render
    from templates.rum import with_rum

    template = await asyncio.to_thread(catalog_of(context.paths).load, args.template)
    variables: dict[str, str] = dict(args.variables)

    async def project(name: str) -> Project:
        made = await asyncio.to_thread(render, template, {**variables, "name": name})
        return with_rum(made, rum_of(context.loaded, context.console.environ), name)

    return await _create(context, args, wanted=template.short, template=template.id, project=project, trusted=True)


def _import_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="the folder to import")
    parser.add_argument("new_name", metavar="NAME", nargs="?", help="the workspace's name; the folder's if not given")
    parser.add_argument("--include-ignored", action="store_true", help="also what .gitignore leaves out")
    parser.add_argument("--include-secrets", action="store_true", help="also files that may hold secrets, such as .env")
    parser.add_argument("--run", action="store_true", help="install also where a workspace is not isolated")
    _no_open(parser)


async def _import(context: Context, args: Namespace) -> int:
    from templates.folder import project_from_folder

    folder: Path = args.folder
    imported = await context.wait(
        f"Reading {folder}",
        asyncio.to_thread(
            project_from_folder,
            folder,
            include_ignored=args.include_ignored,
            include_secrets=args.include_secrets,
        ),
    )
    for sentence in imported.left_out:
        context.console.say(f"  Left out: {sentence}")

    async def project(_: str) -> Project:
        return imported

    wanted = folder.expanduser().resolve().name
    template = imported.manifest.template
    return await _create(context, args, wanted=wanted, template=template, project=project, trusted=args.run)


async def _create(
    context: Context,
    args: Namespace,
    *,
    wanted: str,
    template: str | None,
    project: Callable[[str], Awaitable[Project]],
    trusted: bool,
) -> int:
    """`trusted`: once it may be made, its install command may run, too, even where nothing isolates it."""

    def creation(engine: Engine, name: str, made: Project) -> Creation:
        return Creation(context, engine, name, made, trusted=trusted, open_browser=not args.no_open)

    async with context.engines() as engines:
        engine = await context.choose(engines)
        there = await all_workspaces(context, engines, engine)
        if args.new_name is not None:
            name = check_name(args.new_name)
            if any(one.name == name and one.engine != engine.name for one in there):
                hint = f"Choose another name, or open it: `vibecode open {name}`."
                raise WorkspaceExistsError(f"There is a workspace {name!r} in another engine.", hint=hint)
            made = await project(name)
            if not await agreed(context, made, engine, may_run=args.run):
                return 1
            return await creation(engine, name, made).run()
        taken, asked = _taken(there, engine, template), False
        for attempt in range(ATTEMPTS):
            name = free_name(wanted, taken)
            made = await project(name)
            if not asked and not await agreed(context, made, engine, may_run=args.run):
                return 1
            asked = True
            try:
                return await creation(engine, name, made).run()
            except WorkspaceExistsError:
                if attempt == ATTEMPTS - 1:
                    raise
                taken.add(name)
        raise AssertionError("the last attempt returns or raises")


async def agreed(context: Context, project: Project, engine: Engine, *, may_run: bool) -> bool:
    """Whether it may be made: where somebody else's would run as the person, only by their word."""
    consent = await asyncio.to_thread(consent_to, project, engine)
    if consent is None or may_run:
        return True
    console = context.console
    for line in (consent.reason, consent.whose, *(f"  {command}" for command in consent.commands)):
        console.say(f"  {plain(line)}")
    if await console.confirm(f"Make it, so that this may run as you on `{engine.name}`?", flag="--run"):
        return True
    console.say("Nothing is made.")
    return False


async def all_workspaces(context: Context, engines: Engines, engine: Engine) -> tuple[Workspace, ...]:
    """What there is in all engines; the one where the new workspace goes is brought up if it does not answer."""
    try:
        await engine.workspaces()
    except (ClusterDownError, ClusterUnreachableError):
        await context.work(engine.up(), left=lambda: "the cluster is not whole yet.")
    return (await engines.everything()).workspaces


def _taken(there: Sequence[Workspace], engine: Engine, template: str | None) -> set[str]:
    """The names that cannot be used: not those whose making was cut off, which the same command goes on with."""
    begun = {one.name for one in there if one.state == "creating" and one.template == template}
    elsewhere = {one.name for one in there if one.engine != engine.name}
    return {one.name for one in there if one.name not in begun} | elsewhere


class Creation:
    """One workspace being made; it is shown, and opened, as soon as its editor can be used.

    Its dependencies are installed meanwhile, and on: they are shown last, since nobody need wait for them.
    """

    def __init__(
        self, context: Context, engine: Engine, name: str, project: Project, *, trusted: bool, open_browser: bool
    ) -> None:
        self._context = context
        self._engine = engine
        self._name = name
        self._project = project
        needed = installation(engine, name, project.manifest)
        self._dependencies = None if needed is None else Dependencies(context, needed, trusted)
        self._open_browser = open_browser
        self._started = monotonic()
        self._seconds: float | None = None

    async def run(self) -> int:
        events = self._engine.create(self._name, self._project)
        if self._dependencies is not None:
            events = self._dependencies.beside(events)
        await self._context.work(events, left=self._left, react=self._react)
        if self._seconds is None:
            await self._ready()
        installed = None if self._dependencies is None else await self._dependencies.install()
        if self._context.console.as_json:
            self._context.console.answer(await self._document(installed), "")
        return 0

    async def _document(self, installed: Document | None) -> Document:
        workspace = await self._engine.workspace(self._name)
        entrance = await self._engine.entrance(self._name)
        return {**created_document(replace(workspace, url=entrance), self._seconds), "install": installed}

    async def _react(self, event: Event, progress: Progress) -> None:
        if isinstance(event, StepDone) and event.step == "ready":
            with progress.aside():
                await self._ready()

    async def _ready(self) -> None:
        self._seconds = monotonic() - self._started
        workspace = replace(await self._engine.workspace(self._name), url=await self._engine.entrance(self._name))
        words = ready_words(self._context.console, workspace, self._seconds, self._project.manifest.run)
        self._context.console.tell(words)
        await self._context.show_in_browser(workspace.url, wanted=self._open_browser)

    def _left(self) -> str:
        if self._seconds is not None:
            return f"{self._name} can be used; what comes after the editor is not whole."
        return f"{self._name} is not whole yet, and `vibecode delete {self._name}` removes it."


def ready_words(console: Console, workspace: Workspace, seconds: float, run: str) -> str:
    """What a person is told once the editor can be used."""
    rows = [("the editor", workspace.url), *((f"port {port}", url) for port, url in workspace.ports.items())]
    width = max(len(label) for label, _ in rows)
    lines = [
        "",
        f"{console.style(workspace.name, 'bold')} is ready after {duration(seconds)}.",
        *(f"  {label:{width}}  {console.style(url, 'cyan')}" for label, url in rows),
    ]
    if run:
        lines.append(f"  {'run it':{width}}  {run}")
    return "\n".join([*lines, ""])


NEW = Command(
    "new",
    "make a workspace from a template and open it",
    (
        ("vibecode new python-fastapi", "named after the template"),
        ("vibecode new node-express shop", "named shop"),
        ("vibecode new static-site blog --set title='My blog'", "with a variable of the template"),
        ("vibecode new team/service --run", "from a source of yours, agreeing to what it runs"),
        ("vibecode new python-fastapi api --no-open --json", "for a script"),
    ),
    _new,
    _new_arguments,
    description="Make a workspace from a template and open it in the browser; the cluster is made first if need be.",
)
IMPORT = Command(
    "import",
    "make a workspace from a folder and open it",
    (
        ("vibecode import ./my-project", "what .gitignore and secrets name stays behind, and is listed"),
        ("vibecode import . shop --include-ignored", "this folder, named shop, with what .gitignore leaves out"),
    ),
    _import,
    _import_arguments,
    description="Make a workspace from a copy of a folder on this machine and open it in the browser.",
)
