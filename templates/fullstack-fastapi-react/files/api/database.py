"""One SQLite file, and a connection to it for each request."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

PATH = Path(os.environ.get("DATABASE", "tasks.db"))
SCHEMA = """
CREATE TABLE IF NOT EXISTS tasks (id INTEGER PRIMARY KEY, text TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0)
"""


def connect() -> sqlite3.Connection:
    # Each statement is its own transaction; FastAPI may serve one request from two threads.
    connection = sqlite3.connect(PATH, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


def create_tables() -> None:
    with closing(connect()) as connection:
        connection.execute(SCHEMA)


def connection() -> Iterator[sqlite3.Connection]:
    """What a route asks for with `Depends(connection)`."""
    with closing(connect()) as opened:
        yield opened
