"""One prompt on its way to a workspace: asked, planned, written, tried; what has happened until now as one record."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cluster.consent import Consent
from cluster.engine import Engine
from cluster.generation import CREATING, workspace_target
from cluster.names import free_name
from screens.jobs import Task
from screens.models.access import ModelAccess
from screens.prompt.files import Files, Texts, after, planned
from screens.shared import Shared
from templates.errors import VibeCodeError
from templates.events import Event, StepDone, StepFailed, StepProgress, StepStarted
from templates.generation.base import base_of
from templates.generation.commands import CommandPrinted, commands_of
from templates.generation.dialogue import ACCEPTED, NAME, PlanDialogue, writing_cost
from templates.generation.draft import FileGrew, FileMissing, FileRefused, FileStarted
from templates.generation.generate import Base, FilesPlaced, GenerationEvent, Outcome, generate
from templates.generation.journal import Begun, Journal, JournaledModel, begin, kept, resume, unfinished, until_ended
from templates.generation.plan import Plan

if TYPE_CHECKING:
    from templates.models.metered import MeteredModel

Stage = Literal["planning", "planned", "writing", "ended"]
OUTPUT = 400
"""Lines of the commands' output that are kept."""
LONGEST = 64 * 1024
"""Characters of a plan's answer that are shown."""


@dataclass(frozen=True, slots=True)
class Making:
    """All that is known of it now; `answer` is the plan as it arrives, `cost` in US dollars, None where unknown.

    `asked` is when the plan was asked for, `waiting` what is waited for before the model is asked again.
    `verified`: its commands succeed, not all do, or None where none was run.
    """

    prompt: str
    asked: datetime
    stage: Stage = "planning"
    waiting: str = ""
    answer: str = ""
    plan: Plan | None = None
    model: str = ""
    estimate: Decimal | None = None
    cost: Decimal | None = None
    name: str = ""
    files: Files = field(default_factory=Files)
    output: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    placed: bool = False
    consent: Consent | None = None
    verified: bool | None = None


