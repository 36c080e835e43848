"""The new lines of one change, written by the person instead."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from screens.words import keys
from templates.text import plain


class EditHunk(ModalScreen[tuple[str, ...]]):
    """Answers the lines, or None where it was left."""

    CSS_PATH = "edit.tcss"
    BINDINGS = [
        Binding("escape", "dismiss(None)", "Back", show=False, priority=True),
        Binding("ctrl+s", "save", "Take", show=False, priority=True),
    ]

    def __init__(self, path: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._path = path
        self._area = TextArea("\n".join(lines), soft_wrap=False, show_line_numbers=False, tab_behavior="indent")
        self._area.cursor_blink = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(Content.styled(plain(self._path), "bold"))
            yield self._area
            yield Static(keys((("ctrl+s", "takes these lines"), ("esc", "goes back"))))

    def on_mount(self) -> None:
        self._area.focus()

    def action_save(self) -> None:
        text = self._area.text
        self.dismiss(tuple(text.split("\n")) if text else ())
