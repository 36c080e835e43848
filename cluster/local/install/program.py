"""Where code-server is: on PATH, or among what this program installed."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

REMOTE_CLI = "remote-cli"
"""In a workspace's terminal PATH begins with a folder of this name; its `code-server` only opens files there."""


def on_path(environ: Mapping[str, str]) -> Path | None:
    folders = environ.get("PATH", os.defpath).split(os.pathsep)
    real = os.pathsep.join(one for one in folders if Path(one).name != REMOTE_CLI)
    found = shutil.which("code-server", path=real)
    return Path(found).absolute() if found else None


def installed(home: Path) -> Path | None:
    """The one below VibeCode's own folder, which only appears there whole."""
    path = home / "code-server" / "bin" / "code-server"
    return path if os.access(path, os.X_OK) else None


def find_program(home: Path, environ: Mapping[str, str]) -> Path | None:
    return on_path(environ) or installed(home)
