"""What models have cost, by day, workspace and model."""

from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.models import presenter
from screens.models.access import ModelAccess
from screens.widgets.error_panel import error_words
from screens.widgets.fitted import Fitted
from screens.widgets.page import Page
from screens.words import keys
from templates.errors import VibeCodeError

if TYPE_CHECKING:
    from templates.models.ledger import Totals


class UsageScreen(ModalScreen[None]):
    """Any of Escape, Enter and q closes it."""

    CSS_PATH = "usage.tcss"
    BINDINGS = [Binding("escape,enter,q", "dismiss(None)", "Close", show=False)]

    class Counted(Message):
        """What was spent."""

        def __init__(self, totals: "Totals") -> None:
            super().__init__()
            self.totals = totals

    class Uncounted(Message):
        """Why that is not known."""

        def __init__(self, error: VibeCodeError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, access: ModelAccess) -> None:
        super().__init__()
        self._access = access
        self._totals = Fitted(id="totals")

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(Content.styled("What models have cost", "bold"), classes="title")
            with Page():
                yield self._totals
            yield Static(keys((("esc", "closes this"),)), classes="keys")

    def on_mount(self) -> None:
        self._count()

    @work(exit_on_error=False)
    async def _count(self) -> None:
        try:
            self.post_message(self.Counted(await self._access.totals()))
        except VibeCodeError as error:
            self.post_message(self.Uncounted(error))

    @on(Counted)
    def _counted(self, event: Counted) -> None:
        budgets = self._access.budgets
        self._totals.show(lambda width: presenter.usage_lines(event.totals, budgets, width))

    @on(Uncounted)
    def _uncounted(self, event: Uncounted) -> None:
        self._totals.show(lambda _: error_words(event.error))
