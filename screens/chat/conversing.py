"""What can be done with a conversation as a whole: begun, gone on with, undone and made again, exported, deleted."""

import asyncio
from collections.abc import Awaitable, Callable

from textual import on, work
from textual.message import Message

from screens.base.model_place import ModelPlace
from screens.chat.chats import ChatsScreen
from screens.chat.pane import TalkPane
from screens.chat.session import ChatSession
from screens.messages import Ask, Copy, Failed
from screens.shared import Shared
from templates.chat.conversations import Conversation, as_markdown
from templates.chat.journal import Turn
from templates.errors import VibeCodeError
from templates.text import plain

WHY = "Why does it not work? Look at the end of its log and at what happened to it, find the cause, and mend it."


class ConversingPlace(ModelPlace):
    """The actions behind the `/` words, each on the conversation that is open in the pane."""

    class Switched(Message):
        """A change was undone or made again; `word` says which."""

        def __init__(self, turn: Turn, word: str) -> None:
            super().__init__()
            self.turn = turn
            self.word = word

    class Replaced(Message):
        """The workspace's conversation is another."""

        def __init__(self, session: ChatSession) -> None:
            super().__init__()
            self.session = session

    class Found(Message):
        """The workspace's conversations, to choose one."""

        def __init__(self, session: ChatSession, conversations: tuple[Conversation, ...]) -> None:
            super().__init__()
            self.session = session
            self.conversations = conversations

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self.pane = TalkPane(shared)
        self._switching = asyncio.Lock()

    @on(TalkPane.Command)
    async def _command(self, event: TalkPane.Command) -> None:
        if event.name == "why":
            await self.pane.ask(event.rest or WHY)
        else:
            await self.run_action(event.name)

    def action_model(self) -> None:
        self.action_models()

    def action_undo(self) -> None:
        if (session := self.pane.session) is not None:
            self._change(session.undo, "Undone")

    def action_redo(self) -> None:
        if (session := self.pane.session) is not None:
            self._change(session.redo, "Done again")

    def _change(self, switch: Callable[[], Awaitable[Turn]], word: str) -> None:
        if self.pane.free():
            self._switch(switch, word)

    @work(exit_on_error=False)
    async def _switch(self, switch: Callable[[], Awaitable[Turn]], word: str) -> None:
        """One after the other."""
        try:
            async with self._switching:
                turn = await switch()
        except VibeCodeError as error:
            self.post_message(Failed(error))
        else:
            self.post_message(self.Switched(turn, word))

    @on(Switched)
    async def _switched(self, event: Switched) -> None:
        names = ", ".join(plain(one.path) for one in event.turn.files)
        self.pane.refresh_talks()
        await self.pane.say(f"{event.word}: {plain(event.turn.instruction)} ({names})")

    async def action_new(self) -> None:
        if (session := self.pane.session) is not None and self.pane.free():
            session.new()
            await self.pane.open(session)
            self.refresh_bindings()

    def action_export(self) -> None:
        if (session := self.pane.session) is not None:
            self.post_message(Copy(as_markdown(session.workspace, session.conversation), "The conversation"))

    def action_delete(self) -> None:
        if (session := self.pane.session) is not None and self.pane.free():

            def confirmed() -> None:
                self._replace(session, session.delete)

            detail = "What it has changed stays, and can still be undone."
            self.post_message(Ask("Delete this conversation?", detail, "Delete it", confirmed))

    @work(exclusive=True, group="conversations", exit_on_error=False)
    async def action_chats(self) -> None:
        if (session := self.pane.session) is None or not self.pane.free():
            return
        try:
            self.post_message(self.Found(session, await session.conversations()))
        except VibeCodeError as error:
            self.post_message(Failed(error))

    @on(Found)
    def _found(self, event: Found) -> None:
        session, conversations = event.session, event.conversations

        def answered(chat: str | None) -> None:
            found = next((one for one in conversations if one.id == chat), None)
            if found is not None:
                self._replace(session, lambda: session.resume(found))

        self.app.push_screen(ChatsScreen(conversations), answered)

    @work(exclusive=True, group="conversations", exit_on_error=False)
    async def _replace(self, session: ChatSession, replace: Callable[[], Awaitable[None]]) -> None:
        try:
            await replace()
        except VibeCodeError as error:
            self.post_message(Failed(error))
        else:
            self.post_message(self.Replaced(session))

    @on(Replaced)
    async def _replaced(self, event: Replaced) -> None:
        if event.session is self.pane.session:
            await self.pane.open(event.session)
            self.refresh_bindings()
