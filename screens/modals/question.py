"""A question with a few answers; Escape takes the last, which changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static


@dataclass(frozen=True, slots=True)
class Answer:
    """`key` is the one key that gives it."""

    id: str
    title: str
    key: str
    kind: Literal["default", "error", "primary"] = "default"


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
                    label = Content.assemble(answer.title, " ", (answer.key, "bold"))
                    yield Button(label, variant=answer.kind, id=answer.id, flat=True)

    def on_mount(self) -> None:
        self.query_one(f"#{self._answers[-1].id}").focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id)

    def action_answer(self, answer: str) -> None:
        self.dismiss(answer)

    def action_leave(self) -> None:
        self.dismiss(self._answers[-1].id)


def confirmation(question: str, detail: str, yes: str) -> Question:
    """A question whose `yes` cannot be taken back; the focus is on no."""
    return Question(question, detail, (Answer("yes", yes, "y", "error"), Answer("no", "Leave it", "n")))
