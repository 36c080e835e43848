"""A plan while it arrives, and then to be agreed on: written, changed or left."""

from collections.abc import Callable
from datetime import datetime

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message

from screens.modals.question import Answer, Choice
from screens.prompt import presenter
from screens.prompt.work import Making
from screens.widgets.composer import Composer
from screens.widgets.fitted import Fitted
from screens.widgets.page import Page
from screens.widgets.words import Words

TICK = 1.0
"""Seconds between two looks at the clock while a plan is waited for."""


class PlanView(Vertical):
    """Its buttons have the names of the screen's actions."""

    class Wished(Message):
        """What is to be different in the plan."""

        def __init__(self, wish: str) -> None:
            super().__init__()
            self.wish = wish

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(id="plan")
        self._now = now
        self._making: Making | None = None
        self._words = Fitted(id="plan-words")
        self._offer = Words(id="offer")
        self._wish = Composer(placeholder="what is to be different", id="wish")

    def compose(self) -> ComposeResult:
        with Page():
            yield self._words
        yield self._offer
        with Horizontal(classes="buttons"):
            yield Choice(Answer("yes", "Write it", "y"))
            yield Choice(Answer("change", "Change it", "c"))
            yield Choice(Answer("another", "Leave it", "a"))
        yield self._wish

    def on_mount(self) -> None:
        self.set_interval(TICK, self._tick)

    def _tick(self) -> None:
        if self._making is not None and self._making.stage == "planning":
            self.show(self._making)

    def show(self, making: Making) -> None:
        """The plan as far as it is."""
        self._making = making
        self.set_class(making.stage == "planning", "-planning")
        if making.stage == "planning":
            self._words.show(lambda _: presenter.arriving(making, self._now()))
        elif making.stage == "planned" and (plan := making.plan) is not None:
            self._words.show(lambda width: presenter.plan_words(plan, width))
            self._offer.show(presenter.offer(making))

    def take_focus(self) -> None:
        """On the page while the plan arrives, then on the first answer."""
        planned = self._making is not None and self._making.stage == "planned"
        (self.query_one("#yes", Choice) if planned else self.query_one(Page)).focus()

    @property
    def wishing(self) -> bool:
        """Whether a wish is being written."""
        return self.has_class("-wishing")

    def begin_wish(self) -> None:
        self.add_class("-wishing")
        self._wish.focus()

    def end_wish(self) -> None:
        self.remove_class("-wishing")
        self.take_focus()

    @on(Composer.Submitted, "#wish")
    def _wished(self, event: Composer.Submitted) -> None:
        event.stop()
        self._wish.text = ""
        self.remove_class("-wishing")
        self.query_one(Page).focus()
        self.post_message(self.Wished(event.text))
