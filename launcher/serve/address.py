"""The addresses under which the server is known; all others are refused, against DNS rebinding."""

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import ip_address

LOOPBACK = "127.0.0.1"
RESOLVING = 1.0
"""Seconds that the machine's resolver may take to know a name."""
_LOCAL_NAMES = (LOOPBACK, "localhost", "[::1]")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens, and by which names a browser may know it."""

    scheme: str
    names: tuple[str, ...]
    port: int

    @property
    def authorities(self) -> frozenset[str]:
        """What a Host header may hold."""
        return frozenset(self._authority(name) for name in self.names)

    @property
    def url(self) -> str:
        """Without a slash at its end; by the best of the names."""
        return f"{self.scheme}://{self._authority(self.names[0])}"

    def _authority(self, name: str) -> str:
        return name if self.port == _DEFAULT_PORTS[self.scheme] else f"{name}:{self.port}"


async def loopback_address(base_domain: str, port: int) -> Address:
    """By the base domain first where this machine knows it: then no other port's page shares our cookie's host."""
    try:
        known = await asyncio.wait_for(asyncio.to_thread(leads_here, base_domain), RESOLVING)
    except TimeoutError:
        known = False
    names = (base_domain, *_LOCAL_NAMES) if known else (*_LOCAL_NAMES, base_domain)
    return Address("http", tuple(dict.fromkeys(names)), port)


def public_address(host: str, names: tuple[str, ...], port: int) -> Address:
    """With TLS; `names` are those in its certificate."""
    own = () if ip_address(host).is_unspecified else (f"[{host}]" if ":" in host else host,)
    return Address("https", tuple(dict.fromkeys((*names, *own, *_LOCAL_NAMES))), port)


def leads_here(name: str) -> bool:
    """Whether the name is known to this machine's resolver, as an address of this machine alone."""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return bool(found) and all(ip_address(one[4][0]).is_loopback for one in found)


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
