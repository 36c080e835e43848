"""Jump mode: a letter on everything that takes the focus; the letter goes there."""

from collections.abc import Sequence
from string import ascii_lowercase

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Label


class Jump(ModalScreen[Widget | None]):
    """Answers the widget whose letter was pressed; any other key leaves."""

    CSS = """
    Jump { background: $background 40%; }
    Jump > Label { background: $accent; color: $background; text-style: bold; padding: 0 1; }
    """

    def __init__(self, targets: Sequence[Widget]) -> None:
        super().__init__()
        self._targets = dict(zip(ascii_lowercase, targets, strict=False))

    def compose(self) -> ComposeResult:
        for letter, target in self._targets.items():
            label = Label(letter)
            label.styles.position = "absolute"
            label.styles.offset = target.region.offset
            yield label

    def on_key(self, event: events.Key) -> None:
        event.stop()
        self.dismiss(self._targets.get(event.key))
