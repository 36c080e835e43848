"""A model whose requests are traced and counted; what is said to it and by it stays here, unless that is allowed."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from decimal import Decimal
from os import urandom
from time import monotonic, time_ns
from urllib.parse import urlsplit

from launcher.telemetry.metrics import AI_ERRORS, COST, FIRST_TOKEN_DURATION, REQUESTS, TOKENS
from launcher.telemetry.recorder import UNDER_WAY, Recorder, SpanUnderWay
from launcher.telemetry.records import ModelCall, Span
from templates.errors import VibeCodeError
from templates.models.model import ChatMessage, ChatModel, Finished, TextDelta, Usage
from templates.models.prices import Prices

NAME = "vibecode.ai.request"


class ObservedModel:
    """See `ChatModel`; `server` is the address that the model is asked at."""

    def __init__(self, model: ChatModel, prices: Prices | None, server: str, recorder: Recorder) -> None:
        self._model = model
        self._prices = prices
        self._recorder = recorder
        self._session = urandom(8).hex()
        self._tags = {"model": model_tag(model.id), "provider": provider_of(server)}

    @property
    def id(self) -> str:
        return self._model.id

    @property
    def context(self) -> int | None:
        return self._model.context

    async def answer(
        self, messages: Sequence[ChatMessage], *, max_tokens: int | None = None
    ) -> AsyncGenerator[TextDelta | Finished]:
        span, start = SpanUnderWay.begun(UNDER_WAY.get(), time_ns()), monotonic()
        first: float | None = None
        usage, error, words = Usage(), None, list[str]()
        try:
            async with aclosing(self._model.answer(messages, max_tokens=max_tokens)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Finished):
                        usage = piece.usage
                    else:
                        first = monotonic() - start if first is None else first
                        if self._recorder.words:
                            words.append(piece.text)
                    yield piece
        except VibeCodeError as failure:
            error = failure
            raise
        finally:
            cost = self._prices.real_cost(usage) if self._prices else usage.cost
            self._count(usage, cost, first, error)
            self._tell(span, self._call(messages, "".join(words), usage, cost, first), error)

    def _count(self, usage: Usage, cost: Decimal | None, first: float | None, error: VibeCodeError | None) -> None:
        add, tags = self._recorder.add, self._tags
        add(REQUESTS, 1, tags)
        for direction, tokens in (("prompt", usage.prompt_tokens), ("completion", usage.completion_tokens)):
            if tokens:
                add(TOKENS, tokens, {**tags, "direction": direction})
        if cost:
            add(COST, float(cost), tags)
        if first is not None:
            add(FIRST_TOKEN_DURATION, first, tags)
        if error is not None:
            add(AI_ERRORS, 1, {**tags, "code": error.code})

    def _call(
        self, messages: Sequence[ChatMessage], answer: str, usage: Usage, cost: Decimal | None, first: float | None
    ) -> ModelCall:
        said = [(one.role, one.content) for one in messages] if self._recorder.words else []
        return ModelCall(
            **self._tags,
            session=self._session,
            prompt_tokens=usage.prompt_tokens or 0,
            completion_tokens=usage.completion_tokens or 0,
            cost=None if cost is None else float(cost),
            first_token=first,
            messages=said,
            answer=answer,
        )

    def _tell(self, span: SpanUnderWay, call: ModelCall, error: VibeCodeError | None) -> None:
        told = () if error is None else (error.code, error.title)
        tags = {"component": "ai", "outcome": "done" if error is None else "failed"}
        self._recorder.finish(
            Span(span.trace, span.id, span.parent, NAME, NAME, span.start, time_ns(), tags=tags, error=told, call=call)
        )


def provider_of(server: str) -> str:
    """Whose model it is; an address of somebody's own is not told."""
    host = urlsplit(server).hostname or ""
    return "openrouter" if host == "openrouter.ai" else "own"


def model_tag(model: str) -> str:
    """A model's name; of a path only its last part, since it may lead through a person's home."""
    path = model.startswith(("/", "~", ".", "file:")) or "\\" in model
    return model.replace("\\", "/").rsplit("/", 1)[-1] if path else model
