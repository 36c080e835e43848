from pathlib import Path

from textual.widgets import SelectionList

from app.main import TodoApp
from app.store import Store, Task


async def test_a_task_is_added_done_and_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "tasks.json")
    async with TodoApp(store).run_test() as pilot:
        await pilot.press(*"tea", "enter", *"milk", "enter")
        assert store.read() == [Task("tea"), Task("milk")]
        await pilot.press("tab", "down", "space")
        await pilot.pause()
        assert [task.done for task in store.read()].count(True) == 1

    async with TodoApp(store).run_test() as pilot:
        await pilot.pause()
        shown = pilot.app.query_one(SelectionList)
        assert [str(option.prompt) for option in shown.options] == ["tea", "milk"]
        assert len(shown.selected) == 1


async def test_a_task_is_removed(tmp_path: Path) -> None:
    store = Store(tmp_path / "tasks.json")
    store.write([Task("tea"), Task("milk")])
    async with TodoApp(store).run_test() as pilot:
        await pilot.press("tab", "home", "delete")
        await pilot.pause()
    assert store.read() == [Task("milk")]


async def test_an_empty_text_is_no_task(tmp_path: Path) -> None:
    store = Store(tmp_path / "tasks.json")
    async with TodoApp(store).run_test() as pilot:
        await pilot.press("space", "enter")
    assert store.read() == []
