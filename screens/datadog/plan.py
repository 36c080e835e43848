"""What would be made and changed in Datadog, before anything is."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.datadog import changes
from screens.widgets.error_panel import error_words
from screens.widgets.line_view import LineView
from screens.widgets.words import Words
from screens.words import keys
from templates.errors import VibeCodeError

if TYPE_CHECKING:
    from cluster.datadog.monitors.plan import Plan


class PlanScreen(ModalScreen["Plan"]):
    """Answers the plan that is to be carried out, or None where it is left."""

    CSS_PATH = "plan.tcss"
    BINDINGS = [
        Binding("escape", "dismiss(None)", "Back", show=False),
        Binding("y", "carry_out", "Do it", show=False),
    ]

    class Made(Message):
        """The plan, or why there can be none."""

        def __init__(self, plan: "Plan | VibeCodeError") -> None:
            super().__init__()
            self.plan = plan

    def __init__(self, plan: "Callable[[], Awaitable[Plan]]") -> None:
        super().__init__()
        self._make = plan
        self._plan: Plan | None = None
        self._counts = Words(Content.styled("Reading what is there", "$muted"))
        self._lines = LineView()
        self._keys = Words(keys((("esc", "goes back"),)))

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(Content.styled("Monitors and dashboard in Datadog", "bold"))
            yield self._counts
            yield self._lines
            yield self._keys

    def on_mount(self) -> None:
        self._lines.focus()
        self._read()

    @work(exclusive=True, group="plan", exit_on_error=False)
    async def _read(self) -> None:
        try:
            self.post_message(self.Made(await self._make()))
        except VibeCodeError as error:
            self.post_message(self.Made(error))

    @on(Made)
    def _made(self, message: Made) -> None:
        plan = message.plan
        if isinstance(plan, VibeCodeError):
            self._counts.show(error_words(plan))
            return
        self._plan = plan
        self._counts.show(f"{changes.counts(plan)}.")
        self._lines.show(partial(changes.lines, plan))
        if changes.todo(plan):
            answers = (("y", "does it"), ("esc", "goes back, nothing is changed"))
            self._keys.show(keys(answers))

    def action_carry_out(self) -> None:
        if self._plan is not None and changes.todo(self._plan):
            self.dismiss(self._plan)
