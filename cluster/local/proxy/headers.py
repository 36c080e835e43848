"""What of a message's head is passed on, and what belongs to one connection alone (RFC 9110, section 7.6.1)."""

from collections.abc import Iterable

from multidict import CIMultiDict, CIMultiDictProxy

from cluster.local.proxy import passes

Headers = CIMultiDictProxy[str]

HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
OURS = frozenset({"expect", "forwarded", "host", "x-real-ip"})
"""What we answer or say ourselves, whatever the browser said."""


def to_workspace(headers: Headers, authority: str, peer: str, *, upgrade: bool) -> CIMultiDict[str]:
    """A request's headers: without our cookie, and with what only the proxy can know.

    Host is the one that the browser sent, since code-server compares Origin with it.
    """
    kept = CIMultiDict[str]()
    dropped = OURS | _hop_by_hop(headers)
    for name, value in headers.items():
        lower = name.lower()
        if lower in dropped or lower.startswith("x-forwarded-"):
            continue
        if lower != "cookie":
            kept.add(name, value)
        elif rest := passes.without_ours(value):
            kept.add(name, rest)
    if upgrade:
        kept["Connection"], kept["Upgrade"] = "Upgrade", "websocket"
    kept["Host"] = kept["X-Forwarded-Host"] = authority
    kept["X-Forwarded-Proto"] = "http"
    kept["X-Forwarded-For"] = peer
    return kept


def to_browser(headers: Headers, *, upgrade: bool) -> CIMultiDict[str]:
    """An answer's headers; a workspace cannot set our cookie."""
    kept = CIMultiDict[str]()
    dropped = _hop_by_hop(headers)
    for name, value in headers.items():
        lower = name.lower()
        if lower not in dropped and not (lower == "set-cookie" and passes.sets_ours(value)):
            kept.add(name, value)
    if upgrade:
        kept["Connection"], kept["Upgrade"] = "Upgrade", "websocket"
    return kept


def is_upgrade(headers: Headers) -> bool:
    """Whether a request asks for a WebSocket, the one protocol that we change to."""
    return headers.get("Upgrade", "").lower() == "websocket" and "upgrade" in _tokens(headers.getall("Connection", ()))


def _hop_by_hop(headers: Headers) -> frozenset[str]:
    return HOP_BY_HOP | _tokens(headers.getall("Connection", ()))


def _tokens(values: Iterable[str]) -> frozenset[str]:
    return frozenset(token.strip().lower() for value in values for token in value.split(","))
