"""Where the body of a message ends, and its bytes as they come."""

from collections.abc import Sequence
from typing import Protocol

from httptools import HttpParserError, HttpRequestParser

from cluster.local.proxy.messages import Answer, MessageError, Request

LAST_CHUNK = b"0\r\n\r\n"
_BODILESS = frozenset({204, 304})
_CHUNKED_HEAD = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"


class Body(Protocol):
    """A body that is being received; `length` is None unless its head tells it."""

    length: int | None
    complete: bool
    overrun: bool
    """Whether more came than the body, and was dropped: its connection is of no further use."""

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """What of the data is the body's, without its framing, and what follows it. Raises MessageError."""
        ...


class Sized:
    """As many bytes as its length says."""

    overrun = False

    def __init__(self, length: int) -> None:
        self.length: int | None = length
        self.complete = length == 0
        self._left = length

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        piece = data[: self._left]
        self._left -= len(piece)
        self.complete = self._left == 0
        return piece, data[len(piece) :]


class UntilClosed:
    """All that comes on its connection."""

    length: int | None = None
    complete = False
    overrun = False

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        return data, b""


class Chunked:
    """Chunks, without their extensions and trailers; the parser does not say where in a packet the last one ended."""

    def __init__(self) -> None:
        self.length: int | None = None
        self.complete = False
        self.overrun = False
        self._pieces: list[bytes] = []
        self._parser = HttpRequestParser(self)
        self._parser.feed_data(_CHUNKED_HEAD)

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            if not self.complete:
                raise MessageError from error
            self.overrun = True
        piece = b"".join(self._pieces)
        self._pieces.clear()
        return piece, b""

    def on_body(self, piece: bytes) -> None:
        if not self.complete:
            self._pieces.append(piece)

    def on_message_complete(self) -> None:
        self.complete = True

    def on_message_begin(self) -> None:
        self.overrun = self.complete


def request_body(request: Request) -> Body:
    """Raises MessageError where the head tells more than one length, or one that it does not say plainly."""
    lengths, codings = request.headers.all("content-length"), request.headers.all("transfer-encoding")
    if not codings:
        return _sized(lengths)
    if lengths or len(codings) > 1 or codings[0].lower() != "chunked" or request.version == "1.0":
        raise MessageError
    return Chunked()


def answer_body(answer: Answer, method: str) -> Body:
    """Raises MessageError, as for a request."""
    if method == "HEAD" or answer.status in _BODILESS:
        return Sized(0)
    lengths, codings = answer.headers.all("content-length"), answer.headers.all("transfer-encoding")
    if not codings:
        return _sized(lengths) if lengths else UntilClosed()
    if lengths or len(codings) > 1 or codings[0].lower() != "chunked":
        raise MessageError
    return Chunked()


def chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def _sized(lengths: Sequence[str]) -> Sized:
    if not lengths:
        return Sized(0)
    if len(lengths) > 1 or not (lengths[0].isascii() and lengths[0].isdigit() and len(lengths[0]) < 19):
        raise MessageError
    return Sized(int(lengths[0]))
