"""Server-sent events, however the bytes arrive."""

import pytest

from templates.models.errors import NotAModelServerError
from templates.models.sse import LARGEST, EventParser

STREAM = (
    "\ufeff: OPENROUTER PROCESSING\n\n"
    'data: {"a": 1}\n\n'
    ": keep-alive\n"
    "event: message\nid: 7\nretry: 100\n"
    "data:two\ndata: lines\n\n"
    "\n\n"
    "data: ü€😀\r\n\r\n"
    "data: mac\r\rdata\n\n"
    "data: [DONE]\n\n"
).encode()
EVENTS = ['{"a": 1}', "two\nlines", "ü€😀", "mac", "", "[DONE]"]


def parse(*pieces: bytes) -> list[str]:
    parser = EventParser()
    return [event for piece in pieces for event in parser.feed(piece)] + list(parser.close())


def test_each_event_is_its_data_and_all_else_is_passed_over() -> None:
    assert parse(STREAM) == EVENTS


@pytest.mark.parametrize("size", range(1, 9))
def test_pieces_of_any_size_give_the_same_events(size: int) -> None:
    assert parse(*(STREAM[start : start + size] for start in range(0, len(STREAM), size))) == EVENTS


def test_a_stream_split_at_any_byte_gives_the_same_events() -> None:
    for cut in range(len(STREAM)):
        assert parse(STREAM[:cut], STREAM[cut:]) == EVENTS, cut


def test_the_last_event_counts_without_the_empty_line_that_should_follow_it() -> None:
    assert parse(b"data: one\n\ndata: [DONE]") == ["one", "[DONE]"]


def test_bytes_that_are_no_unicode_are_replaced() -> None:
    assert parse(b"data: \xff\n\n") == ["\N{REPLACEMENT CHARACTER}"]


def test_an_event_without_end_is_refused_before_it_fills_the_memory() -> None:
    parser = EventParser()
    piece = b"x" * (1 << 20)
    for _ in range(LARGEST // len(piece)):
        list(parser.feed(piece))
    with pytest.raises(NotAModelServerError):
        list(parser.feed(piece))


def test_many_lines_of_one_event_are_refused_too() -> None:
    parser = EventParser()
    line = b"data: " + b"x" * (1 << 20) + b"\n"
    for _ in range((LARGEST >> 20) - 1):
        list(parser.feed(line))
    with pytest.raises(NotAModelServerError):
        list(parser.feed(line))
