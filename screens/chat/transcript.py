"""A conversation as it is read: what was asked, what the model was shown, what it says, what came of it."""

from collections.abc import Callable
from datetime import datetime

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Collapsible, Markdown, Static

from screens.chat import presenter
from screens.chat.talk import Talk
from screens.widgets.words import Words


class Answer(Markdown):
    """Grows at its end. Links are not opened: the model wrote them."""

    def __init__(self, text: str) -> None:
        super().__init__(text, open_links=False)
        self._text = text
        self._drawn = len(text)
        self._drawing = False

    def grow(self, text: str) -> None:
        """The text from now on, which begins with what it was before."""
        self._text = text
        if not self._drawing and self._drawn < len(text):
            self._drawing = True
            self._draw()

    @work(exit_on_error=False)
    async def _draw(self) -> None:
        """One piece after the other; what arrives meanwhile is the next.

        Not by `Markdown.get_stream`: stopped while it draws, it begins with the last piece before that is done.
        """
        try:
            while self._drawn < len(self._text):
                piece, self._drawn = self._text[self._drawn :], len(self._text)
                await self.append(piece)
        finally:
            self._drawing = False


class TalkView(Vertical):
    """One turn."""

    DEFAULT_CSS = "TalkView { height: auto; }"

    def __init__(self, talk: Talk, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.talk = talk
        self._now = now
        self._answer = Answer(talk.text)
        self._shown_context = Static(classes="context-words")
        self._folded = Collapsible(self._shown_context, title="", collapsed=True)
        self._outcome = Words(classes="outcome")

    def compose(self) -> ComposeResult:
        yield Static(presenter.instruction(self.talk.instruction), classes="instruction")
        yield self._folded
        yield self._answer
        yield self._outcome

    def on_mount(self) -> None:
        self.show()

    def show(self) -> None:
        """The turn as it stands; what has arrived of the answer is shown as soon as the last of it is drawn."""
        context = self.talk.context
        self._folded.display = context is not None
        if context is not None and not self._folded.title:
            self._folded.title = presenter.context_title(context, self.talk)
            self._shown_context.update(presenter.context_words(context))
        self._answer.grow(self.talk.text)
        self._outcome.show(presenter.outcome(self.talk, self._now()))


class Transcript(VerticalScroll, can_focus=True):
    """Stays at its end while that is in view."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(id="transcript")
        self._now = now

    def on_mount(self) -> None:
        self.anchor()

    async def open(self, talks: list[Talk]) -> None:
        """Another conversation; an empty one says what can be asked."""
        await self.remove_children()
        views = [TalkView(talk, self._now) for talk in talks]
        await self.mount_all(views or [Static(presenter.EMPTY, classes="empty")])
        self.anchor()

    async def add(self, talk: Talk) -> None:
        await self.query(".empty").remove()
        await self.mount(TalkView(talk, self._now))
        self.anchor()

    def show(self, talk: Talk) -> None:
        """This turn as it stands now, where it is in this conversation."""
        if (view := self._view_of(talk)) is not None:
            view.show()

    async def remove_talk(self, talk: Talk) -> None:
        if (view := self._view_of(talk)) is not None:
            await view.remove()

    def _view_of(self, talk: Talk) -> TalkView | None:
        return next((one for one in self.query(TalkView) if one.talk is talk), None)

    async def say(self, words: Content) -> None:
        """Something between two turns, such as what was undone."""
        await self.mount(Static(words, classes="said"))
        self.anchor()
