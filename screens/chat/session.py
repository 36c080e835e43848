"""The conversation with one workspace: its turns, what they propose, what was written and undone."""

import re
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from cluster.files import EngineFiles
from screens.opening import holder
from screens.shared import Shared
from templates.chat.context import ChatContext
from templates.chat.conversations import (
    CommandRun,
    Conversation,
    Message,
    delete_conversation,
    new_id,
    now,
    read_conversations,
    save_message,
)
from templates.chat.finish import commit, show_in_editor
from templates.chat.journal import Turn, apply_turn, redo, undo
from templates.chat.proposal import Proposal, Review
from templates.chat.propose import ChatEvent, ContextReady, Exchange, Proposed, propose
from templates.edits.formats import choose_format
from templates.edits.parser import AnswerParser, Prose
from templates.models.model import ChatMessage

if TYPE_CHECKING:
    from templates.models.metered import MeteredModel
    from templates.workspace_files import WorkspaceFiles

SENT = 5
"""Files that an earlier turn was shown and that count as used."""
USUAL_ANSWER = 1500
"""Tokens of an answer, for the estimate of its cost."""
COMMAND_SECONDS = 600
OUTPUT = 8000
"""Characters at the end of a command's output that are kept."""


@dataclass
class Talk:
    """One turn as it stands: `text` is what was said until now, `number` its place in the kept conversation.

    `estimate` and `cost` are in US dollars, None where they are unknown; `written` is the turn's number in the journal.
    """

    instruction: str
    text: str = ""
    model: str = ""
    context: ChatContext | None = None
    estimate: Decimal | None = None
    cost: Decimal | None = Decimal(0)
    proposal: Proposal | None = None
    review: Review | None = None
    message: Message | None = None
    number: int | None = None
    written: int | None = None
    files: tuple[str, ...] = ()
    commands: list[str] = field(default_factory=list[str])
    ran: list[CommandRun] = field(default_factory=list[CommandRun])


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
        self.resume(conversations[0] if conversations else Conversation(new_id(), ()))
        self.paths = tuple(one.path for one in (await files.list()).files)

    def resume(self, conversation: Conversation) -> None:
        self._chat = conversation.id
        self._messages = conversation.messages
        self.talks = [_kept(message) for message in conversation.messages]

    def new(self) -> None:
        """Another conversation; this one is kept."""
        self.resume(Conversation(new_id(), ()))

    @property
    def conversation(self) -> Conversation:
        return Conversation(self._chat, self._messages)

    async def conversations(self) -> tuple[Conversation, ...]:
        return await read_conversations(await self._files())

    async def delete(self) -> None:
        """Deletes this conversation; what its turns have changed can still be undone."""
        if self._messages:
            await delete_conversation(await self._files(), self._chat)
        self.new()

    async def ask(self, talk: Talk) -> AsyncGenerator[ChatEvent]:
        """One turn up to its proposal, told as it happens; nothing is written."""
        models, files = self._shared.services.models, await self._files()
        async with models.connect(self.workspace, lambda _: None) as model:
            talk.model = model.id
            style = choose_format(model.id, model.context, await models.experience(model.id))
            history = [_exchange(one) for one in self._messages]
            events = propose(files, model, talk.instruction, style=style, history=history)
            async with aclosing(events):
                async for event in events:
                    _take(talk, event, model)
                    if isinstance(event, Proposed):
                        proposal = event.proposal
                        await models.learn(model.id, style, proposal.placed, proposal.misplaced)
                        talk.message = _message(talk, proposal)
                        talk.number = await save_message(files, self._chat, talk.message)
                        self._messages = (*self._messages, talk.message)
                    yield event

    async def apply(self, talk: Talk, review: Review) -> Turn | None:
        """Writes what was taken, as one turn that can be undone. Raises FilesConflictError, and writes nothing then."""
        changes = review.changes()
        if not changes:
            return None
        files = await self._files()
        turn = await apply_turn(files, changes, talk.instruction, self._chat)
        talk.written, talk.files = turn.number, tuple(one.path for one in turn.files)
        await self._save(talk, turn=turn.number)
        await self._commit(files, turn, talk.instruction)
        if places := review.places():
            await show_in_editor(files, *places[0])
        return turn

    async def undo(self) -> Turn:
        """Takes the last change back; refused where a file was edited since."""
        files = await self._files()
        turn = await undo(files)
        await self._commit(files, turn, f"Undone: {turn.instruction}")
        return turn

    async def redo(self) -> Turn:
        """Makes the change again that was undone."""
        files = await self._files()
        turn = await redo(files)
        await self._commit(files, turn, f"Done again: {turn.instruction}")
        return turn

    async def run(self, talk: Talk, command: str, show: Callable[[str], None]) -> CommandRun:
        """A command that the person has agreed to, inside the workspace."""
        ran = await (await self._files()).run(command, seconds=COMMAND_SECONDS, show=show)
        talk.ran.append(CommandRun(command, ran.exit_code, ran.output[-OUTPUT:]))
        talk.commands.remove(command)
        await self._save(talk, commands=tuple(talk.ran))
        return talk.ran[-1]

    async def _save(self, talk: Talk, **changes: object) -> None:
        if talk.message is None or talk.number is None:
            return
        before = talk.message
        talk.message = replace(before, **changes)  # pyright: ignore[reportArgumentType]
        self._messages = tuple(talk.message if one is before else one for one in self._messages)
        await save_message(await self._files(), self._chat, talk.message, talk.number)

    async def _commit(self, files: "WorkspaceFiles", turn: Turn, message: str) -> None:
        if self._shared.services.models.commits:
            await commit(files, [one.path for one in turn.files], message)

    async def _files(self) -> EngineFiles:
        """Asked of the engine each time: the workspace may have been stopped or deleted meanwhile."""
        return EngineFiles(await holder(await self._shared.engines.get(), self.workspace), self.workspace)


