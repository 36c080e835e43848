"""Heads and bodies as tables: what is read, what is refused, and where a body ends."""

import pytest

from cluster.local.proxy.bodies import Chunked, Sized, UntilClosed, answer_body, chunk, request_body
from cluster.local.proxy.messages import (
    FIELD_LIMIT,
    LINE_LIMIT,
    MessageError,
    encode_head,
    parse_answer,
    parse_request,
)


def _head(*lines: str) -> bytes:
    return "\r\n".join((*lines, "", "")).encode("latin-1")


def test_a_request_s_head_is_read_as_it_was_spelt() -> None:
    read = parse_request(_head("PROPFIND /a%2F?b=[1] HTTP/1.0", "X-Own:\t one \t", "x-own: two", "Empty:"))
    assert (read.method, read.target, read.version) == ("PROPFIND", "/a%2F?b=[1]", "1.0")
    assert read.headers.fields == [("X-Own", "one"), ("x-own", "two"), ("Empty", "")]
    assert read.headers.all("x-own") == ["one", "two"]
    assert (read.headers.get("x-own"), read.headers.get("none"), "empty" in read.headers) == ("one", "", True)


def test_an_answer_s_head_is_read_as_it_was_spelt() -> None:
    read = parse_answer(_head("HTTP/1.1 299 Quite so", "A: 1"))
    assert (read.status, read.reason, read.version, read.headers.fields) == (299, "Quite so", "1.1", [("A", "1")])


def test_what_is_read_is_written_the_same() -> None:
    head = _head("GET / HTTP/1.1", "X: é\xff", "B: 2")
    assert encode_head("GET / HTTP/1.1", parse_request(head).headers.fields) == head


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: 1\nB: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: 1\rB: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: 1\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: 1\r\n\tfolded\r\n\r\n",
        b"GET / HTTP/1.1\r\n A: 1\r\n\r\n",
        b"GET / HTTP/1.1\r\nA : 1\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: \0\r\n\r\n",
        b"GET / HTTP/1.1\r\nA\r\n\r\n",
        b"GET / HTTP/1.1\r\n: 1\r\n\r\n",
        b"GET / HTTP/0.9\r\n\r\n",
        b"GET / HTTP/2.0\r\n\r\n",
        b"GET /\r\n\r\n",
        b"get / HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\n",
        b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"\x16\x03\x01\r\n\r\n",
        _head("GET / HTTP/1.1", "A: " + "a" * (LINE_LIMIT + 1)),
        _head("GET /" + "a" * LINE_LIMIT + " HTTP/1.1"),
        _head("GET / HTTP/1.1", *["A: 1"] * (FIELD_LIMIT + 1)),
    ],
    ids=lambda head: repr(head)[:50],
)
def test_a_head_that_others_may_read_another_way_is_refused(head: bytes) -> None:
    with pytest.raises(MessageError):
        parse_request(head)


def test_as_much_as_is_allowed_is_read() -> None:
    lines = ["A: " + "a" * LINE_LIMIT, *["B: 1"] * (FIELD_LIMIT - 1)]
    assert len(parse_request(_head("GET / HTTP/1.1", *lines)).headers.fields) == FIELD_LIMIT


@pytest.mark.parametrize(
    ("version", "lines", "length"),
    [
        ("1.1", (), 0),
        ("1.1", ("Content-Length: 0",), 0),
        ("1.0", ("Content-Length: 007",), 7),
        ("1.1", ("Transfer-Encoding: Chunked",), None),
    ],
)
def test_a_request_says_how_long_its_body_is(version: str, lines: tuple[str, ...], length: int | None) -> None:
    assert request_body(parse_request(_head(f"POST / HTTP/{version}", *lines))).length == length


@pytest.mark.parametrize(
    ("method", "status", "lines", "kind", "length"),
    [
        ("GET", "200 OK", ("Content-Length: 5",), Sized, 5),
        ("GET", "200 OK", ("Transfer-Encoding: chunked",), Chunked, None),
        ("GET", "200 OK", (), UntilClosed, None),
        ("HEAD", "200 OK", ("Content-Length: 5",), Sized, 0),
        ("HEAD", "200 OK", ("Transfer-Encoding: chunked",), Sized, 0),
        ("GET", "204 No Content", (), Sized, 0),
        ("GET", "304 Not Modified", ("Content-Length: 5",), Sized, 0),
    ],
)
def test_an_answer_says_where_its_body_ends(
    method: str, status: str, lines: tuple[str, ...], kind: type, length: int | None
) -> None:
    body = answer_body(parse_answer(_head(f"HTTP/1.1 {status}", *lines)), method)
    assert (type(body), body.length) == (kind, length)


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: 5, 6",),
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: gzip, chunked",),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
    ],
)
def test_an_answer_with_two_ends_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(MessageError):
        answer_body(parse_answer(_head("HTTP/1.1 200 OK", *lines)), "GET")


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_chunks_in_any_pieces_are_one_body(size: int) -> None:
    body, got = Chunked(), b""
    data = b"3;ext=1\r\nabc\r\n" + chunk(b"d" * 300) + b"0\r\nTrailer: x\r\n\r\n"
    for start in range(0, len(data), size):
        assert not body.complete
        got += body.feed(data[start : start + size])[0]
    assert (got, body.complete, body.overrun) == (b"abc" + b"d" * 300, True, False)


@pytest.mark.parametrize("more", [b"GET / HTTP/1.1\r\nA: 1\r\n\r\n", b"garbage", b"POST / HTTP/1.1\r\n\r\nx"])
def test_what_follows_the_last_chunk_is_no_part_of_the_body(more: bytes) -> None:
    body = Chunked()
    assert body.feed(chunk(b"abc") + b"0\r\n\r\n" + more) == (b"abc", b"")
    assert (body.complete, body.overrun) == (True, True)


def test_what_follows_a_length_is_given_back() -> None:
    body = Sized(5)
    assert body.feed(b"abc") == (b"abc", b"")
    assert not body.complete
    assert body.feed(b"defg") == (b"de", b"fg")
    assert body.complete
