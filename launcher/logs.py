"""The log: a file that turns over, for its owner alone; nothing is ever logged to a person's screen."""

import logging
import logging.handlers
from io import TextIOWrapper
from pathlib import Path
from typing import cast

from launcher.paths import private_folder, private_opener

FLOORS = ("launcher", "screens", "cluster", "templates")
MAX_BYTES = 1_000_000
KEPT = 3
FORMAT = "%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"


class PrivateLogFile(logging.handlers.RotatingFileHandler):
    """A rotating file of mode 0600, made with its folder when the first line is written."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, maxBytes=MAX_BYTES, backupCount=KEPT, encoding="utf-8", errors="replace", delay=True)

    def _open(self) -> TextIOWrapper:
        private_folder(Path(self.baseFilename).parent)
        stream = open(self.baseFilename, self.mode, encoding=self.encoding, opener=private_opener)  # noqa: SIM115
        return cast(TextIOWrapper, stream)


def write_as(formatter: logging.Formatter) -> None:
    """From now on, lines of the file are made by `formatter`."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, PrivateLogFile):
            handler.setFormatter(formatter)


def start(file: Path, level: str) -> None:
    """Sends the log of all floors from `level` (ERROR, WARN, INFO, DEBUG) on to `file`, others' from WARN on.

    Libraries are never logged below WARN, whatever the level: at DEBUG they write headers and bodies.
    """
    logging.addLevelName(logging.WARNING, "WARN")
    logging.raiseExceptions = False  # a full disk must not print a traceback over a person's screen
    logging.captureWarnings(True)
    handler = PrivateLogFile(file)
    handler.setFormatter(logging.Formatter(FORMAT))
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, PrivateLogFile)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for floor in FLOORS:
        logging.getLogger(floor).setLevel(level)
