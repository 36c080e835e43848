"""Where a person writes to the model: history with the arrows, files and commands completed as they are typed."""

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from screens.chat.completion import Completion, completion_line, completions
from screens.widgets.composer import Composer
from screens.widgets.row_list import RowList


class ChatComposer(Composer):
    """Leaves the arrows, Tab and Enter to the list of completions while that is open."""

    class Key(Message):
        """A key that is not for the text."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    choosing = False

    async def _on_key(self, event: events.Key) -> None:
        first, last = self.cursor_location[0] == 0, self.cursor_location[0] == self.document.line_count - 1
        in_list = self.choosing and event.key in ("up", "down", "tab", "enter", "escape")
        in_history = not self.choosing and ((event.key == "up" and first) or (event.key == "down" and last))
        if in_list or in_history:
            event.stop()
            event.prevent_default()
            self.post_message(self.Key(event.key))
        else:
            await super()._on_key(event)


class ChatInput(Vertical):
    """Its `composer` posts what is sent."""

    DEFAULT_CSS = """
    ChatInput { height: auto; }
    ChatInput > RowList { height: auto; max-height: 10; background: $panel 50%; display: none; }
    """

    def __init__(self) -> None:
        super().__init__(id="input")
        self.composer = ChatComposer(placeholder="what is to change; @ names a file, / a command", id="composer")
        self.paths: Sequence[str] = ()
        self.history: Sequence[str] = ()
        self._back = 0
        self._found: dict[str, Completion] = {}
        self._list = RowList(self._draw, id="completions")
        self._list.can_focus = False

    def compose(self) -> ComposeResult:
        yield self._list
        yield self.composer

    def clear(self) -> None:
        self._back = 0
        self.composer.text = ""

    def give_back(self, text: str) -> None:
        """What was sent and came to nothing is to be sent again, unless something else is there meanwhile."""
        if not self.composer.text:
            self.composer.text = text
            self.composer.move_cursor(self.composer.document.end)

    def _draw(self, key: str, width: int) -> list[Content]:
        found = self._found.get(key)
        return [completion_line(found, width)] if found else []

    @on(Composer.Changed)
    def _typed(self) -> None:
        before = self.composer.document.get_text_range((0, 0), self.composer.cursor_location)
        found = completions(before, self.paths)
        typed = before.strip()
        if len(found) == 1 and found[0].value.strip() == typed[found[0].start :]:
            found = ()  # it is whole
        self._offer(found)

    def _offer(self, found: Sequence[Completion]) -> None:
        self._found = {one.value: one for one in found}
        self._list.show(tuple(self._found))
        self._list.styles.height = len(self._found)
        self._list.display = self.composer.choosing = bool(found)

    @on(RowList.Chosen, "#completions")
    @on(RowList.Highlighted, "#completions")
    def _in_list(self, event: RowList.Chosen | RowList.Highlighted) -> None:
        event.stop()
        if isinstance(event, RowList.Chosen):
            self._take()

    @on(ChatComposer.Key)
    def _key(self, event: ChatComposer.Key) -> None:
        if not self.composer.choosing:
            self._recall(1 if event.key == "up" else -1)
        elif event.key in ("up", "down"):
            self._list.action_move(-1 if event.key == "up" else 1)
        elif event.key == "escape":
            self._offer(())
        else:
            self._take()

    def _take(self) -> None:
        one = self._found.get(self._list.highlighted or "")
        if one is None:
            return
        composer = self.composer
        before = composer.document.get_text_range((0, 0), composer.cursor_location)
        row, column = composer.cursor_location
        start = max(0, column - (len(before) - one.start))
        composer.replace(one.value, (row, start), (row, column))
        self._offer(())

    def _recall(self, step: int) -> None:
        """An earlier instruction, or a later one; after the last, an empty field."""
        there = len(self.history)
        back = max(0, min(there, self._back + step))
        if back == self._back:
            return
        self._back = back
        self.composer.text = self.history[there - back] if back else ""
        self.composer.move_cursor(self.composer.document.end)
