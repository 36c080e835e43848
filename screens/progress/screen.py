"""The place Progress."""

from textual.app import ComposeResult
from textual.widgets import Static

from screens.base.place import PlaceScreen


class ProgressScreen(PlaceScreen):
    PLACE = "progress"

    def compose_body(self) -> ComposeResult:
        yield Static("Progress")
