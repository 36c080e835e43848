"""One setting of config.toml changed; all else in it, remarks too, stays as it was written."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from launcher.errors import SettingError
from launcher.paths import private_folder, private_opener
from launcher.settings import checked

if TYPE_CHECKING:
    from tomlkit import TOMLDocument


def write_setting(file: Path, name: str, written: str) -> object:
    """Sets it, and answers the value; makes the file where there is none. Raises SettingError, and nothing changes."""
    value = checked(name, written)
    document = _read(file)
    document[name] = value
    _write(file, document)
    return value


def remove_setting(file: Path, name: str) -> bool:
    """Whether the file had it. Raises SettingError, and nothing changes."""
    document = _read(file)
    if name not in document:
        return False
    del document[name]
    _write(file, document)
    return True


def _read(file: Path) -> "TOMLDocument":
    from tomlkit import document, parse
    from tomlkit.exceptions import TOMLKitError

    try:
        return parse(file.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        return document()
    except OSError as error:
        raise SettingError(f"{file} cannot be read: {error.strerror}.") from error
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise SettingError(f"{file} is not valid TOML: {error}.") from error


def _write(file: Path, document: "TOMLDocument") -> None:
    """Whole or not at all; a link to a file of the person's own stays a link."""
    try:
        target = file.resolve()
        new = target.with_name(f".{target.name}.{os.getpid()}.new")
        private_folder(target.parent)
        with open(new, "w", encoding="utf-8", newline="", opener=private_opener) as out:
            out.write(document.as_string())
            out.flush()
            os.fsync(out.fileno())
        new.replace(target)
    except OSError as error:
        raise SettingError(f"{file} cannot be written: {error.strerror}.") from error
