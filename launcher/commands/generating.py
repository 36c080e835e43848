"""A plan becomes a workspace, shown on the console as it happens."""

import asyncio
from dataclasses import replace
from time import monotonic

from cluster.engine import Engine, Workspace
from cluster.generation import workspace_target
from launcher.commands.create import ready_words
from launcher.context import Context
from launcher.output.documents import Document, created_document
from launcher.output.progress import Progress
from templates.events import Event, StepDone
from templates.generation.commands import commands_of
from templates.generation.draft import FileMissing, FileRefused
from templates.generation.generate import Base, Outcome, generate
from templates.generation.journal import Journal, JournaledModel
from templates.generation.plan import Plan
from templates.generation.progress import Aside, as_steps
from templates.generation.verification import Effort
from templates.models.ledger import dollars
from templates.models.metered import MeteredModel
from templates.text import plain


class Generating:
    """One generation in one engine; the editor is opened as soon as it can be, and files appear in it."""

    def __init__(
        self, context: Context, engine: Engine, name: str, plan: Plan, *, may_run: bool, ask: bool, open_browser: bool
    ) -> None:
        """`may_run` is the person's word that commands may run without isolation; `ask` that they can be asked."""
        self._context = context
        self._engine = engine
        self._name = name
        self._plan = plan
        self._may_run = may_run
        self._ask = ask
        self._open_browser = open_browser
        self._started = monotonic()
        self._seconds: float | None = None
        self._applied = asyncio.Event()
        self._progress: Progress | None = None
        self._outcome = Outcome(None)
        self._notes: list[str] = []

    async def run(self, metered: MeteredModel, prompt: str, base: Base, journal: Journal, effort: Effort) -> Document:
        """To the end; what `vibecode ai` answers."""
        metered.for_workspace(self._name)
        target = workspace_target(self._engine, self._name, journal, self._consent)
        model = JournaledModel(metered, journal)
        events = generate(model, prompt, self._plan, base, target, journal, effort)
        steps = as_steps(events, lambda: metered.spending.cost, self._tell)
        await self._context.work(steps, left=self._left, react=self._react)
        for note in self._notes:
            self._context.console.say(note)
        workspace = replace(await self._workspace(), url=await self._engine.entrance(self._name))
        cost = metered.spending.cost
        self._context.console.tell(self._verdict(metered))
        return {
            **created_document(workspace, self._seconds),
            "verified": self._outcome.verified,
            "cost": None if cost is None else float(cost),
        }

    async def _workspace(self) -> Workspace:
        return await self._engine.workspace(self._name)

    def _tell(self, aside: Aside) -> None:
        match aside:
            case FileRefused(path=path, reason=reason):
                self._notes.append(f"  Left out: {plain(path)[:200]!r}: {plain(reason)}")
            case FileMissing(path=path):
                self._notes.append(f"  Not written: {plain(path)}, which the plan names.")
            case Outcome():
                self._outcome = aside

    async def _react(self, event: Event, progress: Progress) -> None:
        self._progress = progress
        if not isinstance(event, StepDone):
            return
        if event.step in ("ready", "apply") and self._seconds is None:
            self._seconds = monotonic() - self._started
            with progress.aside():
                workspace = replace(await self._workspace(), url=await self._engine.entrance(self._name))
                self._context.console.tell(ready_words(self._context.console, workspace, self._seconds, self._plan.run))
                await self._context.show_in_browser(workspace.url, wanted=self._open_browser)
        if event.step == "apply":
            self._applied.set()

    async def _consent(self) -> bool:
        """Whether what the model wrote may be run: in isolation always, else by the person's word alone."""
        await self._applied.wait()
        commands = [command.shown for command in commands_of(self._plan)]
        reason = self._engine.lacks.get("network-isolation")
        if reason is None or self._may_run or not commands:
            return True
        if not self._ask or self._progress is None:
            return False
        with self._progress.aside():
            for line in (reason, "The model wrote these commands, and what they run:", *commands):
                self._context.console.say(f"  {plain(line)}")
            return await self._context.console.confirm("Run them as you?", flag="--run")

    def _verdict(self, metered: MeteredModel) -> str:
        commands = ", ".join(f"`{plain(command.shown)}`" for command in commands_of(self._plan))
        cost = f"The model cost {dollars(metered.spending.cost)}."
        match self._outcome.verified:
            case True:
                return f"It works: {commands} succeeded. {cost}"
            case False:
                hint = f'`vibecode chat {self._name} "…"` goes on with it'
                return f"It does not work yet: not all of {commands} succeeded; {hint}. {cost}"
            case None:
                why = "it names no command that could be tried" if not commands else "nothing of it was run"
                return f"Whether it works is not known: {why}. {cost}"

    def _left(self) -> str:
        if self._seconds is not None:
            return f"{self._name} can be used; whether it works is not known. The same command goes on."
        return (
            f"{self._name} is not whole yet. The same command goes on; `vibecode ai --drop` forgets what was written."
        )
