"""What tokens cost, and how many a text probably has."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from templates.models.model import ChatMessage, Usage

BYTES_PER_TOKEN = 3
"""Fewer than the four of English prose: code has more tokens, and a budget must not be guessed too low."""

_PER_MESSAGE = 4


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars for one token."""

    prompt: Decimal
    completion: Decimal

    def cost(self, prompt_tokens: int, completion_tokens: int) -> Decimal:
        return self.prompt * prompt_tokens + self.completion * completion_tokens

    def real_cost(self, usage: Usage) -> Decimal | None:
        """What the server says that it took, else what its tokens cost; None where neither is known."""
        if usage.cost is not None:
            return usage.cost
        if usage.prompt_tokens is None or usage.completion_tokens is None:
            return None
        return self.cost(usage.prompt_tokens, usage.completion_tokens)


def tokens_of(size: int) -> int:
    """Tokens that so many bytes of text probably are."""
    return -(-size // BYTES_PER_TOKEN)


def estimate_prompt(messages: Iterable[ChatMessage]) -> int:
    """Tokens that the messages probably have."""
    return sum(_PER_MESSAGE + tokens_of(len(message.content.encode("utf-8", "replace"))) for message in messages)
