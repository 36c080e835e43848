"""What a request costs before, during and after it, and where a budget stops it."""

from contextlib import aclosing
from decimal import Decimal
from pathlib import Path

import pytest

from templates.models.errors import BudgetReachedError, RateLimitError, StreamCutError
from templates.models.ledger import Account, Budgets, Ledger
from templates.models.metered import STEP, MeteredModel, Spending
from templates.models.model import ChatMessage, Finished, TextDelta, Usage
from templates.models.prices import Prices, estimate_prompt
from tests.fakes.chat_model import Answer, Line, ScriptedModel

DOLLAR = Prices(Decimal("0.01"), Decimal("0.1"))
HELLO = (ChatMessage("user", "x" * 30),)
PROMPT = estimate_prompt(HELLO)
LONG = ["x" * 300] * 10
"""A thousand tokens, in pieces of a hundred."""


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "usage.sqlite")


def metered(
    ledger: Ledger, *answers: Line, prices: Prices | None = DOLLAR, budgets: Budgets | None = None
) -> tuple[MeteredModel, ScriptedModel]:
    model = ScriptedModel(list(answers))
    return MeteredModel(model, prices, ledger, budgets or Budgets(), Account("http://x", "m", "shop")), model


async def receive(
    model: MeteredModel, received: list[TextDelta | Finished] | None = None
) -> list[TextDelta | Finished]:
    received = [] if received is None else received
    async for piece in model.answer(HELLO):
        received.append(piece)
    return received


def test_the_estimate_before(ledger: Ledger) -> None:
    model, _ = metered(ledger)
    assert model.estimate(HELLO, 10) == PROMPT * Decimal("0.01") + 1
    assert metered(ledger, prices=None)[0].estimate(HELLO, 10) is None


async def test_the_running_cost_is_counted_and_the_real_one_takes_its_place(ledger: Ledger) -> None:
    model, _ = metered(ledger, Answer(["x" * 30], usage=Usage(7, 9, Decimal("0.42"))))
    async with aclosing(model.answer(HELLO)) as pieces:
        await anext(pieces)
        assert model.spending == Spending(PROMPT * Decimal("0.01") + 1, PROMPT, 10, estimated=True)
        assert ledger.totals().ever.cost >= model.spending.cost
        await anext(pieces)
        assert model.spending == Spending(Decimal("0.42"), 7, 9, estimated=False)
        assert ledger.totals().ever.cost == Decimal("0.42")


async def test_tokens_that_the_server_counts_are_paid_at_its_prices(ledger: Ledger) -> None:
    model, _ = metered(ledger, Answer(["x"], usage=Usage(100, 10)))
    await receive(model)
    assert model.spending == Spending(Decimal(2), 100, 10)


async def test_a_budget_stops_a_stream_in_the_middle(ledger: Ledger) -> None:
    budget = Decimal(50)
    model, scripted = metered(ledger, Answer(LONG), budgets=Budgets(request=budget))
    received: list[TextDelta | Finished] = []
    with pytest.raises(BudgetReachedError, match="one request"):
        await receive(model, received)
    assert 0 < len(received) < len(LONG)
    assert scripted.closed == 1
    spent = ledger.totals().ever.cost
    assert spent <= budget
    assert spent >= budget - STEP * DOLLAR.completion


async def test_a_budget_that_is_used_up_sends_nothing(ledger: Ledger) -> None:
    model, scripted = metered(ledger, budgets=Budgets(day=Decimal("0.1")))
    with pytest.raises(BudgetReachedError):
        await receive(model)
    assert scripted.asked == []
    assert ledger.totals().ever.requests == 0


async def test_a_refused_request_costs_nothing(ledger: Ledger) -> None:
    model, _ = metered(ledger, Answer([], error=RateLimitError("busy")))
    with pytest.raises(RateLimitError):
        await receive(model)
    assert ledger.totals().ever.cost == model.spending.cost == 0


async def test_an_answer_that_breaks_off_costs_what_was_received(ledger: Ledger) -> None:
    model, _ = metered(ledger, Answer(["x" * 30], error=StreamCutError("gone")))
    with pytest.raises(StreamCutError):
        await receive(model)
    assert ledger.totals().ever.cost == model.spending.cost == PROMPT * Decimal("0.01") + 1
    assert model.spending.estimated


async def test_an_answer_that_is_closed_early_costs_what_was_received(ledger: Ledger) -> None:
    model, scripted = metered(ledger, Answer(LONG))
    async with aclosing(model.answer(HELLO)) as pieces:
        await anext(pieces)
    assert scripted.closed == 1
    assert ledger.totals().ever.cost == PROMPT * Decimal("0.01") + 10


async def test_unknown_prices_stay_unknown_unless_the_server_says_the_cost(ledger: Ledger) -> None:
    budgets = Budgets(request=Decimal("0.0001"))
    model, _ = metered(ledger, Answer(LONG), Answer(["x"], usage=Usage(1, 1, Decimal(3))), prices=None, budgets=budgets)
    await receive(model)
    assert model.spending.cost is None
    await receive(model)
    assert ledger.totals().ever.cost == 3
    assert ledger.totals().ever.unknown == 1


async def test_what_follows_can_be_for_a_workspace(ledger: Ledger) -> None:
    model, _ = metered(ledger, "x", "y")
    await receive(model)
    model.for_workspace("blog")
    await receive(model)
    assert {name: total.requests for name, total in ledger.totals().workspaces.items()} == {"shop": 1, "blog": 1}
