"""A model asked for files until all of them are whole: cut answers go on, missing files are asked for again, alone."""

from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

from templates.generation.draft import LIMITS, Draft, FileEvent, FileMissing
from templates.generation.errors import GenerationError, GenerationTooLargeError, RepetitionError
from templates.generation.parser import Parser
from templates.generation.prompts import go_on, still_missing
from templates.generation.repetition import WINDOW, Repetition
from templates.models.errors import ModeratedError, StreamCutError
from templates.models.model import ChatMessage, ChatModel, TextDelta

REQUESTS = 24
"""Requests for one set of files at most."""

REMINDERS = 2
"""How often the files that are missing are asked for."""

STALLS = 2
"""How many answers in a row may break off before a line of them is whole."""


@dataclass(frozen=True, slots=True)
class _Ended:
    """How one answer ended: what of it is whole, and what was said outside of files."""

    reason: Literal["stop", "length", "filtered", "repeats"]
    said: str
    talk: str
    fenced: bool = False
    error: StreamCutError | RepetitionError | None = None


async def write_files(
    model: ChatModel, messages: Sequence[ChatMessage], wanted: Collection[str], draft: Draft
) -> AsyncGenerator[FileEvent]:
    """Asks until the draft has every file in `wanted`, or the model will not; yields what happens to each file.

    Raises GenerationError where not one file is whole, RepetitionError, GenerationTooLargeError, ModeratedError, and
    what the model raises; what arrived before is good, and a journal has it.
    """
    conversation = list(messages)
    reminders = stalls = repeats = 0
    ended = _Ended("stop", "", "")
    for _ in range(REQUESTS):
        async with aclosing(_receive(model, conversation, draft, ended.fenced)) as happenings:
            async for one in happenings:
                if isinstance(one, _Ended):
                    ended = one
                else:
                    yield one
        if ended.reason == "filtered":
            raise ModeratedError(f"{model.id}: {_words(ended.talk) or 'the answer was held back'}.")
        if ended.reason == "repeats":
            repeats += 1
            if repeats > 1:
                raise ended.error or RepetitionError(f"{model.id} says the same again and again.")
        if ended.reason == "length":
            stalls = 0 if ended.said else stalls + 1
            if stalls > STALLS:
                raise ended.error or StreamCutError(f"{model.id}: no answer comes through whole.")
            if ended.said:
                conversation += go_on(ended.said, _cut_file(draft))
            continue
        missing = _missing(wanted, draft)
        if not missing or reminders == REMINDERS:
            break
        reminders += 1
        conversation += still_missing(ended.said, missing)
    if not draft.files and not draft.removed and wanted:
        raise GenerationError(f"{model.id} wrote no file. It said: {_words(ended.talk)!r}")
    for path in _missing(wanted, draft):
        yield FileMissing(path)


async def _receive(
    model: ChatModel, conversation: Sequence[ChatMessage], draft: Draft, fenced: bool
) -> AsyncGenerator[FileEvent | _Ended]:
    """One answer into the draft; its end comes last."""
    parser, repetition = Parser(fenced=fenced), Repetition()
    said: list[str] = []
    size = 0
    reason: Literal["stop", "length", "filtered", "repeats"] = "length"
    problem: StreamCutError | RepetitionError | None = None
    try:
        async with aclosing(model.answer(conversation)) as pieces:
            async for piece in pieces:
                if not isinstance(piece, TextDelta):
                    reason = piece.reason
                    break
                said.append(piece.text)
                size += len(piece.text)
                for part in parser.feed(piece.text):
                    for event in draft.take(part):
                        yield event
                if repetition.feed(piece.text):
                    raise RepetitionError(f"{model.id} says the same again and again.")
                if size > LIMITS.bytes:
                    raise GenerationTooLargeError(f"One answer has more than {LIMITS.bytes >> 20} MiB.")
    except StreamCutError as error:
        problem = error
    except RepetitionError as error:
        reason, problem = "repeats", error
    text = "".join(said)
    if reason == "length":
        for event in draft.cut():
            yield event
        text = text[: text.rfind("\n") + 1]
    elif reason == "repeats":
        draft.drop()
        text = text[: text.rfind("\n", 0, max(0, len(text) - WINDOW)) + 1]
    else:
        for part in parser.close():
            for event in draft.take(part):
                yield event
    yield _Ended(reason, text, parser.talk, parser.fenced, problem)


def _cut_file(draft: Draft) -> str | None:
    return draft.cut_off[0] if draft.cut_off else None


def _missing(wanted: Collection[str], draft: Draft) -> list[str]:
    there = draft.files.keys() | draft.removed | draft.refused.keys()
    cut = [path for path in [_cut_file(draft)] if path and path not in draft.files]
    return list(dict.fromkeys([path for path in wanted if path not in there] + cut))


def _words(text: str) -> str:
    return " ".join(text.split())[:300].rstrip(".")
