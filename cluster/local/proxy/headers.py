"""What of a message's head is passed on, and what belongs to one connection alone (RFC 9110, section 7.6.1)."""

from collections.abc import Sequence

from cluster.local.proxy import passes
from cluster.local.proxy.messages import Field, Headers

HOP_BY_HOP = frozenset(
    {
        "connection",
        "content-length",  # what we pass on has the framing that we write
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
UPGRADE: tuple[Field, ...] = (("Connection", "Upgrade"), ("Upgrade", "websocket"))
_NOT_TO_WORKSPACE = HOP_BY_HOP | OURS


def to_workspace(headers: Headers, peer: str) -> list[Field]:
    """A request's headers: without our cookie, and with what only the proxy can know.

    Host is the one that the browser sent, since code-server compares Origin with it.
    """
    authority = headers.get("host")
    kept: list[Field] = [("Host", authority)]
    named = _tokens(headers.all("connection"))
    for name, value in headers.fields:
        lower = name.lower()
        if lower in _NOT_TO_WORKSPACE or lower in named or lower.startswith("x-forwarded-"):
            continue
        if lower != "cookie":
            kept.append((name, value))
        elif rest := passes.without_ours(value):
            kept.append((name, rest))
    kept.append(("X-Forwarded-Host", authority))
    kept.append(("X-Forwarded-Proto", "http"))
    kept.append(("X-Forwarded-For", peer))
    return kept


def to_browser(headers: Headers) -> list[Field]:
    """An answer's headers; a workspace cannot set our cookie."""
    named = _tokens(headers.all("connection"))
    return [
        (name, value)
        for name, value in headers.fields
        if (lower := name.lower()) not in HOP_BY_HOP
        and lower not in named
        and not (lower == "set-cookie" and passes.sets_ours(value))
    ]


def framing(headers: Headers, length: int | None) -> tuple[Field, ...]:
    """How we say where a message's body ends: as it was said to us, or, where it was not (length None), by chunks."""
    if length is None:
        return (("Transfer-Encoding", "chunked"),)
    told = headers.get("content-length")
    return (("Content-Length", told),) if told else ()


def is_upgrade(headers: Headers) -> bool:
    """Whether a request asks for a WebSocket, the one protocol that we change to."""
    return headers.get("upgrade").lower() == "websocket" and "upgrade" in _tokens(headers.all("connection"))


def is_last(version: str, headers: Headers) -> bool:
    """Whether its connection is good for no further message."""
    return version != "1.1" or "close" in _tokens(headers.all("connection"))


def _tokens(values: Sequence[str]) -> frozenset[str]:
    return frozenset(token.strip().lower() for value in values for token in value.split(","))
