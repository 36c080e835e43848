"""A new value for one setting, judged as it is typed."""

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.glyphs import GLYPHS
from screens.settings.store import Setting, SettingsStore
from screens.widgets.choice_field import ChoiceField
from screens.widgets.field import Field
from screens.words import keys, marked


class EditSetting(ModalScreen[str]):
    """Answers what was written, or None where it was left."""

    CSS_PATH = "edit.tcss"
    BINDINGS = [
        Binding("escape", "dismiss(None)", "Back", show=False),
        Binding("enter", "save", "Save", show=False),
    ]

    def __init__(self, setting: Setting, store: SettingsStore) -> None:
        super().__init__()
        self._setting = setting
        self._store = store
        value = setting.value if setting.written is None else setting.written
        self._field: Field | ChoiceField
        if setting.choices:
            self._field = ChoiceField([(choice, choice) for choice in setting.choices], value)
        else:
            self._field = Field(value=value, placeholder="empty")
        self._problem = Static(classes="problem")

    def compose(self) -> ComposeResult:
        one = self._setting
        with Vertical(classes="box"):
            yield Static(Content.styled(one.name.replace("_", " "), "bold"))
            yield Static(marked(one.description), classes="description")
            yield self._field
            yield self._problem
            yield Static(Content.styled(self._where(self._store.file), "$muted"))
            yield Static(keys((("enter", "saves it"), ("esc", "goes back"))), classes="keys")

    def on_mount(self) -> None:
        self._field.focus()
        self._judge()

    @on(Field.Changed)
    @on(ChoiceField.Changed)
    def _judge(self) -> None:
        problem = self._store.problem(self._setting.name, self._field.value)
        wrong = Content.assemble(f"{GLYPHS.wrong} ", marked(problem))
        self._problem.set_class(bool(problem), "-wrong")
        self._problem.update(wrong if problem else marked(f"Allowed is {self._setting.allowed}."))

    @on(Field.Submitted)
    def action_save(self) -> None:
        if not self._store.problem(self._setting.name, self._field.value):
            self.dismiss(self._field.value)

    def _where(self, file: Path) -> str:
        if self._setting.source != "environment":
            return f"It is written into {file}; all else in it stays as it is."
        return f"It is written into {file}, and counts once {self._setting.variable} is not set any more."
