"""Where the `local` engine keeps its files."""

import hashlib
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import HomeUnusableError
from cluster.local.files import private_folder, told

SOCKET_PATH = 103
"""Bytes that a Unix socket's path may have everywhere: 107 on Linux, 103 on macOS (sockaddr_un)."""

LONGEST_SOCKET = len("/01234567/vscode-ipc-00000000-0000-0000-0000-000000000000.sock")
"""What VS Code puts below a workspace's folder of sockets."""


@dataclass(frozen=True, slots=True)
class WorkspaceFolder:
    """One workspace's files; `home` is the HOME of all that runs in it."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def record(self) -> Path:
        return self.path / "record.json"

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    @property
    def process(self) -> Path:
        """Which process the editor is."""
        return self.path / "process.json"

    @property
    def log(self) -> Path:
        return self.path / "editor.log"

    @property
    def home(self) -> Path:
        return self.path / "home"

    @property
    def project(self) -> Path:
        return self.home / "project"

    @property
    def temporary(self) -> Path:
        return self.path / "tmp"

    @property
    def services(self) -> Path:
        """What the services beside it keep, and how they are started."""
        return self.path / "services"

    @property
    def seeded(self) -> Path:
        """Holds the digest of what was put in place; see `cluster.seed`."""
        return self.home / ".vibecode" / "seeded"


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """All that the engine keeps below VibeCode's own folder."""

    home: Path

    @property
    def path(self) -> Path:
        return self.home / "local"

    @property
    def workspaces(self) -> Path:
        return self.path / "workspaces"

    @property
    def packages(self) -> Path:
        """The caches of package managers that the workspaces share."""
        return self.path / "packages"

    @property
    def host(self) -> Path:
        """Which process the host is, and where it answers."""
        return self.path / "host.json"

    @property
    def host_lock(self) -> Path:
        """Held by the host for as long as it lives."""
        return self.path / "host.lock"

    @property
    def start_lock(self) -> Path:
        """Held by whoever starts or ends the host."""
        return self.path / "start.lock"

    @property
    def host_log(self) -> Path:
        return self.path / "host.log"

    @property
    def keys(self) -> Path:
        """What the proxy signs its cookies with."""
        return self.path / "keys"

    def workspace(self, name: str) -> WorkspaceFolder:
        return WorkspaceFolder(self.workspaces / name)

    def all(self) -> list[WorkspaceFolder]:
        """What there is, sorted by name; whether each is a workspace, its record tells."""
        try:
            return [WorkspaceFolder(path) for path in sorted(self.workspaces.iterdir()) if path.is_dir()]
        except (FileNotFoundError, NotADirectoryError):
            return []


@dataclass(frozen=True, slots=True)
class Sockets:
    """The folder of the Unix sockets, on a path short enough for them and closed to others."""

    path: Path

    @property
    def control(self) -> Path:
        """Where the host answers."""
        return self.path / "host.sock"

    def runtime(self, name: str) -> Path:
        """The workspace's XDG_RUNTIME_DIR, which VS Code puts its own sockets into; its name is short."""
        return self.path / hashlib.sha256(name.encode()).hexdigest()[:8]

    def editor(self, name: str) -> Path:
        return self.runtime(name) / "editor.sock"

    def temporary(self, name: str) -> Path:
        """The workspace's TMPDIR, which debuggers put sockets into: a link to its folder for temporary files."""
        return self.runtime(name) / "tmp"


def make_own(folder: WorkspaceFolder, sockets: Sockets) -> None:
    """Makes the folders that the workspace's processes are told of. Raises HomeUnusableError, VolumeFullError."""
    for one in (folder.home, folder.temporary, sockets.runtime(folder.name)):
        private_folder(one)
    link = sockets.temporary(folder.name)
    with told(link), suppress(FileExistsError):
        link.symlink_to(folder.temporary)


def socket_places(folder: LocalFolder, environ: Mapping[str, str]) -> list[Path]:
    """Where the sockets can be, the best first: the engine's own folder, XDG_RUNTIME_DIR, /tmp."""
    name = f"vibecode-{hashlib.sha256(b'%d:%b' % (os.getuid(), bytes(folder.path))).hexdigest()[:8]}"
    places = [folder.path / "run", Path(environ.get("XDG_RUNTIME_DIR", "")) / name, Path("/tmp") / name]
    return [one for one in places if one.is_absolute()]


def choose_sockets(folder: LocalFolder, environ: Mapping[str, str]) -> Sockets:
    """In the first place with a path that is short enough.

    Raises HomeUnusableError where somebody else made the folder, since they could listen there.
    """
    places = socket_places(folder, environ)
    usable = [one for one in places if len(bytes(one)) + LONGEST_SOCKET <= SOCKET_PATH]
    chosen = next((one for one in usable if one.parent.is_dir() and os.access(one.parent, os.W_OK)), places[-1])
    return Sockets(check_private(private_folder(chosen)))


def check_private(folder: Path) -> Path:
    """The folder itself, if it is ours alone and no link; else HomeUnusableError."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        hint = f"See who made it (`ls -ld {folder}`); remove it, then run the same command again."
        raise HomeUnusableError(f"{folder} is not a folder of this user alone.", hint=hint)
    return folder
