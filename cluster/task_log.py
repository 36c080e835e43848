"""Files of a workspace in a container that are the shell of its editor's tasks.

Tasks wait for dependencies that are being installed, and what they print goes to the container's log, too.
"""

import json
from importlib.resources import files

from cluster.dependencies.tasks import SHELL_PATH, waiting_shell
from cluster.manifests.workspace import HOME
from templates.project import ProjectFile

SETTINGS_PATH = ".local/share/code-server/Machine/settings.json"
"""Of the machine, not the person's: a workspace that moves elsewhere leaves them behind."""
SETTINGS = {"terminal.integrated.automationProfile.linux": {"path": f"{HOME}/{SHELL_PATH}"}}


_SHELL = """
# What tasks print goes to the container's log too, where `vibecode logs` finds it.
if command -v python3 >/dev/null 2>&1; then
  exec python3 -IS "$0.py" "$@"
fi
exec "${SHELL:-/bin/sh}" "$@"
"""


def task_log_files() -> tuple[ProjectFile, ...]:
    """Files for the home folder of a workspace in a container; in an image without Python, tasks run as ever."""
    return (
        ProjectFile(SETTINGS_PATH, json.dumps(SETTINGS, indent=2).encode() + b"\n"),
        waiting_shell(_SHELL),
        ProjectFile(f"{SHELL_PATH}.py", files("cluster").joinpath("task_shell.py").read_bytes()),
    )
