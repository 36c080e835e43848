"""How the editor starts: with the project open, its README shown, and nothing in the way.

Settings' names are VS Code's; `workbench.startupEditor: readme` opens the project's README.
"""

import json
from dataclasses import asdict
from typing import Any

from cluster.dependencies.scripts import await_file
from templates.project import Manifest, Project, ProjectFile

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


MANIFEST_PATH = ".vibecode/manifest.json"
"""Where a workspace keeps what it was made from, so that it can be made again elsewhere."""


def home_files(project: Project) -> tuple[ProjectFile, ...]:
    """What a new home folder holds; where the person has a file of that name already, theirs stays.

    What the project brings for the home folder comes before what we would put there.
    """
    own = {
        SETTINGS_PATH: json.dumps(SETTINGS, indent=2).encode() + b"\n",
        MANIFEST_PATH: json.dumps(asdict(project.manifest), indent=2).encode() + b"\n",
    }
    files = {path: ProjectFile(path, content) for path, content in own.items()}
    ours = await_file()
    return tuple((files | {ours.path: ours} | {file.path: file for file in project.home}).values())


def read_manifest(content: bytes) -> Manifest:
    """The manifest that a workspace keeps. Raises ValueError, KeyError or TypeError for what is none."""
    values: dict[str, Any] = json.loads(content)
    values |= {name: tuple(values[name]) for name in ("tags", "ports", "extensions")}
    for name in ("services", "toolchains"):  # absent where an earlier version wrote it
        values[name] = tuple(values.get(name, ()))
    return Manifest(**values)
