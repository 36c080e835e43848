"""One turn of a conversation as it stands on the screen, and how it moves on."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from templates.chat.context import ChatContext
from templates.chat.conversations import CommandRun, Message
from templates.chat.proposal import Proposal, Review
from templates.chat.propose import AskedAgain, ChatEvent, ContextReady, Proposed
from templates.chat.prose import condensed
from templates.edits.parser import AnswerParser, EditBegun, Prose
from templates.text import plain


@dataclass(frozen=True, slots=True)
class Doing:
    """What goes on in a turn now, and since when."""

    words: str
    since: datetime


@dataclass
class Talk:
    """`text` is what was said until now, condensed; `number` its place in the kept conversation.

    `estimate` and `cost` are in US dollars, None where they are unknown; `written` is the turn's number in the journal;
    `printed` is what the command that runs has printed.
    """

    instruction: str
    text: str = ""
    model: str = ""
    doing: Doing | None = None
    context: ChatContext | None = None
    estimate: Decimal | None = None
    cost: Decimal | None = Decimal(0)
    proposal: Proposal | None = None
    review: Review | None = None
    message: Message | None = None
    number: int | None = None
    written: int | None = None
    undone: bool = False
    broken_off: bool = False
    files: tuple[str, ...] = ()
    commands: list[str] = field(default_factory=list[str])
    ran: list[CommandRun] = field(default_factory=list[CommandRun])
    printed: str = ""

    @property
    def reviewable(self) -> bool:
        """Whether there are changes that can still be taken."""
        return self.written is None and self.proposal is not None and bool(self.proposal.files)


def kept(message: Message, undone: Collection[int]) -> Talk:
    """A turn of a conversation that goes on; `undone` are the numbers of the changes that were taken back."""
    parser = AnswerParser("blocks")
    pieces = [*parser.feed(message.answer), *parser.end()]
    prose = "".join(piece.text for piece in pieces if isinstance(piece, Prose))
    return Talk(
        message.instruction,
        condensed(prose),
        message.model,
        cost=Decimal(message.cost) if message.cost else None,
        written=message.turn,
        undone=message.turn in undone,
        files=message.files,
        ran=list(message.commands),
    )


def doing_after(event: ChatEvent, model: str) -> str | None:
    """What the model does once this has arrived; None where that stays as it is."""
    match event:
        case ContextReady():
            return f"Asking {plain(model)}"
        case EditBegun(path=path):
            return f"Writing {plain(path)}"
        case AskedAgain():
            return "Asking again: what it wrote does not fit the files"
        case Proposed():
            return "Keeping the conversation"
        case _:
            return None
