"""One-time tickets, by which a browser that the program opens gets in."""

import re
import secrets
from collections.abc import Callable
from hashlib import sha256
from time import monotonic

LIFETIME = 5 * 60.0
"""Seconds."""
PARAMETER = "ticket"
"""Its name in a URL's query."""
_FORM = re.compile(r"vibecode-[A-Za-z0-9_-]{43}")


def is_ticket(value: str) -> bool:
    """Whether it has a ticket's form; a project's own `?ticket=` has not, and is none of our business."""
    return _FORM.fullmatch(value) is not None


class Tickets:
    """The tickets that are out, in memory alone: those of a program that ended are void.

    A ticket is 256 random bits and good for one site (`shop`, `8000-shop`). It is kept and looked up by its hash, so
    that the time an answer takes tells nothing about the tickets that there are.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._out: dict[bytes, tuple[str, float]] = {}

    def issue(self, site: str) -> str:
        """A new ticket for a workspace (`shop`), or for what it serves on a port (`8000-shop`)."""
        now = self._clock()
        self._out = {key: (name, until) for key, (name, until) in self._out.items() if until > now}
        ticket = f"vibecode-{secrets.token_urlsafe(32)}"
        self._out[_key(ticket)] = (site, now + LIFETIME)
        return ticket

    def redeem(self, ticket: str, site: str) -> bool:
        """Whether it lets into this site; whatever the answer, it will not a second time."""
        wanted, until = self._out.pop(_key(ticket), ("", 0.0))
        return wanted == site and self._clock() < until


def _key(ticket: str) -> bytes:
    return sha256(ticket.encode()).digest()
