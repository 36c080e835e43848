"""An error that came of what a person asked for."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.widgets.error_panel import error_words
from templates.errors import VibeCodeError


class Failure(ModalScreen[None]):
    """Any of Escape, Enter and Space closes it."""

    CSS_PATH = "modal.tcss"
    BINDINGS = [Binding("escape,enter,space", "dismiss(None)", "Close", show=False)]

    def __init__(self, error: VibeCodeError) -> None:
        super().__init__()
        self._error = error

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(error_words(self._error))
            yield Static(Content.assemble("\n", ("esc", "$accent bold"), (" closes this", "$muted")))
