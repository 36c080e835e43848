"""The data, and what is computed from it: no word here about how it is shown."""

import numpy as np
import pandas as pd

REGIONS = ("North", "South", "East", "West")


def orders(count: int = 1_000, seed: int = 7) -> pd.DataFrame:
    """Made-up orders of one year, the same each time: date, region and amount in euros."""
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "date": pd.Timestamp("2026-01-01") + pd.to_timedelta(np.sort(random.integers(0, 365, count)), unit="D"),
            "region": random.choice(REGIONS, count),
            "amount": random.gamma(2.0, 60.0, count).round(2),
        }
    )


def by_month(data: pd.DataFrame) -> pd.DataFrame:
    """The sum of each month, a column for each region."""
    months = data.assign(month=data["date"].dt.to_period("M").dt.to_timestamp())
    return months.pivot_table(index="month", columns="region", values="amount", aggfunc="sum", fill_value=0)


def summary(data: pd.DataFrame) -> dict[str, str]:
    """What stands in the boxes at the top."""
    total = data["amount"].sum()
    mean = data["amount"].mean() if len(data) else 0
    return {"Orders": f"{len(data):,}", "Turnover": f"{total:,.0f} €", "Mean order": f"{mean:,.2f} €"}
