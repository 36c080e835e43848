"""Text that is made for the width it has."""

from collections.abc import Callable

from textual.content import Content
from textual.widgets import Static


class Fitted(Static):
    """`show` is given what makes the text of a width; it is made again when the width changes."""

    DEFAULT_CSS = """
    Fitted { width: 1fr; height: auto; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._make: Callable[[int], Content] = lambda _: Content("")
        self._made = 0

    def show(self, make: Callable[[int], Content]) -> None:
        self._make = make
        self._fit(self.size.width)

    def on_resize(self) -> None:
        """The event tells the width with the padding; the text has what is within it."""
        if self.size.width != self._made:
            self._fit(self.size.width)

    def _fit(self, width: int) -> None:
        self._made = width
        if width:
            self.update(self._make(width))
