"""A list on the left and its detail on the right; where there is no room for both, one after the other."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.reactive import reactive
from textual.widget import Widget

from screens.widgets.page import Page


class ListDetail(Horizontal):
    """In a narrow window the list is shown, and its detail in its place while `detail_shown`."""

    DEFAULT_CSS = """
    ListDetail { height: 1fr; }
    ListDetail > .list-pane { width: 3fr; height: 1fr; }
    ListDetail > .detail-pane {
        width: 2fr; height: 1fr; margin-left: 2; padding: 1 2; background: $surface; scrollbar-size-vertical: 1;
    }
    """

    detail_shown: reactive[bool] = reactive(False, toggle_class="-detail")

    def __init__(self, list_pane: Widget, *detail: Widget) -> None:
        super().__init__()
        self._list_pane = list_pane
        self._detail = detail

    def compose(self) -> ComposeResult:
        self._list_pane.add_class("list-pane")
        yield self._list_pane
        with Page(classes="detail-pane", can_focus=False):
            yield from self._detail
