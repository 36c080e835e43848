"""A conversation that goes on: its turns, the field for the next, and what is under way: one thing at a time."""

import asyncio
from contextlib import aclosing

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.worker import Worker

from screens.chat import presenter
from screens.chat.completion import command_of
from screens.chat.input import ChatInput
from screens.chat.session import ChatSession
from screens.chat.talk import Doing, Talk, doing_after
from screens.chat.transcript import Transcript
from screens.glyphs import GLYPHS
from screens.messages import Failed
from screens.shared import Shared
from screens.widgets.composer import Composer
from screens.widgets.words import Words
from templates.errors import VibeCodeError
from templates.text import plain

TICK = 1.0
"""Seconds between two looks at the clock while something is under way."""
PRINTED = 8000
"""Characters at the end of what a running command prints that are kept to be shown."""


class TalkPane(Vertical):
    """Of the workspace that was opened last; work that was begun in another goes on."""

    DEFAULT_CSS = "TalkPane { height: 1fr; }"

    class Command(Message):
        """A `/` word, and what follows it."""

        def __init__(self, name: str, rest: str) -> None:
            super().__init__()
            self.name = name
            self.rest = rest

    class Moved(Message):
        """This turn is further than it was."""

        def __init__(self, talk: Talk) -> None:
            super().__init__()
            self.talk = talk

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, TalkPane.Moved) and message.talk is self.talk

    class Ended(Message):
        """What was under way in a turn has ended."""

        def __init__(self, session: ChatSession, talk: Talk, error: VibeCodeError | None = None) -> None:
            super().__init__()
            self.session = session
            self.talk = talk
            self.error = error

    class Answered(Ended):
        """The model is done: it has proposed something, failed, or was stopped."""

    class Ran(Ended):
        """A command has ended, could not be run, or is no longer waited for."""

    def __init__(self, shared: Shared) -> None:
        super().__init__()
        self.session: ChatSession | None = None
        self._model = ""
        self._now = shared.services.now
        self._busy: Talk | None = None
        self._worker: Worker[None] | None = None
        self._transcript = Transcript(self._now)
        self._input = ChatInput()
        self._status = Words(id="status")

    def compose(self) -> ComposeResult:
        yield self._transcript
        yield self._input
        yield self._status

    def on_mount(self) -> None:
        self.set_interval(TICK, self._tick)

    def _tick(self) -> None:
        if self._busy is not None:
            self._transcript.show(self._busy)

    async def open(self, session: ChatSession) -> None:
        """This conversation from now on, with the cursor in the field."""
        self.session = session
        self._input.paths = session.paths
        self._show_history()
        await self._transcript.open(session.talks)
        self._show_status()
        self.take_focus()

    def take_focus(self) -> None:
        self._input.composer.focus()

    def name_model(self, model: str) -> None:
        """The model that is asked next."""
        self._model = model
        self._show_status()

    def submit(self) -> None:
        self._input.composer.submit()

    @property
    def last(self) -> Talk | None:
        return self.session.last if self.session is not None else None

    @property
    def busy(self) -> bool:
        """Whether a model is asked, or a command runs."""
        return self._busy is not None

    def _show_status(self) -> None:
        self._status.show(presenter.status(self._model, self.last))

    def _show_history(self) -> None:
        talks = self.session.talks if self.session is not None else []
        self._input.history = [one.instruction for one in talks]

    async def say(self, words: str) -> None:
        """What was done, between two turns."""
        await self._transcript.say(Content.assemble((f"{GLYPHS.done} ", "$success"), words))

    def refresh_talks(self) -> None:
        """Another change is written or undone than before."""
        for talk in self.session.talks if self.session is not None else ():
            self._transcript.show(talk)

    def free(self) -> bool:
        """Whether something new can begin; says what is in the way."""
        if self._busy is not None:
            self.notify("Something is still under way here; Escape stops it.", severity="warning")
        return self._busy is None

    # What is under way

    @on(Composer.Submitted, "#composer")
    async def _submitted(self, event: Composer.Submitted) -> None:
        if (command := command_of(event.text)) is not None:
            self._input.clear()
            self.post_message(self.Command(*command))
        elif self.free():
            self._input.clear()
            await self.ask(event.text)

    async def ask(self, instruction: str) -> None:
        """Begins a turn."""
        if (session := self.session) is None or not self.free():
            return
        talk = Talk(instruction)
        session.talks.append(talk)
        self._show_history()
        await self._transcript.add(talk)
        self._begin(talk, "Reading the project")
        self._worker = self._follow(session, talk)

    def run_command(self, session: ChatSession, talk: Talk, command: str) -> None:
        """Begins a command that the person has agreed to."""
        if self.free():
            talk.printed = ""
            self._begin(talk, f"Running {plain(command)}")
            self._worker = self._run(session, talk, command)

    def stop(self) -> bool:
        """Whether something was under way, which ends now."""
        if self._worker is None or self._busy is None:
            return False
        self._worker.cancel()
        return True

    def _begin(self, talk: Talk, words: str) -> None:
        self._busy = talk
        self._do(talk, words)
        self.screen.refresh_bindings()

    def _do(self, talk: Talk, words: str | None) -> None:
        """What goes on now, from now on; None where that stays as it is."""
        if words is not None:
            talk.doing = Doing(words, self._now())
        self.post_message(self.Moved(talk))

    @work(exclusive=True, group="turn", exit_on_error=False)
    async def _follow(self, session: ChatSession, talk: Talk) -> None:
        error: VibeCodeError | None = None
        try:
            async with aclosing(session.ask(talk, lambda words: self._do(talk, words))) as events:
                async for event in events:
                    self._do(talk, doing_after(event, talk.model))
        except VibeCodeError as raised:
            error = raised
        finally:
            self.post_message(self.Answered(session, talk, error))

    @work(exclusive=True, group="turn", exit_on_error=False)
    async def _run(self, session: ChatSession, talk: Talk, command: str) -> None:
        def printed(text: str) -> None:
            talk.printed = (talk.printed + text)[-PRINTED:]
            self._do(talk, None)

        error: VibeCodeError | None = None
        try:
            await session.run(talk, command, printed)
        except VibeCodeError as raised:
            error = raised
        except asyncio.CancelledError:
            self.notify("No longer waited for, and told to end.")
            raise
        finally:
            self.post_message(self.Ran(session, talk, error))

    @on(Moved)
    def _moved(self, event: Moved) -> None:
        self._transcript.show(event.talk)
        self._show_status()

    @on(Answered)
    async def _answered(self, event: Answered) -> None:
        talk = event.talk
        if talk.message is None:
            await self._retract(event.session, talk)
            if event.error is None:
                self.notify("Stopped; nothing is written.")
        self._end(talk, event.error)

    @on(Ran)
    def _ran(self, event: Ran) -> None:
        self._end(event.talk, event.error)

    def _end(self, talk: Talk, error: VibeCodeError | None) -> None:
        self._busy = talk.doing = None
        self._transcript.show(talk)
        self._show_status()
        self.screen.refresh_bindings()
        if error is not None:
            self.post_message(Failed(error))

    async def _retract(self, session: ChatSession, talk: Talk) -> None:
        """A turn that came to nothing: what has arrived can still be read, and its words are in the field again."""
        talk.broken_off = True
        if talk in session.talks:
            session.talks.remove(talk)
        if not talk.text:
            await self._transcript.remove_talk(talk)
        if session is self.session:
            self._show_history()
            self._input.give_back(talk.instruction)
