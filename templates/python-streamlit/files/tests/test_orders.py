import pandas as pd

from orders import REGIONS, by_month, orders, summary


def test_made_up_orders_are_the_same_each_time() -> None:
    data = orders(count=50)
    pd.testing.assert_frame_equal(data, orders(count=50))
    assert set(data["region"]) <= set(REGIONS)
    assert (data["amount"] >= 0).all()
    assert data["date"].is_monotonic_increasing


def test_months_add_up_to_the_whole() -> None:
    data = orders()
    months = by_month(data)
    assert len(months) == 12
    assert round(months.to_numpy().sum(), 2) == round(data["amount"].sum(), 2)


def test_the_summary_of_nothing() -> None:
    assert summary(orders().head(0)) == {"Orders": "0", "Turnover": "0 €", "Mean order": "0.00 €"}
