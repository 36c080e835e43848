"""The cookie that a ticket is exchanged for: signed, so that the next run of the program still takes it."""

import hmac
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from time import time

from cluster.local.files import replace_file, told

COOKIE = "vibecode-pass"
LIFETIME = 30 * 24 * 3600
"""Seconds."""
KEY_SIZE = 32
"""Bytes."""


class Passes:
    """Makes and checks the values of our cookie: when it ends, a nonce, and an HMAC over both and the site."""

    def __init__(self, key: bytes, clock: Callable[[], float] = time) -> None:
        self._key = key
        self._clock = clock
        self._signed: set[tuple[str, str]] = set()
        """What was found to be signed, by site and value; as only we sign, it stays small."""

    def make(self, site: str) -> str:
        """A new value that lets into this site (`shop`, `8000-shop`) and no other."""
        ends, nonce = int(self._clock()) + LIFETIME, secrets.token_urlsafe(16)
        return f"{ends}.{nonce}.{self._signature(site, ends, nonce)}"

    def cookie(self, site: str) -> str:
        """The Cookie header of a client of our own, such as the one that waits until the editor is ready."""
        return f"{COOKIE}={self.make(site)}"

    def set_cookie(self, site: str) -> str:
        """The Set-Cookie header; without Domain, so that the browser shows it to this one host alone."""
        return f"{self.cookie(site)}; Path=/; Max-Age={LIFETIME}; HttpOnly; SameSite=Lax"

    def admits(self, site: str, cookies: Iterable[str]) -> bool:
        """Whether any of the Cookie headers has a value that lets into the site.

        Any: a page may set a cookie of our name with a longer path, which a browser sends before ours.
        """
        return any(self._valid(site, value) for name, value in _pairs(cookies) if name == COOKIE)

    def _valid(self, site: str, value: str) -> bool:
        ends, _, rest = value.partition(".")
        nonce, _, signature = rest.partition(".")
        if not (ends.isascii() and ends.isdigit() and len(ends) < 16 and value.isascii()):
            return False
        if (site, value) not in self._signed:
            if not hmac.compare_digest(signature, self._signature(site, int(ends), nonce)):
                return False
            self._signed.add((site, value))
        return self._clock() < int(ends)

    def _signature(self, site: str, ends: int, nonce: str) -> str:
        return hmac.digest(self._key, f"{site}\n{ends}\n{nonce}".encode(), "sha256").hex()


def without_ours(cookies: str) -> str:
    """A Cookie header without our cookie; everything else byte for byte."""
    return ";".join(part for part in cookies.split(";") if part.partition("=")[0].strip() != COOKIE).strip()


def sets_ours(set_cookie: str) -> bool:
    """Whether a Set-Cookie header would overwrite our cookie."""
    return set_cookie.partition(";")[0].partition("=")[0].strip() == COOKIE


def signing_key(path: Path) -> bytes:
    """The key in this file (0600), made where there is none that is whole; removing it voids every cookie.

    For the one process that runs the proxy: two that make it at once would each go on with its own.
    """
    with told(path):
        if path.is_file() and len(key := path.read_bytes()) == KEY_SIZE:
            return key
        replace_file(path, key := secrets.token_bytes(KEY_SIZE))
        return key


def _pairs(cookies: Iterable[str]) -> Iterable[tuple[str, str]]:
    for header in cookies:
        for part in header.split(";"):
            name, _, value = part.partition("=")
            yield name.strip(), value.strip()
