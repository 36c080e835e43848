"""`python -m ml.predict FILE.csv` answers for each row of a table what the model makes of it."""

import sys
from pathlib import Path

import joblib
import pandas as pd

from ml.train import FOLDER


def predict(table: pd.DataFrame, folder: Path = FOLDER) -> pd.DataFrame:
    """The most likely answer for each row, and how sure the model is, from 0 to 1."""
    model = joblib.load(folder / "model.joblib")  # joblib runs code from the file: only load what you made
    columns = table[list(model.feature_names_in_)]
    return pd.DataFrame({"answer": model.predict(columns), "sure": model.predict_proba(columns).max(axis=1).round(3)})


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m ml.predict FILE.csv")
    print(predict(pd.read_csv(sys.argv[1])).to_csv(index=False), end="")
