"""The levels that a log can be narrowed to, in one line."""

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from screens.logs import presenter
from screens.logs.levels import Level


class LevelBar(Widget):
    """A click on a level asks for it."""

    DEFAULT_CSS = """
    LevelBar { height: 1; width: 1fr; }
    """

    class Chosen(Message):
        """Only lines at least as grave are wanted."""

        def __init__(self, level: Level) -> None:
            super().__init__()
            self.level = level

    def __init__(self) -> None:
        super().__init__()
        self._chosen = Level.UNTOLD
        self._errors = self._warnings = 0

    def show(self, chosen: Level, errors: int, warnings: int) -> None:
        if (chosen, errors, warnings) != (self._chosen, self._errors, self._warnings):
            self._chosen, self._errors, self._warnings = chosen, errors, warnings
            self.refresh()

    def render(self) -> Content:
        return presenter.levels(self._chosen, self._errors, self._warnings, self.size.width)

    def on_click(self, event: events.Click) -> None:
        if (level := event.style.meta.get("level")) is not None:
            self.post_message(self.Chosen(Level(level)))
