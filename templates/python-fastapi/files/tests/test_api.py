from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app import database
from app.main import app


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The application with a database of its own for each test."""
    monkeypatch.setattr(database, "PATH", tmp_path / "test.db")
    with TestClient(app) as client:
        yield client


def test_health(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok"}


def test_the_page_is_served(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "<title>{{ title }}</title>" in answer.text


def test_a_note_is_added_listed_and_removed(client: TestClient) -> None:
    added = client.post("/api/notes", json={"text": "  water the plants "})
    assert added.status_code == 201
    note = added.json()
    assert note["text"] == "water the plants"
    assert client.get("/api/notes").json() == [note]

    assert client.delete(f"/api/notes/{note['id']}").status_code == 204
    assert client.get("/api/notes").json() == []


def test_notes_outlive_the_server(client: TestClient) -> None:
    client.post("/api/notes", json={"text": "still here"})
    with TestClient(app) as restarted:
        assert [note["text"] for note in restarted.get("/api/notes").json()] == ["still here"]


@pytest.mark.parametrize("text", ["", "   ", "x" * 201])
def test_a_note_without_a_fitting_text_is_refused(client: TestClient, text: str) -> None:
    assert client.post("/api/notes", json={"text": text}).status_code == 422
    assert client.get("/api/notes").json() == []


def test_removing_what_is_not_there_is_not_found(client: TestClient) -> None:
    assert client.delete("/api/notes/7").status_code == 404
