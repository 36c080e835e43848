from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import database
from api.main import app


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The API with a database of its own for each test."""
    monkeypatch.setattr(database, "PATH", tmp_path / "test.db")
    with TestClient(app) as client:
        yield client


def test_health(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok"}


def test_a_task_is_added_done_and_removed(client: TestClient) -> None:
    added = client.post("/api/tasks", json={"text": " tea "})
    assert (added.status_code, added.json()) == (201, {"id": 1, "text": "tea", "done": False})
    assert client.patch("/api/tasks/1", json={"done": True}).json()["done"] is True
    assert client.get("/api/tasks").json() == [{"id": 1, "text": "tea", "done": True}]
    assert client.delete("/api/tasks/1").status_code == 200
    assert client.get("/api/tasks").json() == []


def test_what_is_done_comes_last(client: TestClient) -> None:
    for text in ("tea", "milk"):
        client.post("/api/tasks", json={"text": text})
    client.patch("/api/tasks/1", json={"done": True})
    assert [task["text"] for task in client.get("/api/tasks").json()] == ["milk", "tea"]


@pytest.mark.parametrize("text", ["", "   ", "x" * 201])
def test_a_task_without_a_fitting_text_is_refused(client: TestClient, text: str) -> None:
    assert client.post("/api/tasks", json={"text": text}).status_code == 422


def test_what_is_not_there_is_not_found(client: TestClient) -> None:
    assert client.patch("/api/tasks/7", json={"done": True}).status_code == 404
    assert client.delete("/api/tasks/7").status_code == 404
