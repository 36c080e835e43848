"""Services beside a local workspace: processes of programs on PATH, on loopback, each with a password of its own."""

import asyncio
import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from cluster.errors import WorkspaceFailedError
from cluster.kind.ports import free_port, is_free
from cluster.local.files import private_folder, replace_file, told
from cluster.local.folders import WorkspaceFolder
from cluster.local.processes import lives
from cluster.local.records import read_process
from cluster.local.service_records import HOST, LocalService, read_services, write_services
from cluster.local.supervisor import tail
from cluster.service_programs import PROGRAMS, Place
from templates.events import Step, Steps
from templates.services import SERVICES, ServiceName

DEBIAN = "/usr/lib/postgresql"
"""Where Debian has PostgreSQL's programs, below a folder for each version."""

ANSWERS_WITHIN = 60.0
LOOK_EVERY = 0.05
"""Seconds."""


def obstacle(service: ServiceName) -> str | None:
    """Why it cannot run here; None where it can."""
    if service == "postgresql" and os.geteuid() == 0:
        return "PostgreSQL refuses to run as root"
    places = (os.environ.get("PATH", os.defpath), *map(str, Path(DEBIAN).glob("*/bin")))
    if all(shutil.which(program, path=os.pathsep.join(places)) is None for program in PROGRAMS[service].needs):
        return f"{SERVICES[service].title} is not on PATH"
    return None


def prepare(folder: WorkspaceFolder, services: Sequence[ServiceName], step: Step) -> None:
    """Notes how each is started that can run here; of the others, the step's note tells. Can be called again."""
    there = {one.name: one for one in read_services(folder)}
    without: list[str] = []
    for service in services:
        if service in there:
            continue
        if reason := obstacle(service):
            without.append(
                f"{reason}: {SERVICES[service].variable} is not set; the project does without, as its README says"
            )
        else:
            there[service] = _made(folder, service, free_port(), secrets.token_hex(24))
    if there:
        write_services(folder, there.values())
    step.note = "; ".join(without) or None


def change_taken_ports(folder: WorkspaceFolder) -> None:
    """Where the workspace does not run and another program has a service's port, the service gets a new one."""
    services, process = read_services(folder), read_process(folder)
    if process is not None and lives(process.identity):
        return
    now = tuple(one if is_free(one.port) else _made(folder, one.name, free_port(), one.password) for one in services)
    if now != services:
        write_services(folder, now)


async def until_answering(folder: WorkspaceFolder, steps: Steps, *, within: float = ANSWERS_WITHIN) -> None:
    """Returns once each accepts connections. Raises WorkspaceFailedError."""
    for one in read_services(folder):
        title = SERVICES[one.name].title
        async with steps.step(one.name, f"Starting {title} beside {folder.name}", expected=1) as step:
            await _until_accepting(one, folder.name, title, step, within)


async def _until_accepting(service: LocalService, workspace: str, title: str, step: Step, within: float) -> None:
    start = monotonic()
    while not await _accepts(service.port):
        if monotonic() - start > within:
            step.log = tail(Path(service.log), 20)
            hint = f"Its log is {service.log}; `vibecode stop {workspace}` and `vibecode start {workspace}` try again."
            raise WorkspaceFailedError(f"{title} did not answer within {within:.0f} s.", hint=hint)
        await asyncio.sleep(LOOK_EVERY)


async def _accepts(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True


def _made(folder: WorkspaceFolder, service: ServiceName, port: int, password: str) -> LocalService:
    program, own = PROGRAMS[service], private_folder(folder.services / service)
    place = Place(str(private_folder(own / "data")), str(private_folder(own / "secrets")), HOST, port)
    for name, text in program.secrets(place, password).items():
        with told(own):
            replace_file(own / "secrets" / name, text.encode())
    return LocalService(service, port, password, program.command(place), str(own), str(own / "log"))
