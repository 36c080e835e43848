"""The sign-in to OpenRouter, as its documentation has it."""

import hashlib
import json
from base64 import urlsafe_b64encode
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from templates.models.errors import SignInError
from templates.models.sign_in import EXCHANGE, SignIn


def service(status: int, body: object, seen: list[httpx.Request]) -> httpx.AsyncClient:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(status, json=body)

    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


def test_the_page_carries_the_challenge_and_never_the_verifier() -> None:
    sign_in = SignIn()
    page = sign_in.page("http://localhost:4242/callback")
    query = parse_qs(urlsplit(page).query)

    digest = hashlib.sha256(sign_in.verifier.encode()).digest()
    assert query["code_challenge"] == [urlsafe_b64encode(digest).decode().rstrip("=")]
    assert query["code_challenge_method"] == ["S256"]
    assert query["callback_url"] == ["http://localhost:4242/callback"]
    assert sign_in.verifier not in page
    assert sign_in.verifier not in repr(sign_in)


def test_without_a_browser_here_the_page_shows_the_code() -> None:
    assert "callback_url" not in SignIn().page(None)


def test_each_attempt_has_a_verifier_of_its_own() -> None:
    assert SignIn().verifier != SignIn().verifier


async def test_a_code_becomes_a_key() -> None:
    sign_in, seen = SignIn(), list[httpx.Request]()
    async with service(200, {"key": "sk-or-v1-x", "user_id": "u"}, seen) as http:
        assert await sign_in.exchange(http, " code\n") == "sk-or-v1-x"

    [request] = seen
    assert (request.method, str(request.url)) == ("POST", EXCHANGE)
    assert json.loads(request.content) == {
        "code": "code",
        "code_verifier": sign_in.verifier,
        "code_challenge_method": "S256",
    }


@pytest.mark.parametrize(
    ("status", "body"), [(403, {"error": "Invalid code"}), (200, {}), (200, []), (200, {"key": 7})]
)
async def test_a_code_that_is_not_taken(status: int, body: object) -> None:
    async with service(status, body, []) as http:
        with pytest.raises(SignInError, match=str(status)):
            await SignIn().exchange(http, "code")
