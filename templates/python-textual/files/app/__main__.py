"""`python -m app` starts it."""

from pathlib import Path

from app.main import TodoApp
from app.store import Store

TodoApp(Store(Path("tasks.json"))).run()
