"""The first frame: the top bar and the outline of a list, before anything else is imported."""

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from screens.glyphs import GLYPHS
from screens.places import HOME
from screens.store import Store
from screens.widgets.top_bar import TopBar

SKELETON = "\n\n".join(GLYPHS.empty * width for width in (34, 46, 28, 40))


class FirstFrame(Screen[None]):
    """Looks as the home place does while it is loading, so that nothing jumps."""

    DEFAULT_CSS = """
    FirstFrame > Static { color: $panel; padding: 3 4; }
    """

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def compose(self) -> ComposeResult:
        yield TopBar(HOME, self._store)
        yield Static(SKELETON)
