"""What is kept about one workspace: its own record and which process its editor is.

A record that was lost or damaged is made anew from the files as far as they tell, so that nobody's work is lost.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Literal, Self

from cluster.editor import MANIFEST_PATH, read_manifest
from cluster.local.files import replace_file, told
from cluster.local.folders import LocalFolder, WorkspaceFolder
from cluster.local.processes import Identity
from templates.services import ServiceName

Wanted = Literal["running", "stopped"]


@dataclass(frozen=True, slots=True)
class Record:
    """`digest` is of the project that it is seeded with; `wanted` is what a new host makes of it."""

    digest: str
    created: datetime
    template: str | None = None
    ports: tuple[int, ...] = ()
    seeded: bool = False
    wanted: Wanted = "running"
    user: str | None = None
    services: tuple[ServiceName, ...] = ()

    def encode(self) -> bytes:
        return json.dumps(asdict(self) | {"created": self.created.isoformat()}, indent=2).encode()

    @classmethod
    def decode(cls, content: bytes) -> Self:
        """Raises ValueError, TypeError or KeyError for what is no record."""
        values = json.loads(content)
        values |= {"created": datetime.fromisoformat(values["created"]), "ports": tuple(map(int, values["ports"]))}
        values["services"] = tuple(values.get("services", ()))  # absent where an earlier version wrote it
        return cls(**values)


def read_record(folder: WorkspaceFolder) -> Record | None:
    """The workspace's record; None where there is no workspace, or one of which nothing was finished."""
    try:
        return Record.decode(folder.record.read_bytes())
    except FileNotFoundError:
        if not folder.seeded.exists():
            return None
    except (OSError, ValueError, TypeError, KeyError):
        pass
    try:
        digest = folder.seeded.read_text(encoding="ascii").strip()
        created = datetime.fromtimestamp(folder.seeded.stat().st_mtime, UTC)
    except (OSError, ValueError):
        return None
    made = Record(digest, created, seeded=True, wanted="stopped")
    try:
        manifest = read_manifest((folder.home / MANIFEST_PATH).read_bytes())
    except (OSError, ValueError, TypeError, KeyError):
        return made
    return replace(
        made,
        template=manifest.template,
        ports=manifest.ports,
        user=manifest.user or None,
        services=manifest.services,
    )


def write_record(folder: WorkspaceFolder, record: Record) -> None:
    """Raises VolumeFullError, HomeUnusableError."""
    with told(folder.record):
        replace_file(folder.record, record.encode())


def change_wanted(folder: WorkspaceFolder, wanted: Wanted) -> None:
    """Notes what a new host makes of the workspace."""
    record = read_record(folder)
    if record is not None and record.wanted != wanted:
        write_record(folder, replace(record, wanted=wanted))


def add_port(folder: WorkspaceFolder, port: int) -> None:
    """Notes a port whose address is to be shown."""
    record = read_record(folder)
    if record is not None and port not in record.ports:
        write_record(folder, replace(record, ports=tuple(sorted({*record.ports, port}))))


def names(folder: LocalFolder) -> tuple[str, ...]:
    return tuple(one.name for one in folder.all() if read_record(one) is not None)


@dataclass(frozen=True, slots=True)
class EditorProcess:
    """The editor's process, the command that it was started by, and the cgroup that it was put into."""

    identity: Identity
    command: tuple[str, ...]
    cgroup: str | None = None

    def encode(self) -> bytes:
        return json.dumps(asdict(self)).encode()


def read_process(folder: WorkspaceFolder) -> EditorProcess | None:
    try:
        values = json.loads(folder.process.read_bytes())
        return EditorProcess(Identity(**values["identity"]), tuple(values["command"]), values["cgroup"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
