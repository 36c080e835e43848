"""The application: its settings, and the parts that it is made of."""

import os
from pathlib import Path

from flask import Flask

from app import database, entries, logs


def create_app(database_path: Path | None = None) -> Flask:
    logs.configure("werkzeug")
    app = Flask(__name__, instance_relative_config=True)
    app.config["DATABASE"] = database_path or Path(app.instance_path) / "app.db"
    # Signs the messages that are shown after a redirect. Set a secret one where others can reach the app.
    app.secret_key = os.environ.get("SECRET_KEY", "only for development")
    database.prepare(app)
    app.register_blueprint(entries.pages)

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return app
