import pytest

from cluster.local.proxy.tickets import LIFETIME, Tickets, is_ticket


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_ticket_is_good_once() -> None:
    tickets = Tickets()
    ticket = tickets.issue("shop")
    assert tickets.redeem(ticket, "shop")
    assert not tickets.redeem(ticket, "shop")


def test_a_ticket_shown_at_another_site_is_void() -> None:
    tickets = Tickets()
    ticket = tickets.issue("shop")
    assert not tickets.redeem(ticket, "8000-shop")
    assert not tickets.redeem(ticket, "shop")


@pytest.mark.parametrize(("after", "good"), [(LIFETIME - 1, True), (LIFETIME, False), (LIFETIME + 1, False)])
def test_a_ticket_ends_after_five_minutes(after: float, good: bool) -> None:
    clock = Clock()
    tickets = Tickets(clock)
    ticket = tickets.issue("shop")
    clock.now += after
    assert tickets.redeem(ticket, "shop") is good


def test_an_issued_ticket_leaves_earlier_ones_good() -> None:
    tickets = Tickets()
    first, second = tickets.issue("shop"), tickets.issue("shop")
    assert first != second
    assert tickets.redeem(first, "shop")
    assert tickets.redeem(second, "shop")


def test_a_ticket_that_nobody_issued_is_void() -> None:
    assert not Tickets().redeem(Tickets().issue("shop"), "shop")
    assert not Tickets().redeem("", "")


@pytest.mark.parametrize("value", ["", "ST-1856339-aA5Yuvrxzpv8Tau1cYQ7", "vibecode-", "vibecode-" + "a" * 42])
def test_a_project_s_own_ticket_is_not_one_of_ours(value: str) -> None:
    assert not is_ticket(value)
    assert is_ticket(Tickets().issue("shop"))
