"""The conversation with one workspace: its turns, what they propose, what was written and undone."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from cluster.files import EngineFiles
from screens.chat.talk import Talk, kept
from screens.opening import holder
from screens.shared import Shared
from templates.chat.conversations import (
    OUTPUT,
    CommandRun,
    Conversation,
    Message,
    delete_conversation,
    new_id,
    read_conversations,
    save_message,
)
from templates.chat.finish import commit, show_in_editor
from templates.chat.history import exchanges, message_of
from templates.chat.journal import Turn, apply_turn, read_turns, redo, undo
from templates.chat.proposal import Review
from templates.chat.propose import ChatEvent, ContextReady, Proposed, propose
from templates.chat.prose import ProseFlow
from templates.edits.formats import choose_format
from templates.edits.parser import Prose
from templates.models.model import ChatMessage

if TYPE_CHECKING:
    from templates.models.metered import MeteredModel

USUAL_ANSWER = 1500
"""Tokens of an answer, for the estimate of its cost."""
COMMAND_SECONDS = 600


class ChatSession:
    """One workspace's conversation; what it raises is what the workspace and the model raise."""

    def __init__(self, shared: Shared, workspace: str) -> None:
        self.workspace = workspace
        self.talks: list[Talk] = []
        self.paths: tuple[str, ...] = ()
        self._shared = shared
        self._chat = new_id()
        self._messages: tuple[Message, ...] = ()

    async def open(self) -> None:
        """Goes on with the last conversation of the workspace."""
        files = await self._files()
        conversations = await read_conversations(files)
        await self.resume(conversations[0] if conversations else Conversation(new_id(), ()))
        self.paths = tuple(one.path for one in (await files.list()).files)

    async def resume(self, conversation: Conversation) -> None:
        """Goes on with this one."""
        turns = await read_turns(await self._files()) if conversation.messages else ()
        self._put(conversation, frozenset(turn.number for turn in turns if turn.undone))

    def new(self) -> None:
        """Another conversation; this one is kept."""
        self._put(Conversation(new_id(), ()))

    def _put(self, conversation: Conversation, undone: frozenset[int] = frozenset()) -> None:
        self._chat = conversation.id
        self._messages = conversation.messages
        self.talks = [kept(message, undone) for message in conversation.messages]

    @property
    def conversation(self) -> Conversation:
        return Conversation(self._chat, self._messages)

    @property
    def last(self) -> Talk | None:
        return self.talks[-1] if self.talks else None

    async def conversations(self) -> tuple[Conversation, ...]:
        return await read_conversations(await self._files())

    async def delete(self) -> None:
        """Deletes this conversation; what its turns have changed can still be undone."""
        if self._messages:
            await delete_conversation(await self._files(), self._chat)
        self.new()

    async def ask(self, talk: Talk, notice: Callable[[str], object]) -> AsyncGenerator[ChatEvent]:
        """One turn up to its proposal, told as it happens; nothing is written. `notice` is told what is waited for."""
        models, files, prose = self._shared.services.models, await self._files(), ProseFlow()
        async with models.connect(self.workspace, notice) as model:
            talk.model = model.id
            style = choose_format(model.id, model.context, await models.experience(model.id))
            events = propose(files, model, talk.instruction, style=style, history=exchanges(self.conversation))
            async with aclosing(events):
                async for event in events:
                    talk.cost = model.spending.cost
                    match event:
                        case ContextReady(context=context):
                            talk.context = context
                            talk.estimate = model.estimate([ChatMessage("user", context.text)], USUAL_ANSWER)
                        case Prose(text=text):
                            talk.text += prose.feed(text)
                        case Proposed(proposal=proposal):
                            await models.learn(model.id, style, proposal.placed, proposal.misplaced)
                            await self._keep(talk, event, model)
                        case _:
                            pass
                    yield event

    async def _keep(self, talk: Talk, event: Proposed, model: "MeteredModel") -> None:
        """The turn is part of the conversation from now on, and can be reviewed."""
        assert talk.context is not None, "the context comes before the proposal"
        message = message_of(event.proposal, talk.context, model.id, model.spending.cost)
        talk.number = await save_message(await self._files(), self._chat, message)
        self._messages = (*self._messages, message)
        talk.message = message
        talk.proposal, talk.review = event.proposal, Review.none(event.proposal)
        talk.commands = list(event.proposal.commands)

    async def apply(self, talk: Talk, review: Review) -> None:
        """Writes what was taken, as one turn that can be undone. Raises FilesConflictError, and writes nothing then."""
        files = await self._files()
        turn = await apply_turn(files, review.changes(), talk.instruction, self._chat)
        talk.written, talk.files = turn.number, tuple(one.path for one in turn.files)
        if talk.message is not None:
            await self._amend(talk, replace(talk.message, turn=turn.number))
        await self._commit(files, turn, talk.instruction)
        if places := review.places():
            await show_in_editor(files, *places[0])

    async def undo(self) -> Turn:
        """Takes the last change back; refused where a file was edited since."""
        files = await self._files()
        return await self._switched(files, await undo(files), "Undone")

    async def redo(self) -> Turn:
        """Makes the change again that was undone."""
        files = await self._files()
        return await self._switched(files, await redo(files), "Done again")

    async def _switched(self, files: EngineFiles, turn: Turn, word: str) -> Turn:
        for talk in self.talks:
            if talk.written == turn.number:
                talk.undone = turn.undone
        await self._commit(files, turn, f"{word}: {turn.instruction}")
        return turn

    async def run(self, talk: Talk, command: str, show: Callable[[str], None]) -> None:
        """A command that the person has agreed to, inside the workspace."""
        ran = await (await self._files()).run(command, seconds=COMMAND_SECONDS, show=show)
        talk.ran.append(CommandRun(command, ran.exit_code, ran.output[-OUTPUT:]))
        talk.commands.remove(command)
        if talk.message is not None:
            await self._amend(talk, replace(talk.message, commands=tuple(talk.ran)))

    async def _amend(self, talk: Talk, message: Message) -> None:
        """What is kept of the turn is this from now on."""
        self._messages = tuple(message if one is talk.message else one for one in self._messages)
        talk.message = message
        await save_message(await self._files(), self._chat, message, talk.number)

    async def _commit(self, files: EngineFiles, turn: Turn, subject: str) -> None:
        if self._shared.services.models.commits:
            await commit(files, [one.path for one in turn.files], subject)

    async def _files(self) -> EngineFiles:
        """Asked of the engine each time: the workspace may have been stopped or deleted meanwhile."""
        return EngineFiles(await holder(await self._shared.engines.get(), self.workspace), self.workspace)
