"""The places of the application, in the order of the top bar; each makes its screen when it is first gone to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from screens.base.place import PlaceScreen
    from screens.shared import Shared

PlaceId = Literal[
    "workspaces", "templates", "prompt", "chat", "progress", "cluster", "logs", "datadog", "settings", "help"
]


@dataclass(frozen=True, slots=True)
class Place:
    """`open` imports the screen's module, so that nothing is loaded for a place that nobody goes to."""

    id: PlaceId
    title: str
    key: str
    help: str
    open: "Callable[[Shared], PlaceScreen]"


def _workspaces(shared: "Shared") -> "PlaceScreen":
    from screens.workspaces.screen import WorkspacesScreen

    return WorkspacesScreen(shared)


def _templates(shared: "Shared") -> "PlaceScreen":
    from screens.templates.screen import TemplatesScreen

    return TemplatesScreen(shared)


def _prompt(shared: "Shared") -> "PlaceScreen":
    from screens.prompt.screen import PromptScreen

    return PromptScreen(shared)


def _chat(shared: "Shared") -> "PlaceScreen":
    from screens.chat.screen import ChatScreen

    return ChatScreen(shared)


def _progress(shared: "Shared") -> "PlaceScreen":
    from screens.progress.screen import ProgressScreen

    return ProgressScreen(shared)


def _cluster(shared: "Shared") -> "PlaceScreen":
    from screens.cluster.screen import ClusterScreen

    return ClusterScreen(shared)


def _logs(shared: "Shared") -> "PlaceScreen":
    from screens.logs.screen import LogsScreen

    return LogsScreen(shared)


def _datadog(shared: "Shared") -> "PlaceScreen":
    from screens.datadog.screen import DatadogScreen

    return DatadogScreen(shared)


def _settings(shared: "Shared") -> "PlaceScreen":
    from screens.settings.screen import SettingsScreen

    return SettingsScreen(shared)


def _help(shared: "Shared") -> "PlaceScreen":
    from screens.help.screen import HelpScreen

    return HelpScreen(shared)


PLACES = (
    Place("workspaces", "Workspaces", "1", "What you have, and what it does now.", _workspaces),
    Place("templates", "Templates", "2", "What there is to start from.", _templates),
    Place("prompt", "Prompt", "3", "Describe a project and have it made.", _prompt),
    Place("chat", "Chat", "4", "Ask for changes and review each of them.", _chat),
    Place("progress", "Progress", "5", "The work under way, step by step.", _progress),
    Place("cluster", "Cluster", "6", "The ground that the workspaces stand on.", _cluster),
    Place("logs", "Logs", "7", "What a workspace says.", _logs),
    Place("datadog", "Datadog", "8", "Whether everything is observed, and what it shows.", _datadog),
    Place("settings", "Settings", "9", "Every setting, and where its value comes from.", _settings),
    Place("help", "Help", "question_mark", "Every key, those of this place first.", _help),
)
HOME: PlaceId = "workspaces"


def place_named(place_id: PlaceId) -> Place:
    return next(place for place in PLACES if place.id == place_id)
