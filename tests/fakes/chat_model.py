"""A `ChatModel` that says what a test wrote down: each question takes the next answer."""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field

from templates.errors import VibeCodeError
from templates.models.model import ChatMessage, Finished, FinishReason, TextDelta, Usage


@dataclass(frozen=True)
class Answer:
    """`pieces` as they arrive; then the end with `reason`, or `error`."""

    pieces: Sequence[str]
    reason: FinishReason = "stop"
    usage: Usage = field(default_factory=Usage)
    error: VibeCodeError | None = None


Line = Answer | str | Callable[[Sequence[ChatMessage]], "Answer | str"]


@dataclass
class ScriptedModel:
    """`asked` are the messages of each request; `closed` counts the answers whose generator has ended."""

    answers: list[Line]
    context: int | None = None
    id: str = "scripted"
    asked: list[tuple[ChatMessage, ...]] = field(default_factory=list)
    closed: int = 0

    async def answer(
        self, messages: Sequence[ChatMessage], *, max_tokens: int | None = None
    ) -> AsyncGenerator[TextDelta | Finished]:
        self.asked.append(tuple(messages))
        line = self.answers.pop(0)
        answer = line(messages) if callable(line) else line
        answer = Answer([answer]) if isinstance(answer, str) else answer
        try:
            for piece in answer.pieces:
                yield TextDelta(piece)
            if answer.error is not None:
                raise answer.error
            yield Finished(answer.reason, answer.usage)
        finally:
            self.closed += 1
