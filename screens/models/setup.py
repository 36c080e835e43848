"""Where no model can be asked: what is missing, and the ways to set one up."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message

from screens.modals.question import Answer, Choice
from screens.models.access import ModelState
from screens.widgets.words import Words
from templates.text import plain

WAYS = (
    Answer("sign_in", "Sign in to OpenRouter", "s"),
    Answer("key", "Enter a key", "k"),
    Answer("models", "A model of my own, or another server", "m"),
)


def setup_words(title: str, sentence: str, state: ModelState) -> Content:
    """What the place does, and why it cannot now."""
    obstacle = state.obstacle
    why = obstacle.title + "." if obstacle else ""
    where = f"{plain(state.profile.model) or 'A model'} at {plain(state.profile.url)} is to be asked. "
    return Content("\n\n").join(
        [
            Content.styled(title, "bold"),
            Content(sentence),
            Content.assemble((where, "$muted"), (why, "$warning")),
            Content.styled("Any of these sets one up; each takes a minute and can be changed later.", "$muted"),
        ]
    )


class ModelSetup(Vertical):
    """Posts what was chosen; its screen has `action_sign_in`, `action_key` and `action_models` for the same."""

    DEFAULT_CSS = """
    ModelSetup { align: center middle; height: 1fr; }
    ModelSetup > Words { width: 78; max-width: 94%; height: auto; }
    ModelSetup > Horizontal { width: 78; max-width: 94%; height: auto; margin-top: 1; layout: vertical; }
    ModelSetup Choice { margin-top: 1; }
    """

    class Wanted(Message):
        """One of the ways, by the name of the screen's action."""

        def __init__(self, way: str) -> None:
            super().__init__()
            self.way = way

    def __init__(self) -> None:
        super().__init__(id="setup")
        self._words = Words()

    def compose(self) -> ComposeResult:
        yield self._words
        with Horizontal():
            for way in WAYS:
                yield Choice(way)

    def show(self, title: str, sentence: str, state: ModelState) -> None:
        self._words.show(setup_words(title, sentence, state))

    def focus_first(self) -> None:
        self.query(Choice).first().focus()

    def on_choice_taken(self, event: Choice.Taken) -> None:
        event.stop()
        self.post_message(self.Wanted(event.answer))
