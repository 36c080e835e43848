"""What requests to models cost, written down in one file that all copies of the program share, and held to budgets.

Money is reserved before it is spent, in one transaction with the look at what is left, so that two copies never spend
the same dollar twice. A request that was killed keeps what it had reserved.
"""

import os
import sqlite3
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_UP, Decimal
from pathlib import Path

from templates.models.errors import BudgetReachedError, LedgerError
from templates.models.model import Usage

PATIENCE = 10.0
"""Seconds that another copy's transaction is waited for."""

_UNIT = Decimal("0.000000001")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    server TEXT NOT NULL,
    model TEXT NOT NULL,
    workspace TEXT NOT NULL,
    cost INTEGER,
    settled INTEGER NOT NULL DEFAULT 0,
    prompt_tokens INTEGER NOT NULL DEFAULT 0,
    completion_tokens INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS requests_at ON requests (at);
"""
"""`cost` is in billionths of a US dollar, NULL where it is unknown; `at` is local time, since a day's budget is."""


@dataclass(frozen=True, slots=True)
class Budgets:
    """The most US dollars for one request, one day and one workspace; None is no limit."""

    request: Decimal | None = None
    day: Decimal | None = None
    workspace: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """What a request is for; `workspace` is empty where there is none yet."""

    server: str
    model: str
    workspace: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """Requests, their tokens, and what is known of their cost; `unknown` counts those of unknown cost."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: Decimal = Decimal(0)
    unknown: int = 0

    def as_dict(self) -> dict[str, object]:
        return {
            "requests": self.requests,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "cost": float(self.cost),
            "unknown": self.unknown,
        }


@dataclass(frozen=True, slots=True)
class Totals:
    """What was spent today, this month and ever, and ever by workspace and by model."""

    today: Total
    month: Total
    ever: Total
    workspaces: Mapping[str, Total] = field(default_factory=dict[str, Total])
    models: Mapping[str, Total] = field(default_factory=dict[str, Total])


@dataclass(frozen=True, slots=True)
class Ledger:
    """One file; every method blocks for a moment, and raises LedgerError where the file cannot be used."""

    file: Path
    clock: Callable[[], datetime] = datetime.now
    patience: float = PATIENCE

    def open(self, account: Account, reserved: Decimal | None, budgets: Budgets) -> int:
        """Writes down a request before it is sent, with what it will cost at least; its number.

        None is for an unknown price, which no budget can hold. Raises BudgetReachedError, and writes nothing then.
        """
        with self._transaction() as rows:
            number = rows.execute(
                "INSERT INTO requests (at, server, model, workspace, cost) VALUES (?, ?, ?, ?, 0)",
                (self._now(), account.server, account.model, account.workspace),
            ).lastrowid
            assert number is not None
            self._reserve(rows, number, reserved, budgets)
            return number

    def reserve(self, number: int, cost: Decimal, budgets: Budgets) -> None:
        """Raises a request's reserve to `cost` in all. Raises BudgetReachedError, and leaves it as it was then."""
        with self._transaction() as rows:
            self._reserve(rows, number, cost, budgets)

    def settle(self, number: int, usage: Usage, cost: Decimal | None) -> None:
        """Writes down what a request really took, in place of what was reserved."""
        with self._transaction() as rows:
            rows.execute(
                "UPDATE requests SET cost = ?, prompt_tokens = ?, completion_tokens = ?, settled = 1 WHERE id = ?",
                (_units(cost), usage.prompt_tokens or 0, usage.completion_tokens or 0, number),
            )

    def totals(self) -> Totals:
        if not self.file.exists():
            return Totals(Total(), Total(), Total())
        now = self._now()
        with self._transaction() as rows:
            return Totals(
                today=_total(rows, "WHERE at >= ?", now[:10]),
                month=_total(rows, "WHERE at >= ?", now[:7]),
                ever=_total(rows, ""),
                workspaces=_grouped(rows, "workspace"),
                models=_grouped(rows, "model"),
            )

    def _reserve(self, rows: sqlite3.Connection, number: int, cost: Decimal | None, budgets: Budgets) -> None:
        rows.execute("UPDATE requests SET cost = ? WHERE id = ?", (_units(cost), number))
        if cost is None:
            return
        [workspace] = rows.execute("SELECT workspace FROM requests WHERE id = ?", (number,)).fetchone()
        spent = {
            "one request": (budgets.request, cost),
            "one day": (budgets.day, _total(rows, "WHERE at >= ?", self._now()[:10]).cost),
        }
        if workspace:
            spent["one workspace"] = (budgets.workspace, _total(rows, "WHERE workspace = ?", workspace).cost)
        for what, (budget, total) in spent.items():
            if budget is not None and total > budget:
                raise BudgetReachedError(f"This would take more than the {dollars(budget)} that are set for {what}.")

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection]:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self.file, os.O_CREAT | os.O_RDWR, 0o600))
            with closing(sqlite3.connect(self.file, timeout=self.patience, isolation_level=None)) as rows:
                rows.executescript(_SCHEMA)
                rows.execute("BEGIN IMMEDIATE")
                try:
                    yield rows
                except BaseException:
                    rows.execute("ROLLBACK")
                    raise
                rows.execute("COMMIT")
        except (OSError, sqlite3.Error) as error:
            raise LedgerError(f"{self.file}: {error}.") from error

    def _now(self) -> str:
        return self.clock().isoformat(timespec="seconds")


def dollars(amount: Decimal | None) -> str:
    """Money as a person reads it: `$1.20`, `$0.0034`, `unknown`."""
    if amount is None:
        return "unknown"
    return f"${amount:.2f}" if amount == 0 or amount >= 1 else f"${amount:.4f}"


def _units(cost: Decimal | None) -> int | None:
    return None if cost is None else int((cost / _UNIT).to_integral_value(ROUND_UP))


_SUMS = """count(*), coalesce(sum(prompt_tokens), 0), coalesce(sum(completion_tokens), 0), coalesce(sum(cost), 0),
    count(*) - count(cost)"""


def _total(rows: sqlite3.Connection, where: str, *values: str) -> Total:
    return _read(rows.execute(f"SELECT {_SUMS} FROM requests {where}", values).fetchone())


def _grouped(rows: sqlite3.Connection, column: str) -> dict[str, Total]:
    found = rows.execute(f"SELECT {column}, {_SUMS} FROM requests GROUP BY 1 ORDER BY sum(cost) DESC, 1")
    return {name: _read(sums) for name, *sums in found}


def _read(sums: tuple[int, int, int, int, int] | list[int]) -> Total:
    requests, prompt, completion, cost, unknown = sums
    return Total(requests, prompt, completion, cost * _UNIT, unknown)