class Generation:
    """Holds the record of one prompt; `changed` is called after each change of `now`.

    Its journal is open only while it is worked on, so that `vibecode ai --resume` can go on with it as well.
    """

    def __init__(self, shared: Shared, prompt: str, changed: Callable[[], None], begun: Begun | None = None) -> None:
        self.now = Making(prompt, shared.services.now())
        self._shared = shared
        self._changed = changed
        self._file: Path | None = begun.file if begun else None
        self._answer: asyncio.Future[bool] | None = None
        self._before: Decimal | None = Decimal(0)
        self.texts = Texts()

    @property
    def models(self) -> ModelAccess:
        return self._shared.services.models

    @property
    def file(self) -> Path | None:
        """Its journal, once there is one."""
        return self._file

    # The plan

    async def plan(self) -> bool:
        """Asks for the plan, or replays it; whether the person had accepted it before an interruption."""
        return await self._planning(lambda dialogue: dialogue.plan(self._arrives))

    async def change(self, wish: str) -> None:
        """Asks for another plan."""

        async def changed(dialogue: PlanDialogue) -> Plan:
            await dialogue.plan(lambda _: None)
            return await dialogue.change(wish, self._arrives)

        await self._planning(changed)

    async def accept(self) -> None:
        """The plan is as the person wants it; the workspace has a name from now on."""
        journal = await self._opened()
        with kept(journal):
            journal.mark(ACCEPTED, "yes")
            engines = await self._shared.engines.get()
            await self._name(journal, (await engines.choose()).engine)

    async def drop(self) -> None:
        """Forgets what was written; a workspace that was begun stays."""
        if self._file is not None:
            await asyncio.to_thread(self._file.unlink, missing_ok=True)

    async def _planning(self, ask: Callable[[PlanDialogue], Awaitable[Plan]]) -> bool:
        self._put(replace(self.now, stage="planning", asked=self._shared.services.now(), answer=""))
        try:
            return await self._asked(ask)
        except VibeCodeError:
            if self.now.plan is not None:  # it holds as it was
                self._put(replace(self.now, stage="planned", waiting=""))
            raise

    async def _asked(self, ask: Callable[[PlanDialogue], Awaitable[Plan]]) -> bool:
        journal = await self._opened()
        with kept(journal):
            listing = await asyncio.to_thread(self._shared.services.catalog.list)
            templates = tuple(one for one in listing.templates if one.ours)
            async with self.models.connect("", self._waits) as metered:
                self._put(replace(self.now, model=metered.id))
                dialogue = PlanDialogue(metered, journal, self.now.prompt, templates)
                try:
                    plan = await ask(dialogue)
                finally:
                    self._before = self._cost(metered)
                estimate = writing_cost(metered, self.now.prompt, plan)
                self._put(replace(self.now, stage="planned", plan=plan, estimate=estimate, cost=self._before))
            return dialogue.accepted

    def _waits(self, words: str) -> None:
        self._put(replace(self.now, waiting=words))

    def _arrives(self, text: str) -> None:
        self._put(replace(self.now, waiting="", answer=(self.now.answer + text)[-LONGEST:]))

    async def _opened(self) -> Journal:
        """This prompt's journal, as it was left, or a new one."""

        def opened() -> Journal:
            folder = self.models.generations
            found = next((one for one in unfinished(folder) if one.file == self._file), None)
            return resume(found) if found else begin(folder, self.now.prompt)

        journal = await asyncio.to_thread(opened)
        self._file = journal.file
        return journal

    def _cost(self, metered: "MeteredModel") -> Decimal | None:
        """What was spent for this prompt until now."""
        spent = metered.spending.cost
        return None if spent is None or self._before is None else self._before + spent

    def _put(self, now: Making) -> None:
        self.now = now
        self._changed()

    # The work

    def task(self) -> Task:
        """From the accepted plan to the end; begun again, it goes on where it stopped."""
        plan = self.now.plan
        assert plan is not None, "there is a plan before it is written"
        self._put(replace(self.now, stage="writing"))
        return Task(
            f"Making {plan.title}",
            self._events,
            f"{plan.title} is made",
            self.now.name,
            if_stopped="What has arrived is kept; begun again, it goes on there.",
            opens=True,
        )

    async def _events(self) -> AsyncIterator[Event]:
        plan = self.now.plan
        assert plan is not None
        self.texts = Texts()
        now, files = self.now, planned(plan)
        begun = Making(now.prompt, now.asked, "writing", plan=plan, model=now.model, name=now.name, files=files)
        self._put(replace(begun, cost=self._before))
        journal = await self._opened()
        with until_ended(journal):
            engines = await self._shared.engines.get()
            engine = (await engines.choose()).engine
            name = await self._name(journal, engine)
            base = await asyncio.to_thread(base_of, plan, name, self._shared.services.catalog)
            async with self.models.connect(name, self._waits) as metered:
                try:
                    async with aclosing(self._generate(metered, journal, engine, base)) as events:
                        async for event in events:
                            self._take(event, metered)
                            if isinstance(event, (StepStarted, StepProgress, StepDone, StepFailed)):
                                yield event
                finally:
                    self._before = self._cost(metered)
        self._put(replace(self.now, stage="ended"))

    def _generate(
        self, metered: "MeteredModel", journal: Journal, engine: Engine, base: Base
    ) -> AsyncGenerator[GenerationEvent]:
        plan = self.now.plan
        assert plan is not None

        async def may_run() -> bool:
            return await self._consent(engine, plan)

        target = workspace_target(engine, self.now.name, journal, may_run)
        model = JournaledModel(metered, journal)
        return generate(model, self.now.prompt, plan, base, target, journal, self.models.effort)

    async def _name(self, journal: Journal, engine: Engine) -> str:
        """What was chosen before the interruption, else the plan's own, with a number where it is taken."""
        plan = self.now.plan
        assert plan is not None
        name = journal.marked(CREATING) or journal.marked(NAME)
        if name is None:
            taken = {one.name for one in (*self._shared.store.snapshot.workspaces, *await engine.workspaces())}
            name = free_name(plan.name, taken)
            journal.mark(NAME, name)
        self._put(replace(self.now, name=name))
        return name

    async def _consent(self, engine: Engine, plan: Plan) -> bool:
        """Whether what the model wrote may be run: in isolation always, else only where a person says so."""
        reason = engine.lacks.get("network-isolation")
        commands = tuple(command.shown for command in commands_of(plan))
        if reason is None or not commands:
            return True
        self._answer = asyncio.get_running_loop().create_future()
        whose = "The model wrote these commands, and what they run."
        self._put(replace(self.now, consent=Consent(reason, whose, commands)))
        try:
            return await self._answer
        finally:
            self._answer = None
            self._put(replace(self.now, consent=None))

    def answer(self, run: bool) -> None:
        """What the person says to the question of `Making.consent`."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(run)

    def _take(self, event: GenerationEvent, metered: "MeteredModel") -> None:
        now = replace(self.now, waiting="", cost=self._cost(metered))
        match event:
            case FileStarted(path=path, goes_on=goes_on):
                self.texts.begin(path, goes_on=goes_on)
            case FileGrew(path=path, text=text):
                self.texts.add(path, text)
            case CommandPrinted(text=text):
                now = replace(now, output=(*now.output, *text.splitlines())[-OUTPUT:])
            case FilesPlaced():
                now = replace(now, placed=True)
            case FileRefused(path=path, reason=reason):
                now = replace(now, notes=(*now.notes, f"Left out: {path[:200]}: {reason}"))
            case FileMissing(path=path):
                now = replace(now, notes=(*now.notes, f"Not written: {path}, which the plan names"))
            case Outcome(verified=verified):
                now = replace(now, verified=verified)
            case _:
                pass
        self._put(replace(now, files=after(now.files, event)))
