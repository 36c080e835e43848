"""What is kept of a turn, and what a model is told of it in the turns that follow."""

from decimal import Decimal

from templates.chat.context import ChatContext
from templates.chat.conversations import Conversation, Message, now
from templates.chat.proposal import Proposal
from templates.chat.propose import Exchange

SENT = 5
"""Files that an earlier turn was shown and that count as used."""


def message_of(proposal: Proposal, shown: ChatContext, model: str, cost: Decimal | None) -> Message:
    """A turn that has got as far as its proposal; `cost` in US dollars, None where it is unknown."""
    return Message(
        proposal.instruction,
        proposal.answer,
        now(),
        model,
        None if cost is None else f"{cost:.6f}",
        shown.sent,
        tuple(file.path for file in proposal.files),
    )


def exchanges(conversation: Conversation) -> list[Exchange]:
    return [_exchange(message) for message in conversation.messages]


def _exchange(message: Message) -> Exchange:
    output = message.commands[-1].output if message.commands else ""
    used = tuple(dict.fromkeys((*message.files, *message.sent[:SENT])))
    return Exchange(message.instruction, message.answer, used, output)
