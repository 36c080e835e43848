"""One line to type, judged as it is typed: a key, which is not shown, or a server's address."""

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.glyphs import GLYPHS
from screens.models.access import ModelState
from screens.widgets.field import Field
from screens.words import keys, marked
from templates.errors import VibeCodeError
from templates.text import plain

LONGEST_KEY = 4096


class EntryScreen(ModalScreen[str]):
    """Answers what was typed, or None where it was left."""

    CSS_PATH = "entry.tcss"
    BINDINGS = [Binding("escape", "dismiss(None)", "Back", show=False)]

    def __init__(
        self, title: str, detail: str, judge: Callable[[str], str], *, hidden: bool = False, placeholder: str = ""
    ) -> None:
        """`judge` answers why something cannot be, as a sentence, or nothing."""
        super().__init__(classes="entry")
        self._title = title
        self._detail = detail
        self._judge = judge
        self._field = Field(longest=LONGEST_KEY, placeholder=placeholder, id="entry")
        self._field.password = hidden
        self._problem = Static(classes="problem")

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(Content.styled(self._title, "bold"))
            yield Static(marked(self._detail))
            yield self._field
            yield self._problem
            yield Static(keys((("enter", "takes it"), ("esc", "goes back"))), classes="keys")

    def on_mount(self) -> None:
        self._field.focus()

    @on(Field.Changed)
    def _changed(self) -> None:
        problem = self._judge(self._field.value.strip()) if self._field.value else ""
        self._problem.update(f"{GLYPHS.wrong} {problem}" if problem else "")

    @on(Field.Submitted)
    def _submitted(self) -> None:
        value = self._field.value.strip()
        if value and not self._judge(value):
            self.dismiss(value)


def key_problem(key: str) -> str:
    """Why this cannot be a key."""
    if not key.isascii() or not key.isprintable() or " " in key:
        return "A key has letters, digits and signs only, and no space."
    return ""


def url_problem(url: str) -> str:
    """Why this cannot be the address of a model's server."""
    from templates.models.server import base_url

    try:
        base_url(url)
    except VibeCodeError:
        return "An address looks like http://localhost:11434/v1; a key goes elsewhere."
    return ""


def key_entry(state: ModelState) -> EntryScreen:
    where = "It goes into this system's keyring." if state.keeps else _UNKEPT
    return EntryScreen(f"The key for {plain(state.profile.url)}", where, key_problem, hidden=True)


_UNKEPT = "There is no keyring here: it is kept for this run only. `export VIBECODE_AI_KEY=…` gives one to each run."


def server_entry() -> EntryScreen:
    detail = "Any server that speaks OpenAI's protocol: Ollama, llama.cpp, vLLM, LM Studio, or one in your network."
    return EntryScreen("The address of a model's server", detail, url_problem, placeholder="http://localhost:11434/v1")
