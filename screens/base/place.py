"""What every place is: a top bar, a body, a key bar; it hears of every change of store and jobs."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from screens.places import PlaceId
from screens.shared import Shared
from screens.widgets.key_bar import KeyBar
from screens.widgets.top_bar import TopBar

TICK = 1.0
"""Seconds between two looks at the clock while a place is shown and work is under way."""
RARELY = 5
"""How many of them pass where no work is under way."""


class PlaceScreen(Screen[None]):
    """A subclass names its `PLACE`, composes its body, and fills it in `show`, which draws only what has changed."""

    PLACE: ClassVar[PlaceId]

    class Changed(Message):
        """Store or jobs have changed; many changes at once are one."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, PlaceScreen.Changed)

    def __init__(self, shared: Shared) -> None:
        super().__init__(id=self.PLACE)
        self.shared = shared
        self._top_bar = TopBar(self.PLACE, shared.store)
        self._key_bar = KeyBar(shared.jobs, shared.services.now)
        self._unsubscribe: list[Callable[[], None]] = []
        self._ticks = 0

    def compose(self) -> ComposeResult:
        yield self._top_bar
        with Container(id="body"):
            yield from self.compose_body()
        yield Static("This window is too small:\n50 columns and 12 rows are the least.", id="too-small")
        yield self._key_bar

    def compose_body(self) -> ComposeResult:
        """The widgets between the two bars."""
        raise NotImplementedError

    def show(self) -> None:
        """Fills the widgets from the store and the jobs; called after each change, and as time passes."""

    def visit(self, subject: str) -> None:
        """Shows what another place sent the person here for: a workspace's name, or a job's id."""

    @property
    def typing(self) -> bool:
        """Whether keys are text now."""
        return isinstance(self.focused, Input)

    def leave(self) -> bool:
        """Whether Escape had something to close here, which is then closed."""
        return False

    def on_mount(self) -> None:
        self._unsubscribe = [
            self.shared.store.subscribe(self._tell),
            self.shared.jobs.subscribe(self._tell),
        ]
        self._clock = self.set_interval(TICK, self._tick)
        self.show()

    def on_unmount(self) -> None:
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def _tell(self) -> None:
        self.post_message(self.Changed())

    @on(Changed)
    def _changed(self) -> None:
        if self.is_current:
            self._top_bar.refresh()
            self._key_bar.refresh()
            self.show()

    def on_screen_resume(self) -> None:
        self._clock.resume()
        self._changed()

    def on_screen_suspend(self) -> None:
        self._clock.pause()

    def _tick(self) -> None:
        """What is under way shows each second; ages alone are looked at more rarely, to cost nothing."""
        self._ticks += 1
        if self.shared.jobs.active:
            self._key_bar.refresh()
        if self.shared.jobs.active or self._ticks % RARELY == 0:
            self.show()