def condensed(text: str) -> str:
    """What a model says, without what could steer the terminal and the gaps that edits leave."""
    shown = "".join(char if char.isprintable() or char in "\n\t" else " " for char in text)
    return re.sub(r"\n{3,}", "\n\n", shown)


def _take(talk: Talk, event: ChatEvent, model: "MeteredModel") -> None:
    talk.cost = model.spending.cost
    match event:
        case ContextReady(context=context):
            talk.context = context
            talk.estimate = model.estimate([ChatMessage("user", context.text)], USUAL_ANSWER)
        case Prose(text=text):
            talk.text += text
        case Proposed(proposal=proposal):
            talk.proposal, talk.review = proposal, Review.none(proposal)
            talk.commands = list(proposal.commands)
        case _:
            pass


def _message(talk: Talk, proposal: Proposal) -> Message:
    cost = None if talk.cost is None else f"{talk.cost:.6f}"
    sent = talk.context.sent if talk.context else ()
    paths = tuple(file.path for file in proposal.files)
    return Message(proposal.instruction, proposal.answer, now(), talk.model, cost, sent, paths)


def _kept(message: Message) -> Talk:
    """A turn of a conversation that goes on."""
    parser = AnswerParser("blocks")
    pieces = [*parser.feed(message.answer), *parser.end()]
    prose = "".join(piece.text for piece in pieces if isinstance(piece, Prose))
    return Talk(
        message.instruction,
        prose,
        message.model,
        cost=Decimal(message.cost) if message.cost else None,
        written=message.turn,
        files=message.files,
        ran=list(message.commands),
    )


def _exchange(message: Message) -> Exchange:
    output = message.commands[-1].output if message.commands else ""
    used = tuple(dict.fromkeys((*message.files, *message.sent[:SENT])))
    return Exchange(message.instruction, message.answer, used, output)
