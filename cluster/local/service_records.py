"""What is kept about the services beside a local workspace, and what its processes are told of them."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from cluster.local.files import replace_file, told
from cluster.local.folders import WorkspaceFolder
from cluster.service_programs import PROGRAMS
from templates.services import SERVICES, ServiceName

HOST = "127.0.0.1"
PROGRAM = Path(__file__).with_name("beside.py")


@dataclass(frozen=True, slots=True)
class LocalService:
    """One service of a workspace: how it is started in its `folder`, where its output goes, and how it is reached."""

    name: ServiceName
    port: int
    password: str
    command: tuple[str, ...]
    folder: str
    log: str

    @property
    def url(self) -> str:
        return PROGRAMS[self.name].url(HOST, self.port, self.password)


def read_services(folder: WorkspaceFolder) -> tuple[LocalService, ...]:
    try:
        values = json.loads(_record(folder).read_bytes())
        return tuple(LocalService(**one | {"command": tuple(one["command"])}) for one in values)
    except (OSError, ValueError, TypeError, KeyError):
        return ()


def write_services(folder: WorkspaceFolder, services: Iterable[LocalService]) -> None:
    """Raises VolumeFullError, HomeUnusableError."""
    with told(_record(folder)):
        replace_file(_record(folder), json.dumps([asdict(one) for one in services], indent=2).encode())


def variables(folder: WorkspaceFolder) -> dict[str, str]:
    """By which what runs in the workspace finds its services."""
    return {SERVICES[one.name].variable: one.url for one in read_services(folder)}


def with_services(folder: WorkspaceFolder, editor: tuple[str, ...]) -> tuple[str, ...]:
    """The editor's command line, which starts the workspace's services first."""
    if not read_services(folder):
        return editor
    return (sys.executable, "-I", "-S", str(PROGRAM), str(_record(folder)), "--", *editor)


def _record(folder: WorkspaceFolder) -> Path:
    return folder.services / "services.json"
