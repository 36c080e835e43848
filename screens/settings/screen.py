"""The place Settings."""

from textual.app import ComposeResult
from textual.widgets import Static

from screens.base.place import PlaceScreen


class SettingsScreen(PlaceScreen):
    PLACE = "settings"

    def compose_body(self) -> ComposeResult:
        yield Static("Settings")
