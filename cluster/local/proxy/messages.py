"""Heads of HTTP/1 messages: read strictly, so that nobody can read them another way than we do, and written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser, HttpResponseParser

LINE_LIMIT = 16384
"""Bytes of a request's target, and of each header's value; Node's own limit for a whole request is 16 KiB."""
HEAD_LIMIT = 131072
"""Bytes of a whole head."""
FIELD_LIMIT = 128
"""Headers of a request."""
END = b"\r\n\r\n"
Field = tuple[str, str]


class MessageError(Exception):
    """What came is not HTTP, or could be read in two ways."""


class Headers:
    """The fields of one head as they were spelt, in their order; looked up by their names in lower case."""

    __slots__ = ("_values", "fields")

    def __init__(self, fields: Sequence[Field]) -> None:
        self.fields = fields
        self._values: dict[str, list[str]] = {}
        for name, value in fields:
            self._values.setdefault(name.lower(), []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def all(self, name: str) -> Sequence[str]:
        return self._values.get(name, ())

    def get(self, name: str) -> str:
        """The first value; empty where there is none."""
        found = self._values.get(name)
        return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class Request:
    """`version` is "1.1" or "1.0", `target` the path and query as they were sent."""

    method: str
    target: str
    version: str
    headers: Headers


@dataclass(frozen=True, slots=True)
class Answer:
    """The head of what a workspace answers."""

    status: int
    reason: str
    version: str
    headers: Headers


@dataclass(frozen=True, slots=True)
class Reply:
    """What the proxy answers itself; `last` ends the connection."""

    status: int
    fields: tuple[Field, ...]
    body: bytes = b""
    last: bool = False

    def encode(self, request: Request | None, *, last: bool) -> bytes:
        """As an answer to this request; None where it could not be read."""
        fields = (*self.fields, ("Content-Length", str(len(self.body))), *((("Connection", "close"),) if last else ()))
        version = request.version if request else "1.1"
        head = encode_head(f"HTTP/{version} {self.status} {HTTPStatus(self.status).phrase}", fields)
        return head if request and request.method == "HEAD" else head + self.body


def parse_request(head: bytes) -> Request:
    """A whole head, up to and with its empty line. Raises MessageError."""
    read = _Fields()
    parser = HttpRequestParser(read)
    _feed(parser, head, read)
    if len(read.start) > LINE_LIMIT or len(read.fields) > FIELD_LIMIT:
        raise MessageError
    if any(len(value) > LINE_LIMIT for _, value in read.fields):
        raise MessageError
    if (version := parser.get_http_version()) not in ("1.0", "1.1"):
        raise MessageError
    return Request(parser.get_method().decode(), read.start.decode("latin-1"), version, Headers(read.fields))


def parse_answer(head: bytes) -> Answer:
    """A whole head, up to and with its empty line. Raises MessageError."""
    read = _Fields()
    parser = HttpResponseParser(read)
    _feed(parser, head, read)
    version = parser.get_http_version()
    return Answer(parser.get_status_code(), read.start.decode("latin-1"), version, Headers(read.fields))


def encode_head(first: str, fields: Iterable[Field]) -> bytes:
    return "".join((first, "\r\n", *(f"{name}: {value}\r\n" for name, value in fields), "\r\n")).encode("latin-1")


class _Fields:
    """What the parser tells of a head: the target or the reason, and the headers."""

    def __init__(self) -> None:
        self.start = b""
        self.fields: list[Field] = []
        self.complete = False

    def on_url(self, url: bytes) -> None:
        self.start += url

    on_status = on_url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name.decode("latin-1"), value.decode("latin-1").strip(" \t")))

    def on_headers_complete(self) -> None:
        self.complete = True


def _feed(parser: HttpRequestParser | HttpResponseParser, head: bytes, read: _Fields) -> None:
    lines = head.count(b"\r\n")
    # A bare CR or LF ends a line for some, and a line that begins with a space goes on with the one before.
    if head.count(b"\r") != lines or head.count(b"\n") != lines or b"\n " in head or b"\n\t" in head:
        raise MessageError
    try:
        parser.feed_data(head)
    except HttpParserUpgrade:
        pass  # who may change the protocol, we decide
    except HttpParserError as error:
        raise MessageError from error
    if not read.complete:
        raise MessageError
