"""Where the program keeps its files: one folder of the person's choice, or what the system has for it."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import SettingError

NAME = "vibecode"


@dataclass(frozen=True, slots=True)
class Paths:
    """The program's folders; each is made, for its owner alone, when something is first kept in it."""

    config: Path
    data: Path
    cache: Path
    logs: Path

    @property
    def config_file(self) -> Path:
        return self.config / "config.toml"

    @property
    def model_profiles(self) -> Path:
        return self.config / "models.json"

    @property
    def template_sources(self) -> Path:
        return self.config / "template-sources.json"

    @property
    def templates(self) -> Path:
        """Templates of the person's own, as far as they are kept here."""
        return self.data / "templates"

    @property
    def generations(self) -> Path:
        """What models have written and is not finished."""
        return self.data / "generations"

    @property
    def log_file(self) -> Path:
        return self.logs / "vibecode.log"


def find(environ: Mapping[str, str], platform: str = sys.platform) -> Paths:
    """All below `VIBECODE_HOME` where it is set; else ~/Library on macOS and the XDG folders elsewhere.

    Source: https://specifications.freedesktop.org/basedir-spec (a path that is not absolute is ignored).
    Raises SettingError where there is no home to look in.
    """
    try:
        return _find(environ, platform)
    except RuntimeError as error:
        hint = "Name a folder for all that is kept: `VIBECODE_HOME=/some/folder`."
        raise SettingError(f"There is no home folder: {error}", hint=hint) from error


def _find(environ: Mapping[str, str], platform: str) -> Paths:
    if home := environ.get("VIBECODE_HOME"):
        root = Path(home).expanduser().absolute()
        return Paths(root, root / "data", root / "cache", root / "logs")
    if platform == "darwin":
        library = Path.home() / "Library"
        support = library / "Application Support" / NAME
        return Paths(support, support / "data", library / "Caches" / NAME, library / "Logs" / NAME)

    def xdg(variable: str, default: str) -> Path:
        folder = Path(environ.get(variable, ""))
        return (folder if folder.is_absolute() else Path.home() / default) / NAME

    return Paths(
        config=xdg("XDG_CONFIG_HOME", ".config"),
        data=xdg("XDG_DATA_HOME", ".local/share"),
        cache=xdg("XDG_CACHE_HOME", ".cache"),
        logs=xdg("XDG_STATE_HOME", ".local/state") / "log",
    )


def private_folder(folder: Path) -> Path:
    """The folder, made with its parents where it is not there; a new one is for its owner alone (0700)."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)
    return folder


def private_opener(path: str, flags: int) -> int:
    """For `open(…, opener=)`: a file that is made is for its owner alone (0600)."""
    return os.open(path, flags, 0o600)
