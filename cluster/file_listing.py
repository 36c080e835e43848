"""What `file_scripts.LIST` prints, as a listing of the project's own files."""

from collections.abc import Iterator, Mapping

from templates.errors import UnsafePathError
from templates.gitignore import Ignores
from templates.paths import check_path
from templates.workspace_files import FileInfo, Listing

EXCLUDE = ".git/info/exclude"
VIRTUAL_ENVIRONMENT = "pyvenv.cfg"


def parse_listing(said: bytes, most: int) -> Listing:
    """Leaves out what Git ignores, virtual environments, and names that no project of ours may have."""
    entries, _, rules = said.partition(b"\0\0")
    found = [info for entry in entries.split(b"\0") if (info := _info(entry))]
    ignoring = _Ignoring(_rules(rules), {_folder(one.path) for one in found if _name(one.path) == VIRTUAL_ENVIRONMENT})
    own = sorted((one for one in found if not ignoring.ignores(one.path)), key=lambda one: one.path)
    return Listing(tuple(own[:most]), ignored=len(found) - len(own), more=len(found) > most)


def _info(entry: bytes) -> FileInfo | None:
    fields = entry.decode("utf-8", "surrogateescape").split("\t", 3)
    if len(fields) != 4:
        return None
    size, modified, version, path = fields
    try:
        return FileInfo(check_path(path), int(size), float(modified), version)
    except UnsafePathError:
        return None


def _rules(said: bytes) -> Mapping[str, str]:
    """The text of each .gitignore, by the folder that it is for; Git's own list of exclusions is for the whole."""
    parts = said.split(b"\0")
    rules: dict[str, str] = {}
    for path, text in _pairs([part.decode("utf-8-sig", "surrogateescape") for part in parts]):
        folder = "" if path == EXCLUDE else _folder(path.removeprefix("./"))
        rules[folder] = f"{rules[folder]}\n{text}" if folder in rules else text
    return rules


def _pairs(parts: list[str]) -> Iterator[tuple[str, str]]:
    return zip(parts[::2], parts[1::2], strict=False)


class _Ignoring:
    """The rules in force in each folder, worked out once."""

    def __init__(self, rules: Mapping[str, str], environments: set[str]) -> None:
        self._rules = rules
        self._folders: dict[str, Ignores | None] = {"": Ignores().plus(rules.get("", ""), 0)}
        self._folders |= dict.fromkeys(environments - {""})

    def ignores(self, path: str) -> bool:
        rules = self._inside(_folder(path))
        return rules is None or rules.ignores(path.split("/"), folder=False)

    def _inside(self, folder: str) -> Ignores | None:
        """None for a folder that is ignored itself, or lies in one."""
        if folder not in self._folders:
            above = self._inside(_folder(folder))
            parts = folder.split("/")
            if above is None or above.ignores(parts, folder=True):
                self._folders[folder] = None
            else:
                text = self._rules.get(folder)
                self._folders[folder] = above.plus(text, len(parts)) if text else above
        return self._folders[folder]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _name(path: str) -> str:
    return path.rpartition("/")[2]
