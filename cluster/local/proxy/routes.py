"""Where the proxy asks which workspace listens where."""

from pathlib import Path
from typing import Protocol


class Routes(Protocol):
    """Asked once per request, so that a workspace that starts or stops needs no word to the proxy."""

    def socket(self, workspace: str) -> Path | None:
        """The Unix socket of its code-server; None if there is no such workspace, or if it is not running."""
        ...
