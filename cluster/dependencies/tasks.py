"""What waits for dependencies that are being installed, instead of racing that: the editor's tasks, and commands."""

import re
from collections.abc import Sequence

from cluster.dependencies.scripts import AWAIT_PATH
from templates.project import ProjectFile

SHELL_PATH = ".vibecode/task-shell"

_USES = re.compile(r"(?<![\w./-])(npm|npx|pnpm|yarn|node|uv|uvx)(?![\w.-])|\.venv/|node_modules/")
"""A package manager, or what one has put in place, in a command or a line of shell."""

_WAIT = f"""#!/bin/sh
# The shell of VS Code's tasks.
if [ "$1" = -c ] && [ -x "$HOME/{AWAIT_PATH}" ]; then "$HOME/{AWAIT_PATH}"; fi
"""


def waiting_shell(rest: str) -> ProjectFile:
    """A program for the home folder of a workspace: it waits where a task is to run, then goes on with `rest`."""
    return ProjectFile(SHELL_PATH, f"{_WAIT}{rest}".encode(), mode=0o755)


def after_dependencies(command: Sequence[str]) -> tuple[str, ...]:
    """The command, which waits first, and says so as an error, where it needs what may just be being installed."""
    if not any(map(_USES.search, command)):
        return tuple(command)
    wait = f'if [ -x "$HOME/{AWAIT_PATH}" ]; then "$HOME/{AWAIT_PATH}" >&2; fi; exec "$@"'
    return ("sh", "-c", wait, "sh", *command)
