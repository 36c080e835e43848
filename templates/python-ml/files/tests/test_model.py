import json
from pathlib import Path

import pytest

from ml.data import TARGET, load, split
from ml.predict import predict
from ml.train import train


def test_no_wine_is_in_both_parts() -> None:
    data = load()
    learn, held_back = split(data)
    assert len(learn) + len(held_back) == len(data) == 178
    assert not set(learn.index) & set(held_back.index)
    assert set(held_back[TARGET]) == set(data[TARGET])


def test_the_model_is_good_and_the_same_each_time(tmp_path: Path) -> None:
    metrics = train(tmp_path)
    assert metrics["accuracy"] >= 0.95
    assert metrics["cross_validated"] >= 0.95
    assert json.loads((tmp_path / "metrics.json").read_text()) == metrics == train(tmp_path)


def test_a_kept_model_answers_for_each_row(tmp_path: Path) -> None:
    train(tmp_path)
    _, held_back = split(load())
    answers = predict(held_back, tmp_path)
    assert len(answers) == len(held_back)
    assert (answers["answer"].to_numpy() == held_back[TARGET].to_numpy()).mean() >= 0.95
    assert answers["sure"].between(0.33, 1).all()


def test_a_table_without_a_measurement_is_refused_by_its_name(tmp_path: Path) -> None:
    train(tmp_path)
    with pytest.raises(KeyError, match="alcohol"):
        predict(load().drop(columns="alcohol"), tmp_path)
