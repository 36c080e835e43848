"""What a language model is to everything that asks one: messages in, pieces of text out."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Protocol

FinishReason = Literal["stop", "length", "filtered"]
"""Why an answer ended: the model was done, the limit of tokens was reached, or the service held it back."""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What a request took; `cost` is in US dollars. None is unknown."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer, as it arrives."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of an answer; nothing follows it."""

    reason: FinishReason
    usage: Usage = field(default_factory=Usage)


class ChatModel(Protocol):
    """One model of one server."""

    @property
    def id(self) -> str:
        """As its server names it."""
        ...

    @property
    def context(self) -> int | None:
        """Tokens that prompt and answer may take together; None where the server does not say."""
        ...

    def answer(
        self, messages: Sequence[ChatMessage], *, max_tokens: int | None = None
    ) -> AsyncGenerator[TextDelta | Finished]:
        """Streams one answer; closing the generator closes the stream.

        Raises a `VibeCodeError` that says what to do: no key, wrong key, no credit, budget reached, model gone,
        context too long, rate limit, server out of reach, stream cut. What was yielded before it stays good.
        """
        ...
