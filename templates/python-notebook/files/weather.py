"""What the notebook computes."""

from pathlib import Path

import pandas as pd


def read(path: Path | str) -> pd.DataFrame:
    """The days of a CSV file with the columns `date` and `celsius`."""
    return pd.read_csv(path, parse_dates=["date"]).dropna()


def by_month(days: pd.DataFrame) -> pd.DataFrame:
    """Mean and spread (standard deviation) of each month, in °C."""
    return days.groupby(days["date"].dt.month.rename("month"))["celsius"].agg(mean="mean", spread="std")
