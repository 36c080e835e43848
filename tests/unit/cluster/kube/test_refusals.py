"""What refusals mean, and which may pass."""

import json

import pytest

from cluster.errors import ApiError, ClusterUnreachableError
from cluster.kube.refusals import api_error, no_answer, refusal
from cluster.kube.retry import LONGEST_DELAY, LONGEST_WISH, TryAgainError, delay, retrying


@pytest.mark.parametrize(
    ("status", "idempotent", "other", "other_when_told"),
    [
        (400, False, False, False),
        (404, False, False, False),
        (409, False, False, False),
        (410, False, False, False),
        (429, True, True, True),
        (500, True, False, False),
        (502, True, False, False),
        (503, True, False, True),
        (504, True, False, False),
    ],
)
def test_what_may_be_asked_again(status: int, idempotent: bool, other: bool, other_when_told: bool) -> None:
    """`other_when_told`: what is not idempotent, with a Retry-After."""
    assert isinstance(refusal("GET /", status, b"", idempotent=True), TryAgainError) is idempotent
    assert isinstance(refusal("POST /", status, b"", idempotent=False), TryAgainError) is other
    assert isinstance(refusal("POST /", status, b"", "1", idempotent=False), TryAgainError) is other_when_told


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("7", 7.0),
        ("-1", None),
        ("1.5", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("", None),
    ],
)
def test_the_servers_wish(header: str | None, seconds: float | None) -> None:
    again = refusal("GET /", 429, b"", header, idempotent=True)

    assert isinstance(again, TryAgainError)
    assert again.after == seconds


@pytest.mark.parametrize(
    ("body", "detail", "reason"),
    [
        (b'{"kind": "Status", "message": "no such pod", "reason": "NotFound"}', "no such pod", "NotFound"),
        (b"404 page not found\n", "404 page not found", ""),
        (b"", "GET /x was answered with HTTP status 404.", ""),
        (b"<html>\n<body>", "GET /x was answered with HTTP status 404.", ""),
        (b"[1]", "GET /x was answered with HTTP status 404.", ""),
        (b'{"message": null}', "GET /x was answered with HTTP status 404.", ""),
        (b"\xff\xfe", "\ufffd\ufffd", ""),
        (b"x" * 10_000, "x" * 500, ""),
    ],
)
def test_the_words_of_a_refusal(body: bytes, detail: str, reason: str) -> None:
    error = api_error("GET /x", 404, body)

    assert (error.detail, error.status, error.reason) == (detail, 404, reason)


@pytest.mark.parametrize(
    ("status", "message", "hint"),
    [
        (401, "Unauthorized", "`vibecode up` reads them anew"),
        (403, 'pods is forbidden: User "x" cannot list', "lacks this permission"),
        (403, 'pods "x" is forbidden: exceeded quota: all, requested: cpu=1', "`vibecode stop NAME`"),
        (429, "too many requests", "wait a minute"),
        (404, "not found", ApiError.hint),
    ],
)
def test_each_refusal_says_what_can_be_done(status: int, message: str, hint: str) -> None:
    assert hint in api_error("GET /x", status, json.dumps({"message": message}).encode()).hint


def test_no_answer_may_be_asked_again_where_that_is_safe() -> None:
    lost = ConnectionResetError("reset by peer")
    again = no_answer("https://x", lost, again=True)

    assert isinstance(again, TryAgainError)
    assert "reset by peer" in again.error.detail
    assert isinstance(no_answer("https://x", lost, again=False), ClusterUnreachableError)


def test_a_foreign_certificate_is_not_asked_again() -> None:
    wrong = OSError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")

    assert isinstance(no_answer("https://x", wrong, again=True), ClusterUnreachableError)


@pytest.mark.parametrize(
    ("failures", "after", "low", "high"),
    [
        (1, None, 0.05, 0.1),
        (2, None, 0.1, 0.2),
        (4, None, 0.4, 0.8),
        (1000, None, LONGEST_DELAY / 2, LONGEST_DELAY),
        (1, 0.0, 0.05, 0.1),
        (1, 3.0, 3.0, 3.0),
        (1, 3600.0, LONGEST_WISH, LONGEST_WISH),
        (1000, 0.5, LONGEST_DELAY / 2, LONGEST_DELAY),
    ],
)
def test_delays_grow_and_keep_to_the_servers_wish(failures: int, after: float | None, low: float, high: float) -> None:
    assert all(low <= delay(failures, after) <= high for _ in range(100))


async def test_patience_ends_with_the_last_attempts_error() -> None:
    left: list[float] = []

    async def attempt(seconds: float) -> None:
        left.append(seconds)
        raise TryAgainError(ClusterUnreachableError(f"attempt {len(left)}"))

    with pytest.raises(ClusterUnreachableError) as last:
        await retrying(attempt, 0.4)

    assert len(left) > 1
    assert last.value.detail == f"attempt {len(left)}"
    assert left == sorted(left, reverse=True)


async def test_a_wish_beyond_ones_patience_ends_it_at_once() -> None:
    attempts = 0

    async def attempt(_: float) -> None:
        nonlocal attempts
        attempts += 1
        raise TryAgainError(ApiError("busy", status=429), after=60)

    with pytest.raises(ApiError, match="busy"):
        await retrying(attempt, 1.0)

    assert attempts == 1
