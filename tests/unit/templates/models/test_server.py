"""Addresses of servers, and which of them a key may be sent to."""

import pytest

from templates.models.errors import InsecureServerError, ProfileError
from templates.models.server import Server, base_url, is_near


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"),
        (" http://LOCALHOST:11434/v1/ ", "http://localhost:11434/v1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("https://example.com", "https://example.com"),
    ],
)
def test_an_address_in_its_one_form(text: str, url: str) -> None:
    assert base_url(text) == url


@pytest.mark.parametrize(
    "text",
    ["", "localhost:11434/v1", "ftp://example.com", "https://", "http://a:b@example.com/v1", "https://x.y/v1?key=1",
     "http://x.y:port/v1", "http://x.y/\n", "file:///etc/passwd", "http://x.y/#a"],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ProfileError) as caught:
        base_url(text)
    assert not text or text not in caught.value.detail  # it may hold a key


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("http://localhost:11434/v1", True),
        ("http://127.0.0.1:1234/v1", True),
        ("http://192.168.1.20:8000/v1", True),
        ("http://[::1]:8080/v1", True),
        ("http://gpu-box:8000/v1", True),
        ("http://gpu.local/v1", True),
        ("http://example.com/v1", False),
        ("http://8.8.8.8/v1", False),
    ],
)
def test_which_servers_are_near(url: str, near: bool) -> None:
    assert is_near(url) is near


def test_a_key_does_not_travel_in_the_clear() -> None:
    with pytest.raises(InsecureServerError):
        Server("http://example.com/v1", "secret").headers()
    assert "Authorization" in Server("http://localhost/v1", "secret").headers()
    assert "Authorization" in Server("https://example.com/v1", "secret").headers()
    assert "Authorization" not in Server("http://example.com/v1").headers()


def test_a_key_is_never_shown() -> None:
    assert "secret" not in repr(Server("https://example.com/v1", "secret"))
