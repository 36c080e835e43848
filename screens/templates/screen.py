"""The place Templates."""

from textual.app import ComposeResult
from textual.widgets import Static

from screens.base.place import PlaceScreen


class TemplatesScreen(PlaceScreen):
    PLACE = "templates"

    def compose_body(self) -> ComposeResult:
        yield Static("Templates")
