"""The place Logs."""

from textual.app import ComposeResult
from textual.widgets import Static

from screens.base.place import PlaceScreen


class LogsScreen(PlaceScreen):
    PLACE = "logs"

    def compose_body(self) -> ComposeResult:
        yield Static("Logs")
