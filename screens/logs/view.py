"""A log of which only the rows in view are drawn, so that 100,000 lines cost no more than ten."""

from bisect import bisect_left

from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollTo, ScrollUp
from textual.strip import Strip

from screens.logs.buffer import LogBuffer
from screens.logs.drawing import GUTTER, Row, strip
from screens.logs.levels import Level
from screens.logs.rows import Rows, parts
from screens.logs.search import Matches

STEP = 8
"""Columns that left and right move a line that is longer than the window."""


class LogView(ScrollView, can_focus=True, inherit_bindings=False):
    """Follows the log's end while `follow`; `cursor` is the number of a line, and `origin` where a selection began."""

    ALLOW_SELECT = False  # the mouse selects lines, as the keys do
    COMPONENT_CLASSES = {
        f"log-view--{name}"
        for name in ("text", "untold", "debug", "info", "warn", "error", "match", "cursor", "selected", "mark")
    } | {"log-view--mark-blurred"}
    BINDINGS = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("shift+up,K", "select(-1)", "Select up", show=False),
        Binding("shift+down,J", "select(1)", "Select down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("left", "shift(-1)", "Left", show=False),
        Binding("right", "shift(1)", "Right", show=False),
    ]

    follow: reactive[bool] = reactive(True)
    wrap: reactive[bool] = reactive(False)
    cursor: reactive[int] = reactive(0)
    origin: reactive[int | None] = reactive[int | None](None)

    class Changed(Message):
        """The cursor, what is selected, or whether the end is followed is another now."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LogView.Changed)

    def __init__(self, buffer: LogBuffer, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.buffer = buffer
        self.rows = Rows(buffer)
        self.matches = Matches(buffer)
        self._dragging = False

    # What is shown

    def open(self, buffer: LogBuffer) -> None:
        """Another log, from its end."""
        self.buffer = buffer
        self.origin = None
        self.set_reactive(LogView.follow, True)
        self._lay_out(self.rows.least)

    def grow(self) -> None:
        """The buffer has more lines, and perhaps has dropped the oldest."""
        dropped, new = self.rows.update()
        self.matches.drop()
        self.matches.add(self.rows.numbers[new:])
        if self.origin is not None and self.origin < self.buffer.first:
            self.origin = self.buffer.first
        self._fit()
        if self.follow:
            self.to_end()
        else:
            self.cursor = max(self.cursor, self.buffer.first)
            self.scroll_to(y=max(0, round(self.scroll_y) - dropped), animate=False, force=True)
        self.refresh()
        self.post_message(self.Changed())

    def show_level(self, least: Level) -> None:
        """Only lines at least as grave."""
        self._lay_out(least)

    def watch_wrap(self) -> None:
        self.scroll_to(x=0, animate=False, force=True)
        self._lay_out(self.rows.least)

    def on_resize(self) -> None:
        if self.wrap and self.rows.width != self._room:
            self._lay_out(self.rows.least)
        else:
            self._fit()
            self._reveal()

    @property
    def _room(self) -> int:
        return max(1, self.scrollable_content_region.width - GUTTER)

    def _lay_out(self, least: Level) -> None:
        self.rows = Rows(self.buffer, least, self._room if self.wrap else 0)
        self.matches = Matches(self.buffer, self.matches.words, self.rows.numbers)
        self._fit()
        if self.follow:
            self.to_end()
        else:
            self._put(self.rows.nearest(self.cursor))
        self._reveal()
        self.refresh()
        self.post_message(self.Changed())

    def _fit(self) -> None:
        width = self.size.width if self.wrap else self.rows.widest + GUTTER
        self.virtual_size = Size(width, self.rows.total)

    # Where one is in it

    def to_end(self) -> None:
        self._put(len(self.rows.numbers) - 1)

    def to_start(self) -> None:
        self._leave(0)

    def seek(self, number: int | None) -> None:
        """Puts the cursor on this line, and the line in view."""
        if number is not None:
            self.follow = False
            self._put(self.rows.nearest(number))

    def search(self, words: str) -> None:
        """Goes to the match that is nearest above the cursor."""
        self.matches = self.matches.narrowed(words, self.rows.numbers)
        if len(self.matches) and self.matches.place(self.cursor) is None:
            self.seek(self.matches.before(self.cursor))
        self.refresh()
        self.post_message(self.Changed())

    def action_move(self, rows: int) -> None:
        self.origin = None
        self._leave(self._index + rows)

    def action_select(self, rows: int) -> None:
        if self.origin is None:
            self.origin = self.cursor
        self._leave(self._index + rows)

    def action_page(self, pages: int) -> None:
        """By as many rows as are in view."""
        index, target = self._index, 0
        if self.rows.numbers:
            row = self.rows.top(index) + pages * max(1, self.scrollable_content_region.height - 1)
            found = self.rows.at(max(0, min(row, self.rows.total - 1)))
            target = found[0] if found else index
        self.origin = None
        self._leave(target)

    def action_shift(self, steps: int) -> None:
        self.scroll_to(x=self.scroll_x + steps * STEP, animate=False, force=True)

    @property
    def selected(self) -> range:
        """The numbers of the first and last selected line and those between; the cursor's alone where none are."""
        other = self.cursor if self.origin is None else self.origin
        return range(min(other, self.cursor), max(other, self.cursor) + 1)

    def copied(self) -> list[str]:
        """The selected lines that are shown."""
        numbers = self.rows.numbers
        first = bisect_left(numbers, self.selected.start)
        last = bisect_left(numbers, self.selected.stop)
        return [self.buffer.text(number) for number in numbers[first:last]]

    @property
    def _index(self) -> int:
        return self.rows.nearest(self.cursor)

    def _leave(self, index: int) -> None:
        """To another line; the end is followed where it is the last."""
        self.follow = index >= len(self.rows.numbers)
        self._put(index)

    def _put(self, index: int) -> None:
        if self.rows.numbers:
            self.cursor = self.rows.numbers[max(0, min(index, len(self.rows.numbers) - 1))]
            self._reveal()

    def _reveal(self) -> None:
        """Scrolls no further than is needed for the whole of the cursor's line."""
        if not self.rows.numbers:
            return
        height, top = self.scrollable_content_region.height, round(self.scroll_y)
        first, last = self.rows.top(self._index), self.rows.bottom(self._index)
        target = last - height if last > top + height else first if first < top else top
        if self.follow:
            target = self.rows.total - height
        self.scroll_to(y=max(0, target), animate=False, force=True)

    def watch_follow(self, follow: bool) -> None:
        if follow:
            self.origin = None
            self.to_end()
        self.post_message(self.Changed())

    def watch_cursor(self) -> None:
        self.refresh()
        self.post_message(self.Changed())

    def watch_anchor(self) -> None:
        self.refresh()
        self.post_message(self.Changed())

    # The mouse

    def on_mouse_scroll_up(self) -> None:
        self.follow = self.follow and self.max_scroll_y == 0

    def on_scroll_up(self, _: ScrollUp) -> None:
        self.follow = False

    def on_scroll_to(self, _: ScrollTo) -> None:
        self.follow = False

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.button == 1 and (number := self._at(event.y)) is not None:
            self.follow = False
            self.origin = None
            self.cursor = number
            self._dragging = True
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._dragging and (number := self._at(event.y)) is not None and number != self.cursor:
            self.origin = self.cursor if self.origin is None else self.origin
            self.cursor = number

    def on_mouse_up(self) -> None:
        self._dragging = False
        self.release_mouse()

    def _at(self, y: int) -> int | None:
        found = self.rows.at(y + round(self.scroll_y))
        return None if found is None else self.rows.numbers[found[0]]

    # Drawing

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"log-view--{name}", partial=True)

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        found = self.rows.at(y + round(self.scroll_y))
        if found is None:
            return Strip.blank(width, self.rich_style)
        index, part = found
        number = self.rows.numbers[index]
        text = self.buffer.text(number)
        pieces = parts(text, self.rows.width)
        row = Row(
            pieces[part],
            self.buffer.level(number),
            start=sum(map(len, pieces[:part])),
            part=part,
            spans=self.matches.spans(text),
            current=number == self.cursor,
            selected=self.origin is not None and number in self.selected,
            focused=self.has_focus,
        )
        return strip(row, self._style, round(self.scroll_x), width).apply_style(self.rich_style)
