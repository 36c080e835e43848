"""Text that is longer than the window, moved with the keys of a list."""

from textual.binding import Binding
from textual.containers import VerticalScroll


class Page(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Left and right stay free for the place that it is in."""

    DEFAULT_CSS = """
    Page { height: 1fr; scrollbar-size-vertical: 1; }
    """
    BINDINGS = [
        Binding("up,k", "scroll_up", "Up", show=False),
        Binding("down,j", "scroll_down", "Down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("home,g", "scroll_home", "First", show=False),
        Binding("end,G", "scroll_end", "Last", show=False),
    ]
