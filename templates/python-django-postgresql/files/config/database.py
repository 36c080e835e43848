"""The database: the PostgreSQL that DATABASE_URL names, or a SQLite file where there is none."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


def database(file: Path) -> dict[str, Any]:
    """What Django's `DATABASES` says of it; `file` is for SQLite."""
    url = urlsplit(os.environ["DATABASE_URL"]) if "DATABASE_URL" in os.environ else None
    if url is None:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": file}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.removeprefix("/"),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,  # one that broke while the database was started anew is replaced
    }
