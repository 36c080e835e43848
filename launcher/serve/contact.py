"""How other commands of the same person reach the server that runs: by a Unix socket that only they can open."""

import json
import os
import socket
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from cluster.local.files import private_folder, replace_file
from cluster.local.folders import SOCKET_PATH, check_private
from launcher.serve.access import ServeFolder, read_token
from launcher.serve.errors import ServerNotRunningError

PATIENCE = 5.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a server answers; `authority` is what it takes for its name."""

    socket: Path
    authority: str


def listen(folder: ServeFolder) -> socket.socket:
    """The listening socket, where no other server has one."""
    path = _socket_path(folder)
    listener = socket.socket(socket.AF_UNIX)
    try:
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def write_contact(folder: ServeFolder, authority: str) -> None:
    document = {"socket": str(_socket_path(folder)), "authority": authority}
    replace_file(folder.contact, json.dumps(document).encode())


def ticketed_url(folder: ServeFolder, token: str) -> str:
    """A way into the portal of the server that runs. Raises ServerNotRunningError where none does. Blocks."""
    contact = _read_contact(folder)
    if contact is None:
        raise ServerNotRunningError("No server of this folder has left word where it is.")
    headers = {"Authorization": f"Bearer {token}", "Host": contact.authority, "Content-Length": "0"}
    try:
        with socket.socket(socket.AF_UNIX) as connected, closing(HTTPConnection("vibecode")) as client:
            connected.settimeout(PATIENCE)
            connected.connect(str(contact.socket))
            client.sock = connected
            client.request("POST", "/api/ticket", headers=headers)
            with client.getresponse() as answer:
                return str(json.loads(answer.read())["url"])
    except (OSError, HTTPException, ValueError, KeyError) as error:
        raise ServerNotRunningError("The server that ran last does not answer any more.") from error


def running_url(folder: ServeFolder) -> str | None:
    """As `ticketed_url`, with the folder's own token; None where no server runs. Blocks."""
    try:
        return ticketed_url(folder, read_token(folder))
    except ServerNotRunningError:
        return None


def _read_contact(folder: ServeFolder) -> Contact | None:
    try:
        values = json.loads(folder.contact.read_bytes())
        return Contact(Path(values["socket"]), str(values["authority"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _socket_path(folder: ServeFolder) -> Path:
    """In the server's own folder, or where that is too long for a socket, in one below /tmp of this user alone."""
    path = folder.path / "server.sock"
    if len(bytes(path)) <= SOCKET_PATH:
        private_folder(folder.path)
        return path
    name = f"vibecode-serve-{sha256(b'%d:%b' % (os.getuid(), bytes(folder.path))).hexdigest()[:8]}"
    return check_private(private_folder(Path("/tmp") / name)) / path.name
