"""The application: its screen, its keys, and what they do."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Footer, Header, Input, SelectionList
from textual.widgets.selection_list import Selection

from app.store import Store, Task


class TodoApp(App[None]):
    TITLE = "{{ title }}"
    CSS_PATH = "main.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "focus('new')", "New"),
        Binding("delete", "remove", "Remove"),
        Binding("ctrl+q", "quit", "Quit"),
    ]

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def compose(self) -> ComposeResult:
        yield Header()
        yield Input(placeholder="What is to be done? Enter adds it.", id="new")
        yield SelectionList[str](id="tasks")
        yield Footer()

    def on_mount(self) -> None:
        self._show(self._store.read())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if text := event.value.strip():
            self._show([*self._tasks(), Task(text)])
            event.input.clear()

    def on_selection_list_selected_changed(self) -> None:
        self._store.write(self._tasks())

    def action_remove(self) -> None:
        tasks, at = self._tasks(), self._list.highlighted
        if at is not None:
            self._show(tasks[:at] + tasks[at + 1 :])

    @property
    def _list(self) -> SelectionList[str]:
        return self.query_one("#tasks", SelectionList)

    def _tasks(self) -> list[Task]:
        done = set(self._list.selected)
        return [Task(str(option.prompt), option.value in done) for option in self._list.options]

    def _show(self, tasks: list[Task]) -> None:
        self._list.clear_options()
        self._list.add_options([Selection(task.text, str(at), task.done) for at, task in enumerate(tasks)])
        self._store.write(tasks)
