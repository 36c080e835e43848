"""Where models meet telemetry: nothing happens unless it is switched on."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from launcher.telemetry.metrics import BUDGET_SHARE
from launcher.telemetry.recorder import RECORDER
from templates.errors import VibeCodeError

if TYPE_CHECKING:
    from templates.models.ledger import Budgets, Ledger
    from templates.models.model import ChatModel
    from templates.models.prices import Prices


def observed_model(model: "ChatModel", prices: "Prices | None", server: str) -> "ChatModel":
    """The model itself where telemetry is off."""
    recorder = RECORDER.get()
    if recorder is None:
        return model
    from launcher.telemetry.model import ObservedModel

    return ObservedModel(model, prices, server, recorder)


async def observe_budget(ledger: "Ledger", budgets: "Budgets") -> None:
    """How much of the day's budget is spent; nothing where there is no such budget."""
    recorder = RECORDER.get()
    if recorder is None or not budgets.day:
        return
    with suppress(VibeCodeError):  # whoever asked the model was told of a ledger that cannot be read
        totals = await asyncio.to_thread(ledger.totals)
        recorder.add(BUDGET_SHARE, float(totals.today.cost / budgets.day))
