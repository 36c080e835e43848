"""The place Help."""

from textual.app import ComposeResult
from textual.widgets import Static

from screens.base.place import PlaceScreen


class HelpScreen(PlaceScreen):
    PLACE = "help"

    def compose_body(self) -> ComposeResult:
        yield Static("Help")
