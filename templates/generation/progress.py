"""A generation as steps, for whoever shows nothing but steps: each file is one, so that it is seen to grow."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from decimal import Decimal
from time import monotonic

from templates.events import Event, StepDone, StepFailed, StepProgress, StepStarted
from templates.generation.draft import FileCut, FileDone, FileGrew, FileMissing, FileRefused, FileStarted
from templates.generation.generate import GenerationEvent, Outcome
from templates.models.ledger import dollars
from templates.text import size_in_words

FILE = "file"

Aside = FileRefused | FileMissing | Outcome


async def as_steps(
    events: AsyncGenerator[GenerationEvent], cost: Callable[[], Decimal | None], tell: Callable[[Aside], None]
) -> AsyncGenerator[Event]:
    """The steps; the running `cost` is shown while the model writes, and `tell` is given what is no step."""
    started = monotonic()
    async with aclosing(events):
        async for event in events:
            match event:
                case StepProgress(step="write" | "repair"):
                    yield replace(event, text=f"{event.text}, {dollars(amount)}") if (amount := cost()) else event
                case StepStarted() | StepProgress() | StepDone() | StepFailed():
                    yield event
                case FileStarted(path=path):
                    started = monotonic()
                    yield StepStarted(FILE, path)
                case FileGrew(size=size):
                    yield StepProgress(FILE, size_in_words(size))
                case FileCut(path=path, size=size):
                    note = f"{size_in_words(size)}, cut off; it goes on"
                    yield StepDone(FILE, path, monotonic() - started, note)
                case FileDone(path=path, size=size):
                    yield StepDone(FILE, path, monotonic() - started, size_in_words(size))
                case FileRefused() | FileMissing() | Outcome():
                    tell(event)
                case _:
                    pass
