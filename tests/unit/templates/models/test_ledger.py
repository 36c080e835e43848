"""The ledger: sums, budgets, and copies of the program that write at once."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from templates.models.errors import BudgetReachedError, LedgerError
from templates.models.ledger import Account, Budgets, Ledger, Total, dollars
from templates.models.model import Usage

ACCOUNT = Account("http://x", "some/model", "shop")
NO_LIMIT = Budgets()
ROOT = Path(__file__).parents[4]


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 14, 12, 0, 0)  # noqa: DTZ001 - the ledger's days are local

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Ledger:
    return Ledger(tmp_path / "data" / "usage.sqlite", clock)


def spend(ledger: Ledger, cost: str | None, account: Account = ACCOUNT) -> None:
    number = ledger.open(account, Decimal(0), NO_LIMIT)
    ledger.settle(number, Usage(100, 10), None if cost is None else Decimal(cost))


def test_nothing_was_spent_and_no_file_is_made_for_looking(ledger: Ledger) -> None:
    assert ledger.totals().ever == Total()
    assert not ledger.file.exists()


def test_what_was_spent_is_summed_by_time_workspace_and_model(ledger: Ledger, clock: Clock) -> None:
    spend(ledger, "0.000000001")
    clock.now = datetime(2026, 3, 15, 0, 0, 1)  # noqa: DTZ001
    spend(ledger, "1.5", Account("http://x", "other", "blog"))
    spend(ledger, None, Account("http://x", "other"))

    totals = ledger.totals()
    assert totals.today == Total(2, 200, 20, Decimal("1.5"), unknown=1)
    assert totals.month == totals.ever == Total(3, 300, 30, Decimal("1.500000001"), unknown=1)
    assert {name: total.requests for name, total in totals.workspaces.items()} == {"blog": 1, "shop": 1, "": 1}
    assert list(totals.models) == ["other", "some/model"]
    clock.now = datetime(2026, 4, 1)  # noqa: DTZ001
    assert ledger.totals().month == Total()


@pytest.mark.parametrize(
    ("budgets", "what"),
    [
        (Budgets(request=Decimal("0.5")), "one request"),
        (Budgets(day=Decimal("1.2")), "one day"),
        (Budgets(workspace=Decimal("1.2")), "one workspace"),
    ],
)
def test_a_budget_holds_before_and_in_the_middle(ledger: Ledger, budgets: Budgets, what: str) -> None:
    spend(ledger, "0.8")
    number = ledger.open(ACCOUNT, Decimal("0.3"), budgets)
    ledger.reserve(number, Decimal("0.4"), budgets)
    with pytest.raises(BudgetReachedError, match=what):
        ledger.reserve(number, Decimal("0.6"), budgets)
    assert ledger.totals().ever.cost == Decimal("1.2")  # what was refused is not counted
    with pytest.raises(BudgetReachedError, match=what):
        ledger.open(ACCOUNT, Decimal("0.6"), budgets)
    assert ledger.totals().ever.requests == 2


def test_another_day_and_another_workspace_have_budgets_of_their_own(ledger: Ledger, clock: Clock) -> None:
    budgets = Budgets(day=Decimal(1), workspace=Decimal(1))
    spend(ledger, "1")
    clock.now = datetime(2026, 3, 15)  # noqa: DTZ001
    ledger.open(Account("http://x", "some/model", "blog"), Decimal("0.5"), budgets)
    with pytest.raises(BudgetReachedError, match="one workspace"):
        ledger.open(ACCOUNT, Decimal("0.1"), budgets)


def test_an_unknown_price_is_held_by_no_budget_and_counted_as_unknown(ledger: Ledger) -> None:
    ledger.open(ACCOUNT, None, Budgets(request=Decimal(0)))
    assert ledger.totals().ever == Total(1, unknown=1)


def test_what_a_killed_request_had_reserved_stays_spent(ledger: Ledger) -> None:
    ledger.open(ACCOUNT, Decimal("0.7"), NO_LIMIT)
    with pytest.raises(BudgetReachedError):
        Ledger(ledger.file, ledger.clock).open(ACCOUNT, Decimal("0.4"), Budgets(day=Decimal(1)))


COPY = """
import sys
from decimal import Decimal
from pathlib import Path
from templates.models.errors import BudgetReachedError
from templates.models.ledger import Account, Budgets, Ledger
ledger = Ledger(Path(sys.argv[1]), patience=60)
taken = 0
for _ in range(40):
    try:
        ledger.open(Account("http://x", "m", "shop"), Decimal("0.1"), Budgets(workspace=Decimal("2")))
        taken += 1
    except BudgetReachedError:
        pass
print(taken)
"""


def test_copies_of_the_program_never_spend_the_same_dollar_twice(tmp_path: Path) -> None:
    file = tmp_path / "usage.sqlite"
    copies = [
        subprocess.Popen([sys.executable, "-c", COPY, str(file)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = [copy.communicate()[0] for copy in copies]
    assert sum(map(int, said)) == 20
    assert Ledger(file).totals().ever.cost == Decimal(2)


def test_the_file_is_for_its_owner_alone(ledger: Ledger) -> None:
    spend(ledger, "1")
    assert ledger.file.stat().st_mode & 0o777 == 0o600
    assert ledger.file.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_no_ledger_is_named(tmp_path: Path) -> None:
    file = tmp_path / "usage.sqlite"
    file.write_bytes(b"hello" * 1000)
    with pytest.raises(LedgerError, match=str(file)):
        Ledger(file).totals()
    assert file.read_bytes() == b"hello" * 1000


def test_a_ledger_that_another_holds_is_waited_for_and_then_told(ledger: Ledger) -> None:
    spend(ledger, "1")
    with closing(sqlite3.connect(ledger.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="locked"):
            spend(replace(ledger, patience=0.01), "1")


@pytest.mark.parametrize(
    ("amount", "words"), [(None, "unknown"), ("0", "$0.00"), ("0.00321", "$0.0032"), ("1.234", "$1.23")]
)
def test_money_in_words(amount: str | None, words: str) -> None:
    assert dollars(None if amount is None else Decimal(amount)) == words
