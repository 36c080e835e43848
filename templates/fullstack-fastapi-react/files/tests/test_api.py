import os
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine, StaticPool, create_engine, text
from sqlalchemy.orm import Session

from api import database
from api.main import app


def engine() -> Engine:
    """The same database as the API's; a SQLite in memory stands for the one in a file."""
    if database.engine.dialect.name == "postgresql":
        return database.engine
    return create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A connection to tables of its own for each test, of which nothing is left."""
    with engine().connect() as opened:
        if opened.dialect.name == "postgresql":
            opened.execute(text("CREATE SCHEMA test"))
            opened.execute(text("SET LOCAL search_path TO test"))
        database.Base.metadata.create_all(opened)
        yield opened
        opened.rollback()


@pytest.fixture
def client(connection: Connection) -> Iterator[TestClient]:
    def session() -> Iterator[Session]:
        with Session(connection, join_transaction_mode="create_savepoint") as opened, opened.begin():
            yield opened

    app.dependency_overrides[database.session] = session
    yield TestClient(app)
    app.dependency_overrides.clear()


def test_the_database_is_the_one_that_is_there(client: TestClient) -> None:
    expected = "postgresql" if "DATABASE_URL" in os.environ else "sqlite"
    assert client.get("/health").json() == {"status": "ok", "database": expected}


def test_a_task_is_added_done_and_removed(client: TestClient) -> None:
    added = client.post("/api/tasks", json={"text": " tea "})
    assert (added.status_code, added.json()) == (201, {"id": 1, "text": "tea", "done": False})
    assert client.patch("/api/tasks/1", json={"done": True}).json()["done"] is True
    assert client.get("/api/tasks").json() == [{"id": 1, "text": "tea", "done": True}]
    assert client.delete("/api/tasks/1").status_code == 200
    assert client.get("/api/tasks").json() == []


def test_what_is_done_comes_last(client: TestClient) -> None:
    for task in ("tea", "milk"):
        client.post("/api/tasks", json={"text": task})
    client.patch("/api/tasks/1", json={"done": True})
    assert [task["text"] for task in client.get("/api/tasks").json()] == ["milk", "tea"]


@pytest.mark.parametrize("wrong", ["", "   ", "x" * 201])
def test_a_task_without_a_fitting_text_is_refused(client: TestClient, wrong: str) -> None:
    assert client.post("/api/tasks", json={"text": wrong}).status_code == 422


def test_what_is_not_there_is_not_found(client: TestClient) -> None:
    assert client.patch("/api/tasks/7", json={"done": True}).status_code == 404
    assert client.delete("/api/tasks/7").status_code == 404
