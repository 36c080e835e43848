"""Files of a workspace that see to it that what tasks print in its editor goes to the container's log, too."""

import json
from importlib.resources import files

from cluster.manifests.workspace import HOME
from templates.project import ProjectFile

SHELL_PATH = ".vibecode/task-shell"
SETTINGS_PATH = ".local/share/code-server/Machine/settings.json"
"""Of the machine, not the person's: a workspace that moves elsewhere leaves them behind."""
SETTINGS = {"terminal.integrated.automationProfile.linux": {"path": f"{HOME}/{SHELL_PATH}"}}


_SHELL = b"""#!/bin/sh
# The shell of VS Code's tasks: what they print goes to the container's log too, where `vibecode logs` finds it.
if command -v python3 >/dev/null 2>&1; then
  exec python3 -IS "$0.py" "$@"
fi
exec "${SHELL:-/bin/sh}" "$@"
"""


def task_log_files() -> tuple[ProjectFile, ...]:
    """Files for the home folder of a workspace in a container; in an image without Python, tasks run as ever."""
    return (
        ProjectFile(SETTINGS_PATH, json.dumps(SETTINGS, indent=2).encode() + b"\n"),
        ProjectFile(SHELL_PATH, _SHELL, mode=0o755),
        ProjectFile(f"{SHELL_PATH}.py", files("cluster").joinpath("task_shell.py").read_bytes()),
    )
