from pathlib import Path

from app.store import Store, Task


def test_nothing_is_there_at_first(tmp_path: Path) -> None:
    assert Store(tmp_path / "tasks.json").read() == []


def test_what_is_written_is_read(tmp_path: Path) -> None:
    store = Store(tmp_path / "tasks.json")
    tasks = [Task("tea"), Task("Käse", done=True)]
    store.write(tasks)
    assert store.read() == tasks
