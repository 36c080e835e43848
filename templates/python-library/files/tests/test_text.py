from datetime import timedelta

import pytest

import durations


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0s", 0), ("90s", 90), ("1h 30m", 5400), ("1h30m", 5400), (" 2 D ", 172_800), ("1d 1h 1m 1s", 90_061)],
)
def test_a_duration_is_read(text: str, seconds: int) -> None:
    assert durations.parse(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "  ", "h", "10", "10x", "1h and 2m", "-5m"])
def test_what_is_no_duration_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        durations.parse(text)


@pytest.mark.parametrize("seconds", [0, 1, 59, 60, 3_599, 3_600, 86_399, 86_400, 1_234_567])
def test_what_is_shown_is_read_back(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert durations.parse(durations.show(duration)) == duration


def test_zeros_are_left_out() -> None:
    assert durations.show(timedelta(days=1, seconds=5)) == "1d 5s"


def test_a_negative_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        durations.show(timedelta(seconds=-1))
