"""Which paths may go into a workspace; everything hostile is refused by name."""

import posixpath
import unicodedata
from collections.abc import Iterable

from templates.errors import UnsafePathError
from templates.project import ProjectFile
from templates.text import has_controls

MAX_PATH_BYTES = 1024
MAX_NAME_BYTES = 255


def check_path(path: str) -> str:
    """The path itself, if it is a plain relative POSIX path that stays inside the project.

    Raises UnsafePathError for an empty or absolute path, `..`, a drive letter, a backslash, control
    characters, text that is not Unicode, and names that no file system takes.
    """
    reason = _unsafe(path)
    if reason:
        raise UnsafePathError(f"{path!r} {reason}.")
    return path


def check_files(files: Iterable[ProjectFile]) -> tuple[ProjectFile, ...]:
    """The files, sorted by path, if each is contained and no two can collide on any file system.

    Raises UnsafePathError also for names that differ only by case or by Unicode form, a file where another
    path needs a folder, and links that are absolute or leave the project.
    """
    seen: dict[str, str] = {}
    folders: dict[str, str] = {}
    checked = sorted(files, key=lambda file: file.path.encode("utf-8", "surrogateescape"))
    for file in checked:
        check_path(file.path)
        if file.link is not None:
            _check_link(file.path, file.link)
        key = _fold(file.path)
        if key in seen:
            raise UnsafePathError(f"{seen[key]!r} and {file.path!r} are the same name where case does not count.")
        seen[key] = file.path
        folder = posixpath.dirname(file.path)
        while folder:
            other = folders.setdefault(_fold(folder), folder)
            if other != folder:
                raise UnsafePathError(f"{other!r} and {folder!r} are the same folder where case does not count.")
            folder = posixpath.dirname(folder)
    for key, folder in folders.items():
        if key in seen:
            raise UnsafePathError(f"{seen[key]!r} is a file, and also a folder for others ({folder!r}).")
    return tuple(checked)


def _fold(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _unsafe(path: str) -> str | None:
    try:
        raw = path.encode("utf-8")
    except UnicodeEncodeError:
        return "is not valid Unicode"
    if not path:
        return "is empty"
    if path.startswith("/"):
        return "is absolute"
    if "\\" in path:
        return "has a backslash"
    if len(path) > 1 and path[1] == ":" and path[0].isalpha():
        return "starts with a drive letter"
    if has_controls(path):
        return "has control characters"
    if len(raw) > MAX_PATH_BYTES:
        return f"is longer than {MAX_PATH_BYTES} bytes"
    for part in path.split("/"):
        if part in ("", ".", ".."):
            return f"has {part!r} as a part"
        if len(part.encode()) > MAX_NAME_BYTES:
            return f"has a part longer than {MAX_NAME_BYTES} bytes"
    return None


def _check_link(path: str, target: str) -> None:
    inside = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    descent = target.removeprefix("./").lstrip("./").split("/")  # behind another link, `..` leads anywhere
    if target.startswith("/") or inside == ".." or inside.startswith("../") or ".." in descent:
        raise UnsafePathError(f"{path!r} is a link that leaves the project (to {target!r}).")
    if not target or has_controls(target):
        raise UnsafePathError(f"{path!r} is a link to a name that no file can have ({target!r}).")
