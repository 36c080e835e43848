"""One request and its answer, while they are on their way."""

from dataclasses import dataclass

from cluster.local.proxy.bodies import Body
from cluster.local.proxy.headers import UPGRADE, framing, is_last, is_upgrade, to_browser, to_workspace
from cluster.local.proxy.messages import Answer, Request, encode_head
from cluster.local.proxy.reception import Destination
from cluster.local.proxy.upstreams import Upstream

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(slots=True)
class Exchange:
    """From a request's head until its answer's end."""

    request: Request
    body: Body
    destination: Destination
    last: bool
    """Whether the browser's connection ends with it."""
    upstream: Upstream | None = None
    answer: Body | None = None
    chunked: bool = False
    """Whether the browser gets the answer in chunks."""

    @staticmethod
    def begin(request: Request, body: Body, destination: Destination) -> "Exchange":
        # What follows an offer to change the protocol may be meant for another one.
        last = is_last(request.version, request.headers) or "upgrade" in request.headers
        return Exchange(request, body, destination, last)

    @property
    def repeatable(self) -> bool:
        """Whether it may be asked again: its connection was an old one, and nothing can have come of the question."""
        old = self.upstream is not None and self.upstream.used and self.upstream.silent
        return old and self.body.length == 0 and self.request.method in _SAFE

    def question(self, peer: str) -> bytes:
        """The head that the workspace gets."""
        request = self.request
        fields = to_workspace(request.headers, peer)
        fields += UPGRADE if is_upgrade(request.headers) else framing(request.headers, self.body.length)
        return encode_head(f"{request.method} {request.target} HTTP/1.1", fields)

    def answered(self, answer: Answer, body: Body) -> bytes:
        """The head that the browser gets; how it gets the body is settled by it."""
        self.answer = body
        fields = to_browser(answer.headers)
        if answer.status == 101:
            fields += UPGRADE
        elif body.length is None and self.request.version == "1.0":
            self.last = True
        else:
            self.chunked = body.length is None
            fields += framing(answer.headers, body.length)
        if self.last and answer.status != 101:
            fields.append(("Connection", "close"))
        return encode_head(f"HTTP/{self.request.version} {answer.status} {answer.reason}", fields)
