"""Removing folders that others have filled."""

import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path


def remove_tree(path: Path) -> None:
    """Removes the folder and all in it, also what was made read-only (Go's modules are); never follows a link.

    What somebody else removes meanwhile is no error.
    """
    opened = False
    while path.exists():
        try:
            with suppress(FileNotFoundError):
                shutil.rmtree(path)
        except PermissionError:
            if opened:
                raise
            opened = True
            for folder, _, _ in os.walk(path):
                Path(folder).chmod(stat.S_IRWXU)
