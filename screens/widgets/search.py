"""A field that narrows a list while the arrows move in it."""

from textual.binding import Binding

from screens.widgets.field import Field


class SearchField(Field):
    """Its screen has `action_move`, which moves the list's cursor by so many rows, and `action_searched`.

    That one, for enter, is no message: it moves the focus before the next key is read, so that none is lost.
    """

    DEFAULT_CSS = """
    SearchField { width: 1fr; margin-bottom: 1; padding: 0 1 0 3; }
    """
    BINDINGS = [
        Binding("up", "screen.move(-1)", "Up", show=False),
        Binding("down", "screen.move(1)", "Down", show=False),
        Binding("enter", "screen.searched", "Found", show=False),
    ]

    def __init__(self, placeholder: str, id: str = "search") -> None:  # noqa: A002
        super().__init__(placeholder=placeholder, longest=200, id=id)
