"""A conversation as it is read: what was asked, what the model was shown, what it says, what came of it."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Collapsible, Markdown, Static

from screens.chat import presenter
from screens.chat.session import Talk, condensed
from screens.widgets.words import Words

if TYPE_CHECKING:
    from textual.widgets.markdown import MarkdownStream


class Answer(Markdown):
    """Links are not opened: the model wrote them."""

    def __init__(self, text: str) -> None:
        super().__init__(text, open_links=False)


class TalkView(Vertical):
    """One turn."""

    DEFAULT_CSS = "TalkView { height: auto; }"

    def __init__(self, talk: Talk) -> None:
        super().__init__()
        self.talk = talk
        self._answer = Answer(condensed(talk.text))
        self._stream: MarkdownStream | None = None
        self._shown = len(talk.text)
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

    def show(self, doing: str = "") -> None:
        """The turn as it stands; `doing` is what the model does now."""
        context = self.talk.context
        self._folded.display = context is not None
        if context is not None and not self._folded.title:
            self._folded.title = presenter.context_title(context, self.talk)
            self._shown_context.update(presenter.context_words(context))
        self._outcome.show(presenter.outcome(self.talk, doing))

    async def grow(self) -> None:
        """What has arrived since is shown, as soon as the last of it is drawn."""
        if self._stream is None:
            self._stream = Markdown.get_stream(self._answer)
        text, self._shown = self.talk.text[self._shown :], len(self.talk.text)
        await self._stream.write(condensed(text))

    async def end(self) -> None:
        """Nothing more arrives."""
        if self._stream is not None:
            await self._stream.stop()
            self._stream = None


class Transcript(VerticalScroll, can_focus=True):
    """Stays at its end while that is in view."""

    def on_mount(self) -> None:
        self.anchor()

    async def open(self, talks: list[Talk]) -> None:
        """Another conversation; an empty one says what can be asked."""
        await self.remove_children()
        await self.mount_all([TalkView(talk) for talk in talks] or [Static(presenter.EMPTY, classes="empty")])
        self.anchor()

    async def add(self, talk: Talk) -> TalkView:
        await self.query(".empty").remove()
        view = TalkView(talk)
        await self.mount(view)
        self.anchor()
        return view

    def view_of(self, talk: Talk) -> TalkView | None:
        return next((one for one in self.query(TalkView) if one.talk is talk), None)

    async def say(self, words: Content) -> None:
        """Something between two turns, such as what was undone."""
        await self.mount(Static(words, classes="said"))
        self.anchor()
