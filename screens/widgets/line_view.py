"""Lines of which only those in view are drawn: a file, a diff, what a command prints."""

from collections.abc import Callable, Sequence

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

Make = Callable[[int], Sequence[Content]]


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """`show` is given what makes all lines at a width, which is called again when the width changes."""

    DEFAULT_CSS = """
    LineView {
        height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable;
        background: transparent; color: $foreground;
    }
    """
    BINDINGS = [
        Binding("up,k", "scroll_up", "Up", show=False),
        Binding("down,j", "scroll_down", "Down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("home,g", "scroll_home", "First", show=False),
        Binding("end,G", "scroll_end", "Last", show=False),
    ]

    class Clicked(Message):
        """A line was clicked."""

        def __init__(self, line_view: "LineView", line: int) -> None:
            super().__init__()
            self.line_view = line_view
            self.line = line

        @property
        def control(self) -> "LineView":
            return self.line_view

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._make: Make = lambda _: ()
        self._lines: Sequence[Content] = ()
        self._made = 0

    def show(self, make: Make, *, follow: bool = False) -> None:
        """The lines from now on; with `follow` the last ones are in view."""
        self._make = make
        self._fit()
        if follow:
            self.scroll_to(y=len(self._lines), animate=False, force=True, immediate=True)

    def reveal(self, line: int, above: int = 2) -> None:
        """Has this line in view, below the top where that is possible."""
        top, height = round(self.scroll_y), self.size.height
        if not top + above <= line < top + height - above:
            self.scroll_to(y=max(0, line - above), animate=False, force=True)

    @property
    def _room(self) -> int:
        return self.scrollable_content_region.width or self.size.width

    def _fit(self) -> None:
        self._made = self._room
        self._lines = self._make(self._made) if self._made else ()
        self.virtual_size = Size(self._made, len(self._lines))
        self.refresh()

    def on_resize(self) -> None:
        if self._room != self._made:
            self._fit()

    def on_click(self, event: events.Click) -> None:
        line = event.y + round(self.scroll_y)
        if line < len(self._lines):
            self.post_message(self.Clicked(self, line))

    def render_line(self, y: int) -> Strip:
        line, width = y + round(self.scroll_y), self._room
        if line >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        content = self._lines[line].truncate(width)
        return Visual.to_strips(self, content, width, 1, self.visual_style, pad=True)[0]
