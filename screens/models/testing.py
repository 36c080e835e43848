"""Whether a model answers: it is asked for one word."""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from decimal import Decimal

from screens.models.access import ModelAccess
from templates.models.model import ChatMessage, TextDelta

MOST_TOKENS = 64


@dataclass(frozen=True, slots=True)
class Answered:
    """`seconds` until its first word; `cost` in US dollars, None where it is unknown."""

    model: str
    text: str
    seconds: float
    cost: Decimal | None


async def ask_one_word(access: ModelAccess, clock: Callable[[], float]) -> Answered:
    """Raises what the model raises."""
    async with access.connect("", lambda _: None) as model:
        start, first, said = clock(), 0.0, ""
        asked = [ChatMessage("user", "Answer with one word: ready")]
        async with aclosing(model.answer(asked, max_tokens=MOST_TOKENS)) as pieces:
            async for piece in pieces:
                if isinstance(piece, TextDelta):
                    first = first or clock() - start
                    said += piece.text
        return Answered(model.id, said, first, model.spending.cost)
