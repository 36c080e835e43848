"""Words for people."""

import io
from datetime import UTC, datetime, timedelta, timezone

import pytest

from cluster.engine import Workspace
from launcher.output.documents import workspace_document
from launcher.output.text import columns, make_printable, styled, takes_unicode
from templates.text import age, duration, plain

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.0s"),
        (3.24, "3.2s"),
        (9.94, "9.9s"),
        (9.96, "10s"),
        (59.4, "59s"),
        (59.6, "1m 00s"),
        (65, "1m 05s"),
        (3599.7, "1h 00m"),
        (7500, "2h 05m"),
    ],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=-5), "0s"),
        (timedelta(seconds=59), "59s"),
        (timedelta(minutes=5, seconds=59), "5m"),
        (timedelta(hours=23), "23h"),
        (timedelta(days=4, hours=5), "4d"),
    ],
)
def test_ages(ago: timedelta, words: str) -> None:
    assert age(NOW - ago, NOW) == words


def test_an_unknown_age_is_a_dash() -> None:
    assert age(None) == "\N{EN DASH}"


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert columns(("A", "BB", "C"), [("1", "2", "long last"), ("333", "", "")]) == [
        "A     BB   C",
        "1     2    long last",
        "333",
    ]


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("a\x1b[2J\x1b]0;title\x07b", "ab"),
        ("one\rtwo\nthree\ttabs\x00", "one two three tabs"),
        ("\x1b]8;;http://x\x1b\\link", "link"),
        ("left\u202eright", "left right"),
        ("ü ✓ 日本", "ü ✓ 日本"),
        ("\x9b31mred", " 31mred"),
    ],
)
def test_what_others_say_cannot_steer_the_terminal(hostile: str, shown: str) -> None:
    assert plain(hostile) == shown


def test_colours_are_only_put_where_they_are_wanted() -> None:
    assert (styled("x", "red", True), styled("x", "red", False)) == ("\x1b[31mx\x1b[0m", "x")


@pytest.mark.parametrize(
    ("encoding", "written", "unicode"),
    [
        ("utf-8", "✓ “a” → … ü 日", True),
        ("latin-1", 'ok "a" -> ... ü ?', False),
        ("ascii", 'ok "a" -> ... ? ?', False),
    ],
)
def test_signs_that_an_encoding_lacks_are_replaced(encoding: str, written: str, unicode: bool) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    make_printable(stream)
    stream.write("✓ “a” → … ü 日")
    stream.flush()

    assert raw.getvalue().decode(encoding) == written
    assert takes_unicode(stream) is unicode


def test_times_are_in_utc_whatever_they_were() -> None:
    then = datetime(2026, 1, 31, 13, 0, 0, 999, tzinfo=timezone(timedelta(hours=1)))
    workspace = Workspace("shop", "http://shop/", "running", "kind", created=then)

    assert workspace_document(workspace)["created"] == "2026-01-31T12:00:00Z"
