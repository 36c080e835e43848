"""From a prompt to a plan, and from what the person says of it to another."""

from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from templates.catalog import Template
from templates.generation.errors import PlanError
from templates.generation.plan import Plan, read_plan
from templates.generation.prompts import plan_again, plan_messages
from templates.models.errors import ModeratedError, StreamCutError
from templates.models.model import ChatMessage, ChatModel, TextDelta

ATTEMPTS = 3

LONGEST = 64 * 1024
"""Characters of a plan that are read; what is longer is no plan."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and the conversation that led to it."""

    plan: Plan
    conversation: tuple[ChatMessage, ...]


async def make_plan(
    model: ChatModel, prompt: str, templates: Sequence[Template], show: Callable[[str], object]
) -> Planned:
    """`show` is given the answer as it arrives. Raises PlanError, ModeratedError, and what the model raises."""
    return await _ask(model, plan_messages(prompt, templates), templates, show)


async def change_plan(
    model: ChatModel, planned: Planned, wish: str, templates: Sequence[Template], show: Callable[[str], object]
) -> Planned:
    """Another plan, as the person wishes it."""
    return await _ask(model, [*planned.conversation, plan_again(wish)], templates, show)


async def _ask(
    model: ChatModel, messages: Sequence[ChatMessage], templates: Sequence[Template], show: Callable[[str], object]
) -> Planned:
    conversation = list(messages)
    for attempt in range(1, ATTEMPTS + 1):
        said = await _answer(model, conversation, show)
        conversation.append(ChatMessage("assistant", said))
        try:
            return Planned(read_plan(said, [one.id for one in templates]), tuple(conversation))
        except PlanError as error:
            if attempt == ATTEMPTS:
                raise
            complaint = error.detail
        conversation.append(plan_again(f"This is not a plan that I can read. {complaint}"))
    raise AssertionError("the last attempt returns or raises")


async def _answer(model: ChatModel, conversation: Sequence[ChatMessage], show: Callable[[str], object]) -> str:
    """The whole answer; one that broke off is what arrived of it, which often is enough."""
    said: list[str] = []
    try:
        async with aclosing(model.answer(conversation)) as pieces:
            async for piece in pieces:
                if isinstance(piece, TextDelta):
                    said.append(piece.text)
                    show(piece.text)
                elif piece.reason == "filtered":
                    raise ModeratedError(f"{model.id}: {' '.join(''.join(said).split())[:300] or 'no answer'}")
                if sum(map(len, said)) > LONGEST:
                    break
    except StreamCutError:
        if not said:
            raise
    return "".join(said)
