"""One request: answers, limits that are waited for, and refusals in words."""

import httpx
import pytest

from cluster.datadog.client import ATTEMPTS, DatadogApi
from cluster.datadog.errors import (
    DatadogAnswerError,
    DatadogError,
    DatadogKeyRefusedError,
    DatadogNotFoundError,
    DatadogOutageError,
    DatadogRateLimitError,
    DatadogScopeError,
)
from tests.fakes.datadog_api import API_KEY, Answer, DatadogServer, limited
from tests.unit.cluster.datadog.conftest import KEYS


async def test_a_limit_is_waited_for_as_long_as_datadog_says(
    datadog: DatadogServer, api: DatadogApi, waits: list[float]
) -> None:
    answers = [limited("7")]
    datadog.disturb = lambda _: answers.pop() if answers else None

    assert await api.request("GET", "/api/v1/validate") == {"valid": True}
    assert waits == [7]


@pytest.mark.parametrize(("seconds", "waited"), [("2", [2.0] * (ATTEMPTS - 1)), ("3600", []), ("?", [10.0] * 3)])
async def test_a_limit_that_does_not_pass_is_told(
    datadog: DatadogServer, api: DatadogApi, waits: list[float], seconds: str, waited: list[float]
) -> None:
    datadog.disturb = lambda _: limited(seconds)

    with pytest.raises(DatadogRateLimitError, match="monitors"):
        await api.request("GET", "/api/v1/validate")
    assert waits == waited


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (Answer.error(400, "first", "second"), DatadogError, "first; second"),
        (Answer(400, {"errors": [{"title": "Bad", "detail": "too short"}]}), DatadogError, "too short"),
        (Answer.error(401, "Unauthorized"), DatadogKeyRefusedError, "Unauthorized"),
        (Answer.error(403, "Forbidden"), DatadogScopeError, "Forbidden"),
        (Answer.error(404, f"no {API_KEY} here"), DatadogNotFoundError, "no … here"),
        (Answer.error(500, "\x1b[2Jboom"), DatadogOutageError, "boom"),
        (Answer(503, b"<html>"), DatadogOutageError, "answered 503"),
        (Answer(302, b"", {"Location": "http://example.com"}), DatadogAnswerError, "leads elsewhere"),
        (Answer(200, b"<html>"), DatadogAnswerError, "without JSON"),
    ],
)
async def test_a_refusal_says_what_datadog_says(
    datadog: DatadogServer, api: DatadogApi, answer: Answer, error: type[DatadogError], words: str
) -> None:
    datadog.disturb = lambda _: answer

    with pytest.raises(DatadogError) as raised:
        await api.request("GET", "/api/v1/monitor")
    assert type(raised.value) is error
    assert words in raised.value.detail
    assert API_KEY not in raised.value.detail
    assert "\x1b" not in raised.value.detail


@pytest.mark.parametrize("error", [httpx.ConnectError("refused"), httpx.ReadTimeout("")])
async def test_a_datadog_out_of_reach_is_an_outage(error: httpx.HTTPError) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    async with httpx.AsyncClient(transport=httpx.MockTransport(fail)) as http:
        with pytest.raises(DatadogOutageError, match=r"https://api\.datadoghq\.eu"):
            await DatadogApi(http, "https://api.datadoghq.eu", KEYS).request("GET", "/")


def test_keys_are_never_shown() -> None:
    assert API_KEY not in repr(KEYS)
