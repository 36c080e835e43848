"""From an instruction to a proposal: what the model is shown, its answer as it arrives, its edits placed."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from templates.chat.context import DEFAULT_WINDOW, ChatContext, gather_context
from templates.chat.errors import AnswerRepeatsError, AnswerWithheldError
from templates.chat.masking import Mask
from templates.chat.proposal import Proposal
from templates.edits.edit import DeleteFile, Edit, Malformed, SearchReplace, WholeFile
from templates.edits.formats import INSTRUCTIONS, EditFormat
from templates.edits.hunks import diff
from templates.edits.outcome import Failure, Outcome, place_edits
from templates.edits.parser import AnswerParser, CommandProposed, EditEnded, Piece
from templates.errors import UnsafePathError
from templates.generation.repetition import Repetition
from templates.models.model import ChatMessage, ChatModel, Finished
from templates.models.prices import tokens_of
from templates.paths import check_path
from templates.workspace_files import WorkspaceFiles

HISTORY = 0.2
"""The share of the window that earlier turns may take; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier turn of the conversation; `used` are the files that it was about."""

    instruction: str
    answer: str
    used: tuple[str, ...] = ()
    output: str = ""


@dataclass(frozen=True, slots=True)
class ContextReady:
    """What the model is shown, before it is asked."""

    context: ChatContext


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """Edits that have no place go back to the model, once."""

    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Proposed:
    """The end of a turn that went well; nothing follows it."""

    proposal: Proposal


ChatEvent = ContextReady | Piece | AskedAgain | Proposed


async def propose(
    files: WorkspaceFiles,
    model: ChatModel,
    instruction: str,
    *,
    style: EditFormat,
    history: Sequence[Exchange] = (),
) -> AsyncGenerator[ChatEvent]:
    """One turn, up to a proposal; nothing is written.

    Raises AnswerRepeatsError, AnswerWithheldError, and what the model and the workspace raise.
    """
    used = {path for one in history for path in one.used}
    output = history[-1].output if history else ""
    context = await gather_context(files, instruction, model.context, used=used, output=output)
    yield ContextReady(context)
    messages = _messages(context, instruction, style, history, model.context)
    first = _Answer(style)
    async with aclosing(first.pieces(model, messages)) as pieces:
        async for piece in pieces:
            yield piece
    edits = [_restored(one, context.mask) for one in first.edits]
    outcome = await _placed(files, edits)
    attempts, again = outcome, _answerable(outcome.failures)
    second = _Answer(style)
    if again:
        yield AskedAgain(again)
        messages = [
            *messages,
            ChatMessage("assistant", first.text),
            ChatMessage("user", _complaint(again, context.mask)),
        ]
        async with aclosing(second.pieces(model, messages)) as pieces:
            async for piece in pieces:
                yield piece
        failed = {id(one.edit) for one in again}
        kept = [one for one in edits if id(one) not in failed]
        outcome = await _placed(files, [*kept, *(_restored(one, context.mask) for one in second.edits)])
        if not second.edits:
            outcome = replace(outcome, failures=(*outcome.failures, *again))
    yield Proposed(
        Proposal(
            instruction,
            first.text if not again else f"{first.text}\n\n{second.text}",
            tuple(diff(file) for file in outcome.files),
            outcome.failures,
            outcome.inexact,
            tuple(dict.fromkeys((*first.commands, *second.commands))),
            placed=attempts.placed,
            misplaced=len(again),
        )
    )


class _Answer:
    """One answer of the model, parsed while it arrives."""

    def __init__(self, style: EditFormat) -> None:
        self._parser = AnswerParser(style)
        self._parts: list[str] = []
        self.edits: list[Edit | Malformed] = []
        self.commands: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._parts)

    async def pieces(self, model: ChatModel, messages: Sequence[ChatMessage]) -> AsyncGenerator[Piece]:
        repetition = Repetition()
        async with aclosing(model.answer(messages)) as deltas:
            async for delta in deltas:
                if isinstance(delta, Finished):
                    if delta.reason == "filtered":
                        raise AnswerWithheldError(f"{model.id} was not allowed to answer to the end.")
                    for piece in self._noted(self._parser.cut() if delta.reason == "length" else self._parser.end()):
                        yield piece
                    return
                self._parts.append(delta.text)
                if repetition.feed(delta.text):
                    raise AnswerRepeatsError(f"{model.id} wrote the same over and over.")
                for piece in self._noted(self._parser.feed(delta.text)):
                    yield piece

    def _noted(self, pieces: Iterator[Piece]) -> Iterator[Piece]:
        for piece in pieces:
            if isinstance(piece, EditEnded):
                self.edits.append(piece.edit)
            elif isinstance(piece, CommandProposed):
                self.commands.append(piece.command)
            yield piece


async def _placed(files: WorkspaceFiles, edits: Sequence[Edit | Malformed]) -> Outcome:
    """The edits in the files as they are now; paths that leave the project are not even read."""
    paths = dict.fromkeys(one.path for one in edits if _is_contained(one.path))
    return place_edits(await files.read(list(paths)), edits)


def _is_contained(path: str) -> bool:
    try:
        return check_path(path) == path
    except UnsafePathError:
        return False


def _answerable(failures: Sequence[Failure]) -> tuple[Failure, ...]:
    """What the model may mend; a path that leaves the project is refused for good."""
    return tuple(one for one in failures if _is_contained(one.path))


def _messages(
    context: ChatContext, instruction: str, style: EditFormat, history: Sequence[Exchange], window: int | None
) -> list[ChatMessage]:
    room = int(HISTORY * (window or DEFAULT_WINDOW))
    turns: list[ChatMessage] = []
    for one in reversed(history):
        room -= tokens_of(len(one.instruction) + len(one.answer))
        if room < 0:
            break
        turns = [ChatMessage("user", one.instruction), ChatMessage("assistant", one.answer), *turns]
    shown = f"The project as it is now:\n\n{context.text}\n\n## What is wanted\n{instruction}"
    return [ChatMessage("system", INSTRUCTIONS[style]), *turns, ChatMessage("user", shown)]


def _complaint(failures: Sequence[Failure], mask: Mask) -> str:
    parts = [
        "These edits could not be made; all the others were. Give only these again, corrected, in the same format."
    ]
    for one in failures:
        parts.append(f"{one.path}: {one.reason}.")
        if one.actual:
            lines = "\n".join(one.actual)
            parts.append(f"The file has these lines there, from line {one.first} on:\n````\n{mask.hide(lines)}\n````")
    return "\n\n".join(parts)


def _restored(edit: Edit | Malformed, mask: Mask) -> Edit | Malformed:
    """The edit with the secrets that its placeholders stand for."""
    match edit:
        case SearchReplace():
            body: list[str] = []
            dividers: list[int] = []
            for index, line in enumerate(edit.body):
                if index in edit.dividers:
                    dividers.append(len(body))
                body += mask.restore(line).split("\n")  # a key of several lines hides behind one placeholder
            return replace(edit, body=tuple(body), dividers=tuple(dividers))
        case WholeFile():
            return replace(
                edit, lines=tuple("\n".join(map(mask.restore, edit.lines)).split("\n")) if edit.lines else ()
            )
        case DeleteFile() | Malformed():
            return edit
