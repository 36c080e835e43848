"""What AI needs of a workspace: its files listed and read, commands run, and changes made all or none."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

ABSENT = "absent"
"""Stands for a hash where there is no file."""

READ_LIMIT = 64 << 20
"""Bytes that one `read` answers at most."""


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file as it was listed; `modified` is in seconds since 1970, and `version` changes whenever the file does."""

    path: str
    size: int
    modified: float
    version: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A project's own files, by path; `ignored` counts those that Git ignores, `more` tells of a listing cut short."""

    files: tuple[FileInfo, ...]
    ignored: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True)
class FileContent:
    """What a file held when it was read; `mode` holds the permission bits."""

    path: str
    content: bytes
    mode: int = 0o644

    @property
    def sha256(self) -> str:
        return sha256(self.content)


@dataclass(frozen=True, slots=True)
class Write:
    """A file that is to hold `content`.

    `base` is the sha256 of what it may replace, ABSENT where there must be nothing yet, or None for whatever is there.
    Without `mode` it is as executable as the file it replaces.
    """

    path: str
    content: bytes
    mode: int | None = None
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """A file that is to go; `base` as in `Write`. One that is not there is no error, unless `base` names a hash."""

    path: str
    base: str | None = None


Change = Write | Delete


@dataclass(frozen=True, slots=True)
class Conflict:
    """A file that is not what a change was made for: two hashes, or ABSENT."""

    path: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended; `output` is the end of what it printed, `dropped` counts the bytes before that."""

    exit_code: int
    output: str
    dropped: int = 0
    timed_out: bool = False


class WorkspaceFiles(Protocol):
    """One running workspace. Paths are relative to the project's folder; links are neither listed nor followed.

    Beside the project, and outside of its Git, the workspace keeps records for us: small files by path.
    Every method raises a `VibeCodeError`: the workspace is stopped, gone or out of reach, its volume is full.
    """

    async def list(self) -> Listing: ...

    async def read(self, paths: Sequence[str]) -> Mapping[str, FileContent]:
        """What the files hold, by path; those that are absent, unreadable or behind a link are left out.

        Raises UnsafePathError, and TooLargeError above READ_LIMIT.
        """
        ...

    async def records(self, pattern: str) -> Mapping[str, bytes]:
        """The records whose path matches the pattern, in which `*` stands for anything."""
        ...

    async def apply(self, changes: Sequence[Change], records: Sequence[Change] = ()) -> Mapping[str, str]:
        """Makes all changes, or none, and answers the sha256 of each file written, by path.

        Cut off anywhere, the next call of any method finds all of it done, or nothing. Raises FilesConflictError where
        a file is not its change's `base`, RecordsConflictError where a record is not, and UnsafePathError for a path
        that leaves the project or is in the way.
        """
        ...

    async def run(self, command: str, *, seconds: float, show: Callable[[str], None] | None = None) -> Ran:
        """Runs a shell command in the project's folder; `show` is given what it prints, as it prints it."""
        ...

    async def logs(self, lines: int) -> tuple[str, ...]:
        """The last lines of the workspace's own log."""
        ...

    async def happened(self, lines: int) -> tuple[str, ...]:
        """What runs for the workspace now, then what happened to it last, in a line each, the newest at the end."""
        ...
