"""Words of a person over several lines: Enter sends them, Ctrl+J begins another line."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from templates.text import plain

LONGEST = 20_000
"""Characters that it takes; what is pasted beyond them is left out."""


class Composer(TextArea):
    """Does not blink, and takes a huge paste without growing; Tab leaves it."""

    DEFAULT_CSS = """
    Composer { border: none; padding: 0 1; background: $surface; height: auto; min-height: 3; max-height: 12; }
    Composer:focus { border: none; background: $cursor; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+j,shift+enter", "new_line", "New line", show=False)]

    class Submitted(Message):
        """The person is done writing."""

        def __init__(self, composer: "Composer", text: str) -> None:
            super().__init__()
            self.composer = composer
            self.text = text

        @property
        def control(self) -> "Composer":
            return self.composer

    class Full(Message):
        """Not all of what was pasted fitted."""

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, placeholder=placeholder, soft_wrap=True, compact=True, highlight_cursor_line=False)
        self.cursor_blink = False

    def submit(self) -> None:
        """As Enter does; empty words are not sent."""
        if text := self.text.strip():
            self.post_message(self.Submitted(self, text))

    def action_new_line(self) -> None:
        self.insert("\n")

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.submit()
        elif event.is_printable and len(self.text) >= LONGEST:
            event.stop()
            event.prevent_default()
        else:
            await super()._on_key(event)

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        room = max(0, LONGEST - len(self.text))
        fitting = event.text[:room]
        if len(fitting) < len(event.text):
            self.post_message(self.Full())
        lines = fitting.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n")
        self.insert("\n".join(map(plain, lines)))
