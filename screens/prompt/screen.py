"""New from a prompt: described, planned, agreed on, written before one's eyes, and tried."""

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import ContentSwitcher

from screens.base.model_place import ModelPlace
from screens.commands import bindings
from screens.jobs import Job
from screens.messages import Ask, Failed, Go, Open
from screens.modals.question import Choice
from screens.models.access import ModelState
from screens.prompt.asking import AskView
from screens.prompt.making import MakingView
from screens.prompt.planning import PlanView
from screens.prompt.work import Generation
from screens.shared import Shared
from screens.widgets.composer import Composer
from templates.errors import VibeCodeError


class PromptScreen(ModelPlace):
    """One generation at a time; it goes on whatever place is looked at."""

    PLACE = "prompt"
    AUTO_FOCUS = "#prompt"  # what is typed before the model is known is not lost
    CSS_PATH = "prompt.tcss"
    BINDINGS = bindings("prompt")
    SETUP_TITLE = "New from a prompt"
    SETUP_SENTENCE = "Describe a project in a sentence: a model writes it, runs its tests, and it opens in the editor."

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
        self._ask = AskView(shared)
        self._plan = PlanView(shared.services.now)
        self._making = MakingView(shared)

    def compose_body(self) -> ComposeResult:
        with ContentSwitcher(id="views", initial="ask"):
            yield self.setup
            yield self._ask
            yield self._plan
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
            self._ask.take_focus()

    def _learn(self) -> None:
        self._ask.learn(self.model_state, self._generation.file if self._generation else None)

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
        self._plan.show(generation.now)
        self._plan.take_focus()
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
        self._plan.show(generation.now)
        self._making.touch()
        self.refresh_bindings()

    @on(Planned)
    def _planned(self, event: Planned) -> None:
        self._show_generation()
        if event.accepted:
            self.action_yes()
        else:
            self._plan.take_focus()

    @on(PlanFailed)
    def _plan_failed(self, event: PlanFailed) -> None:
        self.post_message(Failed(event.error))
        generation = self._generation
        if generation is not None and generation.now.plan is not None:
            self._show_generation()
            self._plan.take_focus()
            return
        self._leave_generation()
        if generation is not None:
            self._ask.give_back(generation.now.prompt)

    @on(Choice.Taken)
    async def _chosen(self, event: Choice.Taken) -> None:
        await self.run_action(event.answer)

    @on(PlanView.Wished)
    def _wished(self, event: PlanView.Wished) -> None:
        if self._generation is not None:
            self._make_plan(self._generation, event.wish)

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
        self._ask.clear()
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
            "resume": (view == "ask" and self._ask.interrupted) or (ended and job is not None and job.state != "done"),
            "drop": (view == "ask" and self._ask.interrupted) or (ended and job is not None and job.state != "done"),
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
        self._ask.submit()

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
        self._plan.begin_wish()

    def action_resume(self) -> None:
        """What was interrupted, or the generation that has just been stopped."""
        if self.view == "making" and self._generation is not None:
            self.shared.jobs.forget(self._job_id)
            self._accepted()
        elif begun := self._ask.chosen:
            self._begin(Generation(self.shared, begun.prompt, self._moved, begun))

    def action_drop(self) -> None:
        begun = self._ask.chosen
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
        if self._plan.wishing:
            self._plan.end_wish()
            return True
        return False
