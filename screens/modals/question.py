"""A question with a few answers; Escape takes the last, which changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static


@dataclass(frozen=True, slots=True)
class Answer:
    """`key` is the one key that gives it."""

    id: str
    title: str
    key: str
    destructive: bool = False


class Choice(Static, can_focus=True):
    """One answer, to be clicked or taken with Enter."""

    DEFAULT_CSS = """
    Choice { width: auto; height: 1; padding: 0 2; margin-right: 2; background: $panel; color: $foreground; }
    Choice.-destructive { color: $error; }
    Choice:focus { background: $accent; color: $background; text-style: bold; }
    Choice.-destructive:focus { background: $error; color: $background; }
    """
    BINDINGS = [Binding("enter,space", "take", "Take", show=False)]

    class Taken(Message):
        """This is the answer."""

        def __init__(self, answer: str) -> None:
            super().__init__()
            self.answer = answer

    def __init__(self, answer: Answer) -> None:
        super().__init__(Content.assemble(answer.title, "  ", (answer.key, "bold")), id=answer.id)
        self.set_class(answer.destructive, "-destructive")
        self._answer = answer

    def action_take(self) -> None:
        self.post_message(self.Taken(self._answer.id))

    def on_click(self) -> None:
        self.action_take()


class Question(ModalScreen[str]):
    """Answers the id of the chosen answer."""

    CSS_PATH = "modal.tcss"
    BINDINGS = [
        Binding("escape", "leave", "Leave", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    def __init__(self, question: str, detail: str, answers: Sequence[Answer]) -> None:
        super().__init__()
        self._question = question
        self._detail = detail
        self._answers = tuple(answers)
        for answer in self._answers:
            self._bindings.bind(answer.key, f"answer('{answer.id}')", answer.title, show=False)

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(Content.styled(self._question, "bold"))
            if self._detail:
                yield Static(Content.assemble("\n", (self._detail, "$muted")))
            with Horizontal(classes="buttons"):
                for answer in self._answers:
                    yield Choice(answer)

    def on_mount(self) -> None:
        self.query_one(f"#{self._answers[-1].id}").focus()

    @on(Choice.Taken)
    def _taken(self, event: Choice.Taken) -> None:
        self.dismiss(event.answer)

    def action_answer(self, answer: str) -> None:
        self.dismiss(answer)

    def action_leave(self) -> None:
        self.dismiss(self._answers[-1].id)


def confirmation(question: str, detail: str, yes: str) -> Question:
    """A question whose `yes` cannot be taken back; the focus is on no."""
    return Question(question, detail, (Answer("yes", yes, "y", destructive=True), Answer("no", "Leave it", "n")))
