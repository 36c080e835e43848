"""Finding the host, starting it where it does not run as wanted, and ending it."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cluster.errors import ClusterBusyError, HostFailedError
from cluster.local.contact import NO_ANSWER, Contact, Order, ask, decode_error, read_contact
from cluster.local.editor import MARKER, passed_on
from cluster.local.ending import end
from cluster.local.files import private_folder, told
from cluster.local.folders import LocalFolder
from cluster.local.locks import locked
from cluster.local.processes import belonging, lives

ANSWERS_WITHIN = 3.0
STARTS_WITHIN = 30.0
WAITS_WITHIN = 60.0
"""Seconds."""


async def find_host(folder: LocalFolder) -> tuple[Contact, dict[str, Any]] | None:
    """The host and its state; None where none answers."""
    contact = read_contact(folder)
    if contact is None or not lives(contact.identity):
        return None
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            return contact, await ask(contact.sockets.control, "state")
    except (*NO_ANSWER, TimeoutError):
        return None


async def running_as(folder: LocalFolder, order: Order) -> Contact | None:
    """The host, if it runs and was given this order."""
    found = await find_host(folder)
    return found[0] if found and found[1]["order"] == asdict(order) else None


async def ensure_host(folder: LocalFolder, order: Order) -> Contact:
    """A host that runs as ordered. Raises HostFailedError, PortTakenError, HomeUnusableError, VolumeFullError."""
    private_folder(folder.path)
    async with starting(folder):
        if (contact := await running_as(folder, order)) is not None:
            return contact
        await end_host(folder)
        await _start(folder, order)
        contact = read_contact(folder)
        assert contact is not None
        return contact


@asynccontextmanager
async def starting(folder: LocalFolder) -> AsyncGenerator[None]:
    """Holds the right to start and end the host."""

    def busy() -> Exception:
        return ClusterBusyError(f"Another VibeCode has been starting or ending {folder.path} for too long.")

    async with locked(folder.start_lock, within=WAITS_WITHIN, busy=busy):
        yield


async def end_host(folder: LocalFolder) -> None:
    """Ends the host, for who holds `starting`; the editors go on.

    By its mark, so that one whose contact was lost ends too; it takes SIGTERM as the word to let go of its editors.
    """
    contact = read_contact(folder)
    await end(lambda: belonging(MARKER, str(folder.path), also=contact.identity if contact else None))


async def _start(folder: LocalFolder, order: Order) -> None:
    with told(folder.host_log):
        log = os.open(folder.host_log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", "cluster.local.host"),
            cwd=folder.path,
            env=environment(folder, os.environ),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    finally:
        os.close(log)
    try:
        async with asyncio.timeout(STARTS_WITHIN):
            said, _ = await child.communicate(json.dumps(asdict(order)).encode())
        answer: dict[str, Any] = json.loads(said or b"{}")
    except (TimeoutError, ValueError):
        answer = {}
    if "error" in answer:
        raise decode_error(answer["error"])
    if "port" not in answer:
        raise HostFailedError(_why(folder.host_log), hint=f"Its log is {folder.host_log}; then run it again.")


def environment(folder: LocalFolder, environ: Mapping[str, str]) -> dict[str, str]:
    """What a host is started with: what workspaces may have, and a mark so that it never belongs to one of them."""
    own = {name: environ[name] for name in ("HOME", "XDG_RUNTIME_DIR") if name in environ}
    return passed_on(environ) | own | {MARKER: str(folder.path)}


def _why(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return lines[-1] if lines else "It ended without a word."
