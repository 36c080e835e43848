"""How the editor starts: with the project open, its README shown, and nothing in the way.

Settings' names are VS Code's; `workbench.startupEditor: readme` opens the project's README.
"""

import json

from templates.project import ProjectFile

SETTINGS_PATH = ".local/share/code-server/User/settings.json"

SETTINGS: dict[str, object] = {
    "workbench.startupEditor": "readme",
    "workbench.tips.enabled": False,
    "workbench.welcomePage.walkthroughs.openOnInstall": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "security.workspace.trust.enabled": False,
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "update.showReleaseNotes": False,
    "extensions.autoCheckUpdates": False,
    "extensions.ignoreRecommendations": True,
    "chat.disableAIFeatures": True,
    "chat.commandCenter.enabled": False,
    "git.openRepositoryInParentFolders": "never",
    "terminal.integrated.defaultProfile.linux": "bash",
    "task.allowAutomaticTasks": "off",
}


def home_files() -> tuple[ProjectFile, ...]:
    """What a new home folder holds; where the person has a file of that name already, theirs stays."""
    return (ProjectFile(SETTINGS_PATH, (json.dumps(SETTINGS, indent=2) + "\n").encode()),)
