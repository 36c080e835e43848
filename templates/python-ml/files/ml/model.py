"""The model: what is done with the measurements, and what learns from them."""

from dataclasses import dataclass

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from ml.data import TARGET


@dataclass(frozen=True, slots=True)
class Metrics:
    """Shares from 0 to 1: cross-validated on what was learnt from, and on what was held back."""

    cross_validated: float
    accuracy: float
    f1: float


def build() -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000))


def fit(learn: pd.DataFrame) -> Pipeline:
    return build().fit(learn.drop(columns=TARGET), learn[TARGET])


def judge(model: Pipeline, learn: pd.DataFrame, held_back: pd.DataFrame) -> Metrics:
    answers = model.predict(held_back.drop(columns=TARGET))
    validated = cross_val_score(build(), learn.drop(columns=TARGET), learn[TARGET], cv=5)
    return Metrics(
        round(float(validated.mean()), 4),
        round(float(accuracy_score(held_back[TARGET], answers)), 4),
        round(float(f1_score(held_back[TARGET], answers, average="macro")), 4),
    )
