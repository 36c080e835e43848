"""The services beside a local workspace, as their records, ports and logs tell of them."""

import re
import socket
from pathlib import Path

from cluster.engine import ServiceStatus
from cluster.errors import ServiceNotFoundError
from cluster.local.folders import WorkspaceFolder
from cluster.local.records import Record
from cluster.local.service_records import HOST, LocalService, read_services
from cluster.local.services import obstacle
from cluster.local.supervisor import tail
from templates.services import SERVICES, ServiceName
from templates.text import plain

LINES = 5
"""Of a log, among which is why it ended."""

_ENDED = re.compile(r"It ended with exit code (-?\d+); it is started again\.")


def service_states(folder: WorkspaceFolder, record: Record, *, runs: bool) -> tuple[ServiceStatus, ...]:
    """Blocks for a moment; `runs`: the workspace does."""
    there = {one.name: one for one in read_services(folder)}
    return tuple(_status(one, there.get(one), runs=runs) for one in SERVICES if one in {*record.services, *there})


def service_log(folder: WorkspaceFolder, record: Record | None, service: ServiceName) -> Path:
    """Raises ServiceNotFoundError."""
    for one in read_services(folder):
        if one.name == service:
            return Path(one.log)
    title = SERVICES[service].title
    if record is not None and service in record.services:
        reason = obstacle(service)
        because = f", since {reason}" if reason else ""
        raise ServiceNotFoundError(f"{title} does not run beside {folder.name!r}{because}: the project does without.")
    raise ServiceNotFoundError(f"{folder.name!r} was not made with {title}.")


def _status(name: ServiceName, service: LocalService | None, *, runs: bool) -> ServiceStatus:
    if service is None:
        because = obstacle(name) or "it could not run when the workspace was made"
        return ServiceStatus(name, "absent", f"{because}; the project does without")
    if not runs:
        return ServiceStatus(name, "stopped")
    if _accepts(service.port):
        return ServiceStatus(name, "running")
    said = [line for line in map(plain, tail(Path(service.log), LINES)) if line]
    ended = [found for line in said if (found := _ENDED.fullmatch(line))]
    if not ended:
        return ServiceStatus(name, "starting", "it does not answer yet")
    last = next((f": {line}" for line in reversed(said) if not _ENDED.fullmatch(line)), "")
    return ServiceStatus(name, "failed", f"it ended with exit code {ended[-1][1]}, and is started again{last}")


def _accepts(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=0.2).close()
    except OSError:
        return False
    return True
