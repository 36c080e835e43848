"""The data: 178 wines with 13 measurements each, of three sorts; it comes with scikit-learn."""

import pandas as pd
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split

TARGET = "sort"


def load() -> pd.DataFrame:
    """A row for each wine: its measurements, and in the column `sort` what it is."""
    wine = load_wine(as_frame=True)
    return wine.data.assign(**{TARGET: pd.Categorical.from_codes(wine.target, list(wine.target_names)).astype(str)})


def split(data: pd.DataFrame, seed: int = 7) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What is learnt from, and a quarter that the model never sees before it is judged."""
    learn, judge = train_test_split(data, test_size=0.25, stratify=data[TARGET], random_state=seed)
    return learn, judge
