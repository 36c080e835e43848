from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import create_app


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    """The application with a database of its own for each test."""
    with create_app(tmp_path / "test.db").test_client() as client:
        yield client


def test_health(client: FlaskClient) -> None:
    assert client.get("/health").json == {"status": "ok"}


def test_the_page_is_empty_at_first(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "<h1>{{ title }}</h1>" in page
    assert "Nobody has been here yet" in page


def test_an_entry_is_shown_newest_first_and_as_text(client: FlaskClient) -> None:
    client.post("/", data={"name": "Ada", "text": "first"})
    answer = client.post("/", data={"name": "Bob", "text": "<b>second</b>"}, follow_redirects=True)
    assert answer.status_code == 200
    assert "&lt;b&gt;second&lt;/b&gt;" in answer.text
    assert answer.text.index("second") < answer.text.index("first")


@pytest.mark.parametrize("entry", [{}, {"name": "Ada"}, {"name": " ", "text": "x"}, {"name": "Ada", "text": "x" * 201}])
def test_what_is_no_entry_is_answered_with_a_reason(client: FlaskClient, entry: dict[str, str]) -> None:
    answer = client.post("/", data=entry, follow_redirects=True)
    assert "A name and a text are needed" in answer.text
    assert "Nobody has been here yet" in answer.text
