"""New from a prompt: described, planned, agreed on, written before one's eyes, and tried."""

import asyncio
from decimal import Decimal

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import ContentSwitcher, Static

from screens.base.model_place import ModelPlace
from screens.commands import bindings
from screens.jobs import Job
from screens.messages import Ask, Failed, Go, Open
from screens.modals.question import Answer, Choice
from screens.models.access import ModelState
from screens.models.presenter import model_name
from screens.prompt import presenter
from screens.prompt.estimate import plan_cost
from screens.prompt.making import MakingView
from screens.prompt.work import Generation
from screens.shared import Shared
from screens.widgets.composer import Composer
from screens.widgets.fitted import Fitted
from screens.widgets.page import Page
from screens.widgets.row_list import RowList
from screens.widgets.words import Words
from screens.words import keys
from templates.errors import VibeCodeError
from templates.generation.journal import Begun, unfinished

EXAMPLE = "a URL shortener with FastAPI and SQLite"
KEYS = (("enter", "plans it"), ("ctrl+j", "begins another line"), ("ctrl+g", "chooses a model"))


class PromptScreen(ModelPlace):
    """One generation at a time; it goes on whatever place is looked at."""

    PLACE = "prompt"
    CSS_PATH = "prompt.tcss"
    BINDINGS = bindings("prompt")
    SETUP_TITLE = "New from a prompt"
    SETUP_SENTENCE = "Describe a project in a sentence: a model writes it, runs its tests, and it opens in the editor."

    class Known(Message):
        """What was interrupted, and what the plan will cost in US dollars, None where that is unknown."""

        def __init__(self, begun: tuple[Begun, ...], cost: Decimal | None) -> None:
            super().__init__()
            self.begun = begun
            self.cost = cost

    class Moved(Message):
        """The generation is another than it was."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, PromptScreen.Moved)

    class Planned(Message):
        """There is a plan; `accepted` says that the person had agreed to it before."""

        def __init__(self, accepted: bool) -> None:
            super().__init__()
            self.accepted = accepted

    class Accepted(Message):
        """It can be written."""

    class PlanFailed(Message):
        """There is no plan, or it cannot be written, for this reason."""

        def __init__(self, error: VibeCodeError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._generation: Generation | None = None
        self._job_id = ""
        self._begun: dict[str, Begun] = {}
        self._cost: Decimal | None = None
        self._prompt = Composer(placeholder=EXAMPLE, id="prompt")
        self._asked = Words(id="asked")
        self._interrupted = RowList(self._draw_begun, id="begun")
        self._plan = Fitted(id="plan-words")
        self._offer = Words(id="offer")
        self._wish = Composer(placeholder="what is to be different", id="wish")
        self._making = MakingView(shared)

    def compose_body(self) -> ComposeResult:
        with ContentSwitcher(id="views", initial="ask"):
            yield self.setup
            with Vertical(id="ask"):
                yield Static(Content.styled("What do you want to make?", "bold"))
                yield self._prompt
                yield self._asked
                yield Static(keys(KEYS))
                yield Static(Content.styled("Interrupted; r goes on, d drops it", "$muted"), id="interrupted")
                yield self._interrupted
            with Vertical(id="plan"):
                with Page():
                    yield self._plan
                yield self._offer
                with Horizontal(classes="buttons"):
                    yield Choice(Answer("yes", "Write it", "y"))
                    yield Choice(Answer("change", "Change it", "c"))
                    yield Choice(Answer("another", "Leave it", "a"))
                yield self._wish
            yield self._making

    # What is there

    def state_known(self, state: ModelState) -> None:
        if self._generation is None:
            self._to_asking(state)
        self._learn()

    def _to_asking(self, state: ModelState) -> None:
        before = self.view
        self.view = "ask" if state.obstacle is None else "setup"
        if self.view == "setup":
            self.setup.focus_first()
        elif before != "ask" or self.focused is None:
            self._prompt.focus()

    @work(exclusive=True, group="learn", exit_on_error=False)
    async def _learn(self) -> None:
        """What was interrupted, and, where the server says, what a plan costs."""
        services = self.shared.services
        begun = await asyncio.to_thread(unfinished, services.models.generations)
        self.post_message(self.Known(begun, None))
        if self.model_state is None or self.model_state.obstacle is not None:
            return
        try:
            cost = await plan_cost(services.models, services.catalog, self.model_state.profile.model)
        except VibeCodeError:
            return  # it is told where the model is asked
        self.post_message(self.Known(begun, cost))

    @on(Known)
    def _known(self, event: Known) -> None:
        mine = self._generation.file if self._generation else None
        self._begun = {one.file.name: one for one in reversed(event.begun) if one.file != mine}
        self._cost = event.cost if event.cost is not None else self._cost
        self._interrupted.show(tuple(self._begun))
        self.set_class(bool(self._begun), "-interrupted")
        if self.model_state is not None:
            self._asked.show(presenter.asking_words(model_name(self.model_state.profile), self._cost))
        self.refresh_bindings()

    def _draw_begun(self, key: str, width: int) -> list[Content]:
        begun = self._begun.get(key)
        return [presenter.begun_line(begun, width, self.shared.services.now())] if begun else []

    @property
    def _job(self) -> Job | None:
        return self.shared.jobs.get(self._job_id)

    def show(self) -> None:
        self._making.show(self._job)
        self.refresh_bindings()

    # The plan

    @on(Composer.Submitted, "#prompt")
    def _described(self, event: Composer.Submitted) -> None:
        self._begin(Generation(self.shared, event.text, self._moved))

    def _begin(self, generation: Generation) -> None:
        self._generation = generation
        self._making.open(generation)
        self.view = "plan"
        self.query_one("#plan Page", Page).focus()
        self._make_plan(generation)

    def _moved(self) -> None:
        self.post_message(self.Moved())

    @work(exclusive=True, group="plan", exit_on_error=False)
    async def _make_plan(self, generation: Generation, wish: str = "") -> None:
        try:
            if wish:
                await generation.change(wish)
            accepted = False if wish else await generation.plan()
        except VibeCodeError as error:
            self.post_message(self.PlanFailed(error))
        else:
            self.post_message(self.Planned(accepted))

    @on(Moved)
    def _show_generation(self) -> None:
        if (generation := self._generation) is None:
            return
        now = generation.now
        self.query_one("#plan").set_class(now.stage == "planning", "-planning")
        if now.stage == "planning":
            self._plan.show(lambda _: presenter.arriving(now.answer, now.model))
        elif now.stage == "planned" and (plan := now.plan) is not None:
            self._plan.show(lambda width: presenter.plan_words(plan, width))
            self._offer.show(presenter.offer(now))
        self._making.touch()
        self.refresh_bindings()

    @on(Planned)
    def _planned(self, event: Planned) -> None:
        self._show_generation()
        if event.accepted:
            self.action_yes()
        else:
            self.query_one("#yes", Choice).focus()

    @on(PlanFailed)
    def _plan_failed(self, event: PlanFailed) -> None:
        self.post_message(Failed(event.error))
        generation = self._generation
        if generation is not None and generation.now.plan is not None:
            self._show_generation()
            return
        self._leave_generation()
        if generation is not None and not self._prompt.text:
            self._prompt.text = generation.now.prompt

    @on(Choice.Taken)
    async def _chosen(self, event: Choice.Taken) -> None:
        await self.run_action(event.answer)

    @on(Composer.Submitted, "#wish")
    def _wished(self, event: Composer.Submitted) -> None:
        self._wish.text = ""
        self.query_one("#plan").remove_class("-wishing")
        self.query_one("#plan Page", Page).focus()
        if self._generation is not None:
            self._make_plan(self._generation, event.text)

    @work(exclusive=True, group="plan", exit_on_error=False)
    async def _accept(self, generation: Generation) -> None:
        try:
            await generation.accept()
        except VibeCodeError as error:
            self.post_message(self.PlanFailed(error))
        else:
            self.post_message(self.Accepted())

    @on(Accepted)
    def _accepted(self) -> None:
        if (generation := self._generation) is None:
            return
        self._prompt.text = ""
        self._job_id = self.shared.jobs.begin(generation.task()).id
        self.view = "making"
        self._making.focus_tree()
        self.show()

    @on(MakingView.Answered)
    def _answered(self, event: MakingView.Answered) -> None:
        if self._generation is not None:
            self._generation.answer(event.run)
            self._making.focus_tree()

    # What keys do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """What belongs to another stage is not even shown."""
        now, job, view = self._generation and self._generation.now, self._job, self.view if self.is_mounted else ""
        consent = now is not None and now.consent is not None
        planned = view == "plan" and now is not None and now.stage == "planned"
        ended = view == "making" and job is not None and not job.active
        made = now is not None and self.shared.store.snapshot.workspace(now.name) is not None
        possible = {
            "send": view == "ask",
            "yes": planned or consent,
            "no": consent,
            "change": planned,
            "resume": (view == "ask" and bool(self._begun)) or (ended and job is not None and job.state != "done"),
            "drop": (view == "ask" and bool(self._begun)) or (ended and job is not None and job.state != "done"),
            "open": view == "making" and made,
            "chat": ended and made,
            "another": planned or ended,
            "cancel": (view == "plan" and not planned) or (view == "making" and job is not None and job.active),
            "progress": view == "making",
            "models": view != "making",
            "sign_in": view == "setup",
            "key": view == "setup",
        }
        return possible.get(action, True)

    def action_send(self) -> None:
        self._prompt.submit()

    def action_yes(self) -> None:
        if (generation := self._generation) is None:
            return
        if generation.now.consent is not None:
            generation.answer(True)
            self._making.focus_tree()
        else:
            self._accept(generation)

    def action_no(self) -> None:
        if self._generation is not None:
            self._generation.answer(False)
            self._making.focus_tree()

    def action_change(self) -> None:
        self.query_one("#plan").add_class("-wishing")
        self._wish.focus()

    def action_resume(self) -> None:
        """What was interrupted, or the generation that has just been stopped."""
        if self.view == "making" and self._generation is not None:
            self.shared.jobs.forget(self._job_id)
            self._accepted()
        elif begun := self._begun.get(self._interrupted.highlighted or ""):
            self._begin(Generation(self.shared, begun.prompt, self._moved, begun))

    def action_drop(self) -> None:
        begun = self._begun.get(self._interrupted.highlighted or "")
        generation = self._generation
        if self.view != "making" and begun is not None:
            generation = Generation(self.shared, begun.prompt, self._moved, begun)
        if generation is None:
            return
        dropped = generation

        def confirmed() -> None:
            self._drop(dropped)

        detail = "What the model has written is forgotten; a workspace that was begun stays."
        self.post_message(Ask("Drop what was interrupted?", detail, "Drop it", confirmed))

    @work(exclusive=True, group="drop", exit_on_error=False)
    async def _drop(self, generation: Generation) -> None:
        await generation.drop()
        self.shared.jobs.forget(self._job_id)
        self._leave_generation()
        self.look()

    def action_cancel(self) -> None:
        if self.view == "making":
            self.shared.jobs.cancel(self._job_id)
        else:
            self.workers.cancel_group(self, "plan")
            self._leave_generation()

    def action_another(self) -> None:
        self._leave_generation()

    def _leave_generation(self) -> None:
        """Back to the field; what has arrived is kept, and listed as interrupted."""
        self._generation = None
        self._job_id = ""
        if self.model_state is not None:
            self._to_asking(self.model_state)
        self._learn()

    def action_open(self) -> None:
        if self._generation is not None:
            self.post_message(Open(self._generation.now.name))

    def action_chat(self) -> None:
        if self._generation is not None:
            self.post_message(Go("chat", self._generation.now.name))

    def action_progress(self) -> None:
        self.post_message(Go("progress", self._job_id))

    def leave(self) -> bool:
        plan = self.query_one("#plan")
        if plan.has_class("-wishing"):
            plan.remove_class("-wishing")
            self.query_one("#yes", Choice).focus()
            return True
        return False
