from pathlib import Path

import pytest

import weather


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "days.csv"
    path.write_text("date,celsius\n2026-01-01,1\n2026-01-02,3\n2026-02-01,\n2026-02-02,8\n", encoding="utf-8")
    return path


def test_days_without_a_value_are_left_out(csv: Path) -> None:
    assert weather.read(csv)["celsius"].tolist() == [1.0, 3.0, 8.0]


def test_months_have_mean_and_spread(csv: Path) -> None:
    months = weather.by_month(weather.read(csv))
    assert months["mean"].to_dict() == {1: 2.0, 2: 8.0}
    assert months["spread"][1] == pytest.approx(2**0.5)
