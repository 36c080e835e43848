"""A place whose work is still to be set up: what it will do, what is missing, and how to get there."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.base.place import PlaceScreen
from screens.words import pairs


class PreparedScreen(PlaceScreen):
    """A subclass says it in words: a title, one sentence, and the steps as (what, how)."""

    TITLE_WORDS: ClassVar[str]
    SENTENCE: ClassVar[str]
    MISSING: ClassVar[str]
    STEPS: ClassVar[tuple[tuple[str, str], ...]]

    def compose_body(self) -> ComposeResult:
        with Vertical(classes="centred"):
            yield Static(self.words(), classes="prepared")

    def words(self) -> Content:
        width = max((len(what) for what, _ in self.STEPS), default=0) + 3
        return Content("\n\n").join(
            [
                Content.styled(self.TITLE_WORDS, "bold"),
                Content(self.SENTENCE),
                Content.styled(self.MISSING, "$muted"),
                pairs([(what, Content.styled(how, "$accent")) for what, how in self.STEPS], width),
            ]
        )
