"""`ai`: a prompt becomes a plan, a project and a workspace."""

import asyncio
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from cluster.engine import Engine
from cluster.engines import Engines
from cluster.errors import WorkspaceExistsError
from cluster.names import check_name, free_name
from launcher import stdio
from launcher.commands.command import Command
from launcher.commands.create import all_workspaces
from launcher.context import Context
from launcher.errors import ConfirmationNeededError, UsageError
from launcher.models import connected_model
from templates.events import Steps, stream
from templates.text import plain

if TYPE_CHECKING:
    from templates.catalog import Template
    from templates.generation.journal import Begun, Journal
    from templates.generation.plan import Plan
    from templates.models.metered import MeteredModel


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("prompt", metavar="PROMPT", nargs="?", help="what the project is to be, in your words")
    parser.add_argument("new_name", metavar="NAME", nargs="?", help="the workspace's name; the plan's if not given")
    parser.add_argument("--yes", action="store_true", help="accept the plan without asking")
    parser.add_argument("--run", action="store_true", help="run its commands also where a workspace is not isolated")
    parser.add_argument("--no-open", action="store_true", help="do not open the browser")
    parser.add_argument("--resume", action="store_true", help="go on with the last one that was interrupted")
    parser.add_argument("--drop", action="store_true", help="forget what was interrupted; its workspace stays")


async def _ai(context: Context, args: Namespace) -> int:
    from templates.generation.journal import begin, resume, unfinished

    begun = await asyncio.to_thread(unfinished, context.paths.generations)
    if args.drop:
        return _drop(context, [one for one in begun if args.prompt in (None, one.prompt)])
    found = _interrupted(begun, args)
    if found is None and (args.prompt is None or not args.prompt.strip()):
        raise UsageError("There is no prompt.", hint='`vibecode ai "a URL shortener with FastAPI and SQLite"`.')
    if not args.yes and not context.console.can_ask:
        raise ConfirmationNeededError(
            "The plan has to be accepted before files are written.", hint="Add --yes to accept whatever it is."
        )
    if found is None:
        return await _generate(context, args, begin(context.paths.generations, args.prompt), args.prompt)
    context.console.say(
        f"Going on with {plain(found.prompt)[:60]!r}, begun on {found.at.astimezone():%d %B at %H:%M}; what has "
        "arrived is not asked for again. `vibecode ai --drop` forgets it."
    )
    return await _generate(context, args, resume(found), found.prompt)


def _interrupted(begun: Sequence["Begun"], args: Namespace) -> "Begun | None":
    """What the person goes on with: the same prompt, or the last one where they say so."""
    if args.resume:
        if not begun:
            raise UsageError("Nothing was interrupted.", hint='`vibecode ai "…"` begins.')
        return begun[-1]
    same = [one for one in begun if one.prompt == args.prompt and args.new_name in (None, one.name or args.new_name)]
    return same[-1] if same else None


def _drop(context: Context, begun: Sequence["Begun"]) -> int:
    for one in begun:
        one.file.unlink(missing_ok=True)
    words = [f"Forgotten: {plain(one.prompt)[:60]!r}" for one in begun] or ["Nothing was interrupted."]
    words += [f"`vibecode delete {one.name}` removes its workspace." for one in begun if one.name]
    context.console.answer({"dropped": [one.as_dict() for one in begun]}, "\n".join(words))
    return 0


async def _generate(context: Context, args: Namespace, journal: "Journal", prompt: str) -> int:
    from templates.generation.journal import until_ended

    with until_ended(journal):
        return await _through(context, args, journal, prompt)


async def _through(context: Context, args: Namespace, journal: "Journal", prompt: str) -> int:
    from launcher.commands.generating import Generating
    from templates.catalog import Catalog
    from templates.generation.base import base_of
    from templates.generation.dialogue import NAME
    from templates.generation.verification import Effort

    settings, console = context.loaded.values, context.console
    secrets = context.services.secrets()
    async with connected_model(settings, context.paths, secrets, console.environ, notice=console.say) as metered:
        plan = await _plan(context, metered, journal, prompt, yes=args.yes)
        if plan is None:
            console.say("Nothing is written.")
            return 1
        async with context.engines() as engines:
            engine = await context.choose(engines)
            name = await _name(context, engines, engine, journal, args.new_name, plan)
            journal.mark(NAME, name)
            generating = Generating(
                context,
                engine,
                name,
                plan,
                may_run=args.run,
                ask=console.can_ask and not args.yes,
                open_browser=not args.no_open,
            )
            base = await asyncio.to_thread(base_of, plan, name, Catalog())
            effort = Effort(seconds=settings.ai_minutes * 60, repairs=settings.ai_repairs)
            document = await generating.run(metered, prompt, base, journal, effort)
    if console.as_json:
        console.answer(document, "")
    return 0


