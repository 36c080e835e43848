"""Who may use the API: the holder of the token, or a browser that came in by a ticket and has our cookie."""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cluster.local.files import private_folder, replace_file, told
from cluster.local.proxy.passes import Passes, signing_key
from cluster.local.proxy.tickets import PARAMETER, Tickets, is_ticket

SITE = "portal"
"""What tickets and cookies of the portal are good for."""


@dataclass(frozen=True, slots=True)
class ServeFolder:
    """What the server keeps, for its owner alone."""

    path: Path

    @property
    def token(self) -> Path:
        return self.path / "token"

    @property
    def key(self) -> Path:
        """What cookies are signed with."""
        return self.path / "key"

    @property
    def contact(self) -> Path:
        """Where the server that runs is reached."""
        return self.path / "server.json"


def read_token(folder: ServeFolder) -> str:
    """The token (0600), made where there is none; removing the file voids it once the server is started again."""
    private_folder(folder.path)
    with told(folder.token):
        if folder.token.is_file() and (token := folder.token.read_text("ascii", "replace").strip()):
            return token
        token = secrets.token_urlsafe(32)
        replace_file(folder.token, f"{token}\n".encode())
        return token


class Access:
    """Judges what a request shows; every comparison takes the same time whatever is shown."""

    def __init__(self, token: str, tickets: Tickets, passes: Passes) -> None:
        self._digest = _digest(token)
        self._tickets = tickets
        self._passes = passes

    def by_token(self, authorizations: Iterable[str]) -> bool:
        """Whether the Authorization headers hold the token: exactly one, of the scheme Bearer."""
        match list(authorizations):
            case [one]:
                scheme, _, token = one.partition(" ")
                return scheme.lower() == "bearer" and hmac.compare_digest(_digest(token.strip()), self._digest)
            case _:
                return False

    def by_cookie(self, cookies: Iterable[str]) -> bool:
        return self._passes.admits(SITE, cookies)

    def redeem(self, query: str) -> str | None:
        """The query without its ticket, if it has one and it is good: then not a second time."""
        parts = query.split("&")
        tickets = [part for part in parts if part.startswith(f"{PARAMETER}=")]
        ticket = tickets[0].removeprefix(f"{PARAMETER}=") if len(tickets) == 1 else ""
        if is_ticket(ticket) and self._tickets.redeem(ticket, SITE):
            return "&".join(part for part in parts if part not in tickets)
        return None

    def ticketed(self, url: str) -> str:
        """The address with a ticket, for a browser that is to come in."""
        return f"{url}{'&' if '?' in url else '?'}{PARAMETER}={self._tickets.issue(SITE)}"

    def set_cookie(self, *, secure: bool) -> str:
        return self._passes.set_cookie(SITE) + ("; Secure" if secure else "")


def open_access(folder: ServeFolder) -> Access:
    """With the token and the key that are kept in the folder."""
    return Access(read_token(folder), Tickets(), Passes(signing_key(folder.key)))


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogateescape")).digest()
