"""Removing folders that others have filled."""

import os
import shutil
import stat
from pathlib import Path


def remove_tree(path: Path) -> None:
    """Removes the folder and all in it, also what was made read-only (Go's modules are); never follows a link."""
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        return
    except PermissionError:
        for folder, _, _ in os.walk(path):
            Path(folder).chmod(stat.S_IRWXU)
        shutil.rmtree(path)
