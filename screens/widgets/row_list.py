"""A list of rows of which only those in view are drawn, so that 100,000 cost no more than ten."""

from collections.abc import Callable, Sequence

from textual import events
from textual.binding import Binding
from textual.cache import LRUCache
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style
from textual.visual import Visual
from textual.widget import Widget

from screens.glyphs import GLYPHS

GUTTER = 3
"""Columns before each row, for the cursor and the mark."""
SCROLLBAR = 1
"""Columns kept for the scroll bar, there or not, so that nothing jumps when it comes."""
DRAWN = 1000
"""Rows that are kept as they were drawn; one is drawn anew once it says something else."""

Draw = Callable[[str, int], Sequence[Content]]


class RowList(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows known by their keys: `draw` makes the lines of one (`height` of them) at a width when it comes into view."""

    COMPONENT_CLASSES = {"row-list--row", "row-list--cursor", "row-list--blurred"}
    DEFAULT_CSS = """
    RowList { overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable; background: transparent; }
    RowList > .row-list--row { color: $foreground; }
    RowList > .row-list--cursor { background: $cursor; color: $foreground; }
    RowList > .row-list--blurred { background: $cursor 60%; color: $foreground; }
    """
    BINDINGS = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "move(-1000000)", "First", show=False),
        Binding("end,G", "move(1000000)", "Last", show=False),
    ]

    cursor: reactive[int] = reactive(0)

    class Highlighted(Message):
        """The cursor is on another row, or, where there is no row, on none."""

        def __init__(self, row_list: "RowList", key: str | None) -> None:
            super().__init__()
            self.row_list = row_list
            self.key = key

        @property
        def control(self) -> "RowList":
            return self.row_list

    class Chosen(Message):
        """A row was clicked while the cursor was on it."""

        def __init__(self, row_list: "RowList", key: str) -> None:
            super().__init__()
            self.row_list = row_list
            self.key = key

        @property
        def control(self) -> "RowList":
            return self.row_list

    def __init__(self, draw: Draw, *, height: int = 1, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._draw = draw
        self._height = height
        self._keys: tuple[str, ...] = ()
        self._marked: frozenset[str] = frozenset()
        self._told: str | None = None
        self._said: LRUCache[tuple[str, int], Sequence[Content]] = LRUCache(DRAWN)
        self._strips: LRUCache[tuple[object, ...], tuple[Content, Strip]] = LRUCache(DRAWN)

    @property
    def keys(self) -> tuple[str, ...]:
        return self._keys

    @property
    def highlighted(self) -> str | None:
        """The key of the row that the cursor is on."""
        return self._keys[self.cursor] if self.cursor < len(self._keys) else None

    @property
    def marked(self) -> tuple[str, ...]:
        """The keys of the marked rows, in their order."""
        return tuple(key for key in self._keys if key in self._marked)

    def show(self, keys: Sequence[str]) -> None:
        """The rows from now on; the cursor stays on its row, or, where that is gone, at its place."""
        highlighted = self.highlighted
        if self._keys != (new := tuple(keys)):
            self._keys = new
            self._marked &= frozenset(new)
            self.virtual_size = Size(self.size.width, len(new) * self._height)
            if highlighted in new:
                self.cursor = new.index(highlighted)
            else:
                self.cursor = max(0, min(self.cursor, len(new) - 1))
            self._tell()
            self._said.clear()
            self.refresh()
        else:
            self._refresh_changed()

    def _refresh_changed(self) -> None:
        """Of the rows in view those that say something else now."""
        before, self._said = self._said, LRUCache(DRAWN)
        first, width = round(self.scroll_y) // self._height, self._row_width
        in_view = range(first, min(len(self._keys), first + self.size.height // self._height + 2))
        for row in in_view if self.size else ():  # without a place on the screen yet, it is drawn once it has one
            lines, then = self._lines(self._keys[row], width), before.get((self._keys[row], width))
            if then is None or len(lines) != len(then) or not all(map(Content.is_same, lines, then)):
                self.refresh(Region(0, row * self._height - round(self.scroll_y), self.size.width, self._height))

    def highlight(self, key: str) -> None:
        """Puts the cursor on this row, if it is there."""
        if key in self._keys:
            self.cursor = self._keys.index(key)

    def toggle_mark(self) -> None:
        """Marks the cursor's row, or takes its mark away; the cursor goes on to the next."""
        if (key := self.highlighted) is not None:
            self._marked ^= {key}
            self.action_move(1)
            self.refresh()

    def toggle_all(self) -> None:
        """Marks all, or none where all are."""
        everything = frozenset(self._keys)
        self._marked = frozenset() if self._marked == everything else everything
        self.refresh()

    def clear_marks(self) -> None:
        self._marked = frozenset()
        self.refresh()

    def watch_cursor(self) -> None:
        self._reveal()
        self._tell()
        self.refresh()

    def action_move(self, rows: int) -> None:
        self.cursor = max(0, min(self.cursor + rows, len(self._keys) - 1))

    def action_page(self, pages: int) -> None:
        self.action_move(pages * max(1, self.size.height // self._height - 1))

    def on_resize(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._keys) * self._height)
        self._reveal()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        row = (event.y + round(self.scroll_y)) // self._height
        if row < len(self._keys):
            if row == self.cursor and event.chain > 1:
                self.post_message(self.Chosen(self, self._keys[row]))
            self.cursor = row

    def render_line(self, y: int) -> Strip:
        row, line = divmod(y + round(self.scroll_y), self._height)
        width = self._row_width
        lines = self._lines(self._keys[row], width) if row < len(self._keys) else ()
        if line >= len(lines):  # below the rows, or air between them, which the cursor leaves free
            return Strip.blank(width, self.rich_style)
        key, current = self._keys[row], row == self.cursor
        style = self.get_visual_style(
            "row-list--cursor" if current and self.has_focus else "row-list--blurred" if current else "row-list--row"
        )
        drawn = (key, line, width, current, self.has_focus, key in self._marked, style, self.app.theme)
        kept = self._strips.get(drawn)
        if kept is None or not kept[0].is_same(lines[line]):
            mark = key in self._marked and line == 0
            kept = self._strips[drawn] = (lines[line], self._strip(lines[line], width, current, mark, style))
        return kept[1]

    @property
    def _row_width(self) -> int:
        return self.scrollable_content_region.width or self.size.width

    def _lines(self, key: str, width: int) -> Sequence[Content]:
        if (lines := self._said.get((key, width))) is None:
            lines = self._said[key, width] = self._draw(key, width - GUTTER)
        return lines

    def _strip(self, words: Content, width: int, current: bool, mark: bool, style: Style) -> Strip:
        content = Content.assemble(
            (GLYPHS.cursor if current else " ", "$accent" if self.has_focus else "$muted"),
            (GLYPHS.mark if mark else " ", "$accent bold"),
            " ",
            words,
        )
        strip = Visual.to_strips(self, content.truncate(width), width, 1, style, pad=True)[0]
        return strip.adjust_cell_length(width, style.rich_style)

    def _reveal(self) -> None:
        if self._keys:
            region = Region(0, self.cursor * self._height, self.size.width, self._height)
            self.scroll_to_region(region, animate=False, force=True)

    def _tell(self) -> None:
        if self._told != self.highlighted:
            self._told = self.highlighted
            self.post_message(self.Highlighted(self, self.highlighted))


class ColumnTitles(Widget):
    """The titles of a list's columns, drawn at the width that its rows have."""

    DEFAULT_CSS = """
    ColumnTitles { height: 1; width: 1fr; }
    """

    def __init__(self, draw: Callable[[int], Content]) -> None:
        super().__init__()
        self._draw = draw

    def render(self) -> Content:
        return Content.assemble(" " * GUTTER, self._draw(self.size.width - SCROLLBAR - GUTTER))
