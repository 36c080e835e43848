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
_NOT_TO_WORKSPACE = HOP_BY_HOP | OURS


def to_workspace(headers: Headers, authority: str, peer: str, *, upgrade: bool) -> CIMultiDict[str]:
    """A request's headers: without our cookie, and with what only the proxy can know.

    Host is the one that the browser sent, since code-server compares Origin with it.
    """
    kept = CIMultiDict[str]()
    named = _tokens(headers.getall("Connection", ()))
    for name, value in headers.items():
        lower = name.lower()
        if lower in _NOT_TO_WORKSPACE or lower in named or lower.startswith("x-forwarded-"):
            continue
        if lower != "cookie":
            kept.add(name, value)
        elif rest := passes.without_ours(value):
            kept.add(name, rest)
    if upgrade:
        _add_upgrade(kept)
    kept.add("Host", authority)
    kept.add("X-Forwarded-Host", authority)
    kept.add("X-Forwarded-Proto", "http")
    kept.add("X-Forwarded-For", peer)
    return kept


def to_browser(headers: Headers, *, upgrade: bool) -> CIMultiDict[str]:
    """An answer's headers; a workspace cannot set our cookie."""
    kept = CIMultiDict[str]()
    named = _tokens(headers.getall("Connection", ()))
    for name, value in headers.items():
        lower = name.lower()
        if lower in HOP_BY_HOP or lower in named or (lower == "set-cookie" and passes.sets_ours(value)):
            continue
        kept.add(name, value)
    if upgrade:
        _add_upgrade(kept)
    return kept


def is_upgrade(headers: Headers) -> bool:
    """Whether a request asks for a WebSocket, the one protocol that we change to."""
    return headers.get("Upgrade", "").lower() == "websocket" and "upgrade" in _tokens(headers.getall("Connection", ()))


def _add_upgrade(headers: CIMultiDict[str]) -> None:
    headers.add("Connection", "Upgrade")
    headers.add("Upgrade", "websocket")


def _tokens(values: Iterable[str]) -> frozenset[str]:
    return frozenset(token.strip().lower() for value in values for token in value.split(","))
