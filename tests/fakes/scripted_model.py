"""A `ChatModel` that says what it was told to, and remembers what it was asked."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from templates.models.model import ChatMessage, Finished, FinishReason, TextDelta

Answer = str | tuple[str, FinishReason]


class ScriptedModel:
    """Gives the answers in turn, in pieces of a few characters; `before` is awaited before each answer's end."""

    def __init__(
        self,
        *answers: Answer,
        context: int | None = 100_000,
        piece: int = 7,
        before: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.id = "scripted/model"
        self.context = context
        self.asked: list[tuple[ChatMessage, ...]] = []
        self.closed = 0
        self._answers = list(answers)
        self._piece = piece
        self._before = before

    async def answer(
        self, messages: Sequence[ChatMessage], *, max_tokens: int | None = None
    ) -> AsyncGenerator[TextDelta | Finished]:
        self.asked.append(tuple(messages))
        answer = self._answers.pop(0)
        text, reason = answer if isinstance(answer, tuple) else (answer, "stop")
        try:
            for start in range(0, len(text), self._piece):
                yield TextDelta(text[start : start + self._piece])
            if self._before is not None:
                await self._before()
            yield Finished(reason)
        finally:
            self.closed += 1
