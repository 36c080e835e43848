import os
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine, StaticPool, create_engine, text
from sqlalchemy.orm import Session

from app import database
from app.main import app


def engine() -> Engine:
    """The same database as the application's; a SQLite in memory stands for the one in a file."""
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


DUNE = {"title": "Dune", "author": "Frank Herbert"}


def test_the_database_is_the_one_that_is_there(client: TestClient) -> None:
    expected = "postgresql" if "DATABASE_URL" in os.environ else "sqlite"
    assert client.get("/health").json() == {"status": "ok", "database": expected}


def test_the_page_is_served(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "<title>{{ title }}</title>" in answer.text


def test_a_book_is_added_listed_and_removed(client: TestClient) -> None:
    added = client.post("/api/books", json={"title": "  Dune ", "author": "Frank Herbert"})
    assert added.status_code == 201
    book = added.json()
    assert book == {"id": book["id"], **DUNE}
    assert client.get("/api/books").json() == [book]

    assert client.delete(f"/api/books/{book['id']}").status_code == 204
    assert client.get("/api/books").json() == []


def test_each_test_begins_without_books(client: TestClient) -> None:
    assert client.get("/api/books").json() == []


@pytest.mark.parametrize(("search", "found"), [("dun", ["Dune"]), ("HERBERT", ["Dune"]), ("%", []), ("", ["Dune"])])
def test_books_are_found_by_title_and_author(client: TestClient, search: str, found: list[str]) -> None:
    client.post("/api/books", json=DUNE)
    answer = client.get("/api/books", params={"search": search})
    assert [book["title"] for book in answer.json()] == found


@pytest.mark.parametrize("title", ["", "   ", "x" * 201])
def test_a_book_without_a_fitting_title_is_refused(client: TestClient, title: str) -> None:
    assert client.post("/api/books", json={**DUNE, "title": title}).status_code == 422
    assert client.get("/api/books").json() == []


def test_removing_what_is_not_there_is_not_found(client: TestClient) -> None:
    assert client.delete("/api/books/7").status_code == 404
