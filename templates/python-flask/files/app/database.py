"""One SQLite file, and a connection to it for each request."""

import sqlite3
from pathlib import Path

from flask import Flask, current_app, g

SCHEMA = "CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, name TEXT NOT NULL, text TEXT NOT NULL)"


def connection() -> sqlite3.Connection:
    if "connection" not in g:
        # Each statement is its own transaction.
        g.connection = sqlite3.connect(current_app.config["DATABASE"], isolation_level=None)
        g.connection.row_factory = sqlite3.Row
    return g.connection


def _close(_: BaseException | None) -> None:
    if opened := g.pop("connection", None):
        opened.close()


def prepare(app: Flask) -> None:
    """Makes the table where it is not there, and closes each request's connection."""
    Path(app.config["DATABASE"]).parent.mkdir(parents=True, exist_ok=True)
    app.teardown_appcontext(_close)
    with app.app_context():
        connection().execute(SCHEMA)
