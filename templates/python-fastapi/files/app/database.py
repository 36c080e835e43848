"""One SQLite file, and a connection to it for each request."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

PATH = Path("notes.db")


def connect() -> sqlite3.Connection:
    # Each statement is its own transaction; FastAPI may serve one request from two threads.
    connection = sqlite3.connect(PATH, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


def create_tables() -> None:
    with closing(connect()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")


def connection() -> Iterator[sqlite3.Connection]:
    """What a route asks for with `Depends(connection)`."""
    with closing(connect()) as opened:
        yield opened
