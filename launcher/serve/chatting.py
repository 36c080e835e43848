"""One turn of a conversation, up to a proposal, told as it happens; and the writing of what was agreed to."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace

from launcher.experience import ExperienceFile
from launcher.output.chat_documents import proposal_document
from launcher.serve.ai import Ai
from launcher.serve.proposals import Proposals, Proposed
from launcher.serve.told import Told
from templates.chat.conversations import Conversation, new_id, read_conversation, save_message
from templates.chat.finish import show_in_editor
from templates.chat.history import exchanges, message_of
from templates.chat.journal import Turn, apply_turn
from templates.chat.proposal import Review
from templates.chat.propose import AskedAgain, ContextReady, propose
from templates.chat.propose import Proposed as ProposedEvent
from templates.edits.formats import choose_format
from templates.edits.parser import EditBegun, Prose
from templates.events import Event, Steps, stream_of
from templates.text import plain
from templates.workspace_files import WorkspaceFiles

Emit = Callable[[Event | Told], None]


def proposing(
    ai: Ai, files: WorkspaceFiles, proposals: Proposals, name: str, instruction: str, chat: str | None
) -> AsyncGenerator[Event | Told]:
    """The last event is `proposal`, with the id by which it can be applied; nothing is written before."""

    async def work(emit: Emit) -> None:
        async with ai.connect(name) as connected, Steps(emit).step("propose", f"Asking {connected.model.id}") as step:
            model = connected.model
            conversation = Conversation(new_id(), ()) if chat is None else await read_conversation(files, chat)
            history = exchanges(conversation)
            experience = ExperienceFile(ai.experience)
            known = await asyncio.to_thread(experience.of, model.id)
            style = choose_format(model.id, model.context, known)
            context = None
            async with aclosing(propose(files, model, instruction, style=style, history=history)) as events:
                async for event in events:
                    match event:
                        case ContextReady(context=context):
                            emit(Told("context", {"files": list(context.sent), "tokens": context.tokens}))
                        case Prose(text=text):
                            emit(Told("prose", {"text": text}, passing=True))
                        case EditBegun(path=path):
                            step.progress(f"writing {plain(path)}")
                        case AskedAgain():
                            step.progress("asking again: what it wrote does not fit the files")
                        case ProposedEvent(proposal=proposal) if context is not None:
                            await asyncio.to_thread(
                                experience.add, model.id, style, proposal.placed, proposal.misplaced
                            )
                            cost = connected.cost()
                            message = message_of(proposal, context, model.id, cost)
                            number = await save_message(files, conversation.id, message)
                            proposed = Proposed(name, conversation.id, proposal, message, number)
                            document = proposal_document(name, conversation.id, proposal, context, model.id, cost, None)
                            emit(Told("proposal", {"id": proposals.keep(proposed), **document}))
                        case _:
                            pass

    return stream_of(work)


async def apply(files: WorkspaceFiles, proposed: Proposed, hunks: Sequence[tuple[str, int]] | None) -> Turn | None:
    """Writes these hunks, or all, as one turn that can be undone; None where nothing is to be written.

    Raises FilesConflictError where a file has changed since.
    """
    proposal = proposed.proposal
    review = Review.all(proposal) if hunks is None else Review.none(proposal)
    for path, index in hunks or ():
        review = review.take(path, index)
    changes = review.changes()
    if not changes:
        return None
    turn = await apply_turn(files, changes, proposal.instruction, proposed.chat)
    await save_message(files, proposed.chat, replace(proposed.message, turn=turn.number), proposed.number)
    if places := review.places():
        await show_in_editor(files, *places[0])
    return turn
