"""A model whose every request is paid from a ledger, and stops in the middle when a budget is used up."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from decimal import Decimal

from templates.models.errors import ModelError
from templates.models.ledger import Account, Budgets, Ledger
from templates.models.model import ChatMessage, ChatModel, Finished, TextDelta, Usage
from templates.models.prices import Prices, estimate_prompt, tokens_of

STEP = 256
"""Tokens of an answer that are reserved ahead; what a stream may take beyond a budget is less than this."""


@dataclass(frozen=True, slots=True)
class Spending:
    """US dollars and tokens so far; `cost` is None once something of unknown price was asked.

    `estimated` says that a part of it is not what the server charged but what we count.
    """

    cost: Decimal | None = Decimal(0)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    estimated: bool = False

    def plus(self, other: "Spending") -> "Spending":
        return Spending(
            None if self.cost is None or other.cost is None else self.cost + other.cost,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.estimated or other.estimated,
        )


class MeteredModel:
    """See `ChatModel`; raises BudgetReachedError before a request is sent, or in the middle of its answer."""

    def __init__(
        self, model: ChatModel, prices: Prices | None, ledger: Ledger, budgets: Budgets, account: Account
    ) -> None:
        self._model = model
        self._prices = prices
        self._ledger = ledger
        self._budgets = budgets
        self._account = account
        self._settled = Spending()
        self._running = Spending()

    @property
    def id(self) -> str:
        return self._model.id

    @property
    def context(self) -> int | None:
        return self._model.context

    @property
    def spending(self) -> Spending:
        """What this model took until now, the request under way with it."""
        return self._settled.plus(self._running)

    def estimate(self, messages: Sequence[ChatMessage], completion_tokens: int) -> Decimal | None:
        """What a request with an answer of so many tokens would cost; None where prices are unknown."""
        return self._prices and self._prices.cost(estimate_prompt(messages), completion_tokens)

    def for_workspace(self, workspace: str) -> None:
        """What follows is for this workspace."""
        self._account = replace(self._account, workspace=workspace)

    async def answer(
        self, messages: Sequence[ChatMessage], *, max_tokens: int | None = None
    ) -> AsyncGenerator[TextDelta | Finished]:
        prompt, received, ahead = estimate_prompt(messages), 0, STEP
        number = await asyncio.to_thread(self._ledger.open, self._account, self._cost(prompt, ahead), self._budgets)
        finished = Finished("stop")
        try:
            async with aclosing(self._model.answer(messages, max_tokens=max_tokens)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Finished):
                        finished = piece
                        break
                    received += len(piece.text.encode("utf-8", "replace"))
                    tokens = tokens_of(received)
                    self._running = Spending(self._cost(prompt, tokens), prompt, tokens, estimated=True)
                    if tokens > ahead - STEP // 2:
                        ahead = tokens + STEP
                        await self._reserve(number, self._cost(prompt, ahead))
                    yield piece
        except ModelError:
            if not received:
                prompt = 0  # refused: nothing was read, so nothing is to be paid
            raise
        finally:
            await self._settle(number, _known(finished.usage, prompt, tokens_of(received)), finished.usage)
        yield finished

    async def _reserve(self, number: int, cost: Decimal | None) -> None:
        if cost is not None:
            await asyncio.to_thread(self._ledger.reserve, number, cost, self._budgets)

    async def _settle(self, number: int, usage: Usage, said: Usage) -> None:
        cost = self._prices.real_cost(usage) if self._prices else usage.cost
        if not usage.prompt_tokens and not usage.completion_tokens and cost is None:
            cost = Decimal(0)
        await asyncio.to_thread(self._ledger.settle, number, usage, cost)
        estimated = said.cost is None and said.completion_tokens is None
        spent = Spending(cost, usage.prompt_tokens or 0, usage.completion_tokens or 0, estimated)
        self._settled, self._running = self._settled.plus(spent), Spending()

    def _cost(self, prompt: int, completion: int) -> Decimal | None:
        return self._prices and self._prices.cost(prompt, completion)


def _known(said: Usage, prompt: int, completion: int) -> Usage:
    """The server's numbers where it says them, else ours."""
    return Usage(
        prompt if said.prompt_tokens is None else said.prompt_tokens,
        completion if said.completion_tokens is None else said.completion_tokens,
        said.cost,
    )
