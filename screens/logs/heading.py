"""Two lines above a log, made anew at each key without laying anything out again."""

from collections.abc import Callable

from textual.content import Content
from textual.widget import Widget


class Heading(Widget):
    """`show` is given what makes the text of a width."""

    DEFAULT_CSS = """
    Heading { height: 2; width: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._make: Callable[[int], Content] = lambda _: Content("")

    def show(self, make: Callable[[int], Content]) -> None:
        self._make = make
        self.refresh()

    def render(self) -> Content:
        return self._make(self.content_size.width)
