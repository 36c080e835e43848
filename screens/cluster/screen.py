"""The place Cluster."""

from textual.app import ComposeResult
from textual.widgets import Static

from screens.base.place import PlaceScreen


class ClusterScreen(PlaceScreen):
    PLACE = "cluster"

    def compose_body(self) -> ComposeResult:
        yield Static("Cluster")