async def _plan(
    context: Context, metered: "MeteredModel", journal: "Journal", prompt: str, *, yes: bool
) -> "Plan | None":
    """The plan that the person accepts; None where they want none."""
    from templates.catalog import Catalog
    from templates.generation.dialogue import PlanDialogue

    templates = (await asyncio.to_thread(Catalog().list)).templates
    dialogue = PlanDialogue(metered, journal, prompt, templates)
    title = f"Asking {metered.id} for a plan"
    plan = await _shown(context, title, dialogue.plan)
    while True:
        context.console.say("\n".join(_plan_lines(metered, prompt, plan, templates)))
        if yes or dialogue.accepted:
            return plan
        answer = await _ask(context, "Write it? [y]es, [n]o, or say what is to be different: ")
        if answer.lower() in ("y", "yes"):
            dialogue.accept()
            return plan
        if answer.lower() in ("", "n", "no"):
            return None
        plan = await _shown(context, title, partial(dialogue.change, answer))


async def _shown(context: Context, title: str, ask: "Callable[[Callable[[str], object]], Awaitable[Plan]]") -> "Plan":
    """A plan that is asked for, with what arrives of it."""
    found: list[Plan] = []

    async def work(steps: Steps) -> None:
        async with steps.step("plan", title) as step:
            said = ""

            def show(text: str) -> None:
                nonlocal said
                said += text
                step.progress(said.rstrip().rpartition("\n")[2][:80])

            found.append(await ask(show))

    await context.work(stream(work), left=lambda: "nothing is made yet; what has arrived is kept.")
    return found[0]


async def _ask(context: Context, question: str) -> str:
    assert context.console.stdin is not None
    context.console.stderr.write(question)
    context.console.stderr.flush()
    return (await stdio.read(context.console.stdin.fileno())).decode("utf-8", "replace").strip()


def _plan_lines(metered: "MeteredModel", prompt: str, plan: "Plan", templates: "Sequence[Template]") -> list[str]:
    from templates.generation.dialogue import writing_cost
    from templates.models.ledger import dollars

    base = next((one.manifest.title for one in templates if one.id == plan.base), "an empty folder")
    rows = [
        ("stack", plan.stack or plan.language),
        ("from", f"{plan.base} ({base})" if plan.base else base),
        ("port", ", ".join(map(str, plan.ports))),
        ("install", plan.install),
        ("run", plan.run),
        ("test", plan.test),
    ]
    cost = writing_cost(metered, prompt, plan)
    about = f"about {dollars(cost)}" if cost is not None else "at a price that is unknown"
    return [
        "",
        f"{plain(plan.title)}: {plain(plan.summary)}" if plan.summary else plain(plan.title),
        *(f"  {label:8} {plain(value)}" for label, value in rows if value),
        *(f"  {plain(one.path):30} {plain(one.purpose)}".rstrip() for one in plan.files),
        "",
        f"{metered.id} writes {len(plan.files)} files, {about}.",
    ]


async def _name(
    context: Context, engines: Engines, engine: Engine, journal: "Journal", wanted: str | None, plan: "Plan"
) -> str:
    """The workspace's name: what the person says, what was chosen before the interruption, or the plan's."""
    from cluster.generation import CREATING

    if (chosen := journal.marked(CREATING)) and wanted in (None, chosen):
        return chosen
    taken = {one.name for one in await all_workspaces(context, engines, engine)}
    if wanted is None:
        return free_name(plan.name, taken)
    if check_name(wanted) in taken:
        hint = f"Choose another name, or open it: `vibecode open {wanted}`."
        raise WorkspaceExistsError(f"There is a workspace {wanted!r} already.", hint=hint)
    return wanted


AI = Command(
    "ai",
    "make a workspace from a prompt",
    (
        ('vibecode ai "a URL shortener with FastAPI and SQLite"', "shows a plan first, and what it will cost"),
        ('vibecode ai "a todo list in Express" todo --yes', "named todo, without asking"),
        ('vibecode ai "a static site for a bakery" --yes --json', "for a script"),
        ("vibecode ai --resume", "goes on with what was interrupted"),
    ),
    _ai,
    _arguments,
    description="""Make a workspace from a prompt: a plan, then its files, then its commands until they succeed.

Nothing that the model writes is run outside of a workspace. Where a workspace is not isolated (engine `local`), its
commands run only if you say so, or with --run.""",
)
