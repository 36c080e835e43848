"""`usage`: what models have cost."""

import asyncio
from argparse import Namespace
from typing import TYPE_CHECKING

from launcher.commands.command import Command
from launcher.context import Context
from launcher.models import budgets_of, ledger_of
from launcher.output.text import columns
from templates.text import shown

if TYPE_CHECKING:
    from templates.models.ledger import Total


async def _usage(context: Context, _: Namespace) -> int:
    from templates.models.ledger import dollars

    totals = await asyncio.to_thread(ledger_of(context.paths).totals)
    budgets = budgets_of(context.loaded.values)
    document = {
        "currency": "USD",
        "today": totals.today.as_dict(),
        "month": totals.month.as_dict(),
        "total": totals.ever.as_dict(),
        "workspaces": {name: one.as_dict() for name, one in totals.workspaces.items() if name},
        "models": {name: one.as_dict() for name, one in totals.models.items()},
        "budgets": {
            name: None if amount is None else float(amount)
            for name, amount in (("request", budgets.request), ("day", budgets.day), ("workspace", budgets.workspace))
        },
    }
    rows = [_row("today", totals.today), _row("this month", totals.month), _row("in all", totals.ever)]
    rows += [_row(shown(f"workspace {name}"), one) for name, one in totals.workspaces.items() if name]
    rows += [_row(shown(name), one) for name, one in totals.models.items()]
    header, *lines = columns(("WHAT", "REQUESTS", "TOKENS READ", "TOKENS WRITTEN", "COST"), rows)
    day = "no limit" if budgets.day is None else f"{dollars(budgets.day)} a day"
    request = "no limit" if budgets.request is None else f"{dollars(budgets.request)} for a request"
    lines += ["", f"Budgets: {request}, {day}; `vibecode config` says how they are changed."]
    if totals.ever.unknown:
        lines.append("A cost of which a part is unknown is shown with a +.")
    context.console.answer(document, "\n".join([context.console.style(header, "bold"), *lines]))
    return 0


def _row(what: str, total: "Total") -> tuple[str, str, str, str, str]:
    from templates.models.ledger import dollars

    cost = dollars(total.cost) + "+" * bool(total.unknown)
    return what, f"{total.requests:,}", f"{total.prompt_tokens:,}", f"{total.completion_tokens:,}", cost


USAGE = Command(
    "usage",
    "show what models have cost",
    (("vibecode usage", "today, this month, by workspace and by model"), ("vibecode usage --json", "for a script")),
    _usage,
)
