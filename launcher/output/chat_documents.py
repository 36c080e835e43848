"""The shapes of `--json` for conversations and changes; a key is never renamed or left out."""

from collections.abc import Sequence
from decimal import Decimal

from launcher.output.documents import Document
from templates.chat.context import ChatContext
from templates.chat.conversations import Conversation
from templates.chat.journal import Turn
from templates.chat.proposal import Proposal
from templates.edits.hunks import FileDiff, unified


def proposal_document(
    name: str, chat: str, proposal: Proposal, context: ChatContext, model: str, cost: Decimal | None, turn: Turn | None
) -> Document:
    """What `chat` answers; `turn` is None where nothing was written, `cost` (US dollars) where it is unknown."""
    return {
        "name": name,
        "chat": chat,
        "applied": turn is not None,
        "turn": turn.number if turn else None,
        "answer": proposal.answer,
        "files": [_file(one) for one in proposal.files],
        "failures": [{"path": one.path, "reason": one.reason} for one in proposal.failures],
        "inexact": [
            {"path": one.path, "how": one.rung, "difference": [list(pair) for pair in one.difference]}
            for one in proposal.inexact
        ],
        "commands": list(proposal.commands),
        "context": {
            "files": list(context.sent),
            "withheld": list(context.withheld),
            "tokens": context.tokens,
            "secrets_masked": context.masked,
        },
        "model": model,
        "cost": None if cost is None else float(cost),
    }


def _file(file: FileDiff) -> Document:
    return {
        "path": file.path,
        "kind": file.kind,
        "base": file.file.base,
        "diff": "\n".join(unified(file)) + "\n",
        "hunks": [{"start": one.start + 1, "before": one.before, "after": one.after} for one in file.hunks],
    }


def turn_document(name: str, turn: Turn) -> Document:
    """What `undo` and `redo` answer."""
    return {
        "name": name,
        "turn": turn.number,
        "instruction": turn.instruction,
        "undone": turn.undone,
        "files": [one.path for one in turn.files],
    }


def conversations_document(conversations: Sequence[Conversation]) -> list[Document]:
    return [
        {"chat": one.id, "title": one.title, "messages": len(one.messages), "last": one.last} for one in conversations
    ]
