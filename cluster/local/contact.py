"""How the engine and its host speak: one line of JSON each way on a Unix socket that only this user can open."""

import asyncio
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cluster import errors
from cluster.local.folders import LocalFolder, Sockets
from cluster.local.processes import Identity
from templates.errors import UnexpectedError, VibeCodeError

LINE = 1 << 20
"""Bytes that a question or an answer may have."""

NO_ANSWER = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError)

_ERRORS = {
    one.code: one
    for one in vars(errors).values()
    if isinstance(one, type) and issubclass(one, VibeCodeError) and one is not errors.ApiError
}


@dataclass(frozen=True, slots=True)
class Order:
    """How a host is to run: it is started anew where the one that runs was told otherwise.

    `http_port` 0: the one it had, else one is chosen. `programs` are the folders, written as in PATH, that workspaces
    look for programs in last; `packages` is the folder of the caches that they share, empty where they share none.
    """

    home: str
    base_domain: str
    http_port: int
    memory: str
    version: str
    program: str
    programs: str = ""
    packages: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Which process the host is, or was last, and where it answers; kept in `host.json`."""

    identity: Identity
    sockets: Sockets
    base_domain: str
    port: int

    def encode(self) -> bytes:
        return json.dumps(asdict(self) | {"sockets": str(self.sockets.path)}).encode()


def read_contact(folder: LocalFolder) -> Contact | None:
    try:
        values = json.loads(folder.host.read_bytes())
        sockets, identity = Sockets(Path(values["sockets"])), Identity(**values["identity"])
        return Contact(identity, sockets, str(values["base_domain"]), int(values["port"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


async def ask(control: Path, question: str, **details: object) -> dict[str, Any]:
    """The host's answer; its error is raised as what it was there. Raises one of NO_ANSWER where nobody answers."""
    reader, writer = await asyncio.open_unix_connection(control, limit=LINE)
    try:
        writer.write(json.dumps({"ask": question, **details}).encode() + b"\n")
        answer = json.loads(await reader.readuntil(b"\n"))
    finally:
        writer.close()
    if "error" in answer:
        raise decode_error(answer["error"])
    return answer


def decode_error(told: dict[str, str]) -> VibeCodeError:
    kind = _ERRORS.get(told["code"], UnexpectedError)
    return kind(told["detail"], hint=told["hint"])
