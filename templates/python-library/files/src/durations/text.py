"""Reading and writing durations."""

import re
from datetime import timedelta

UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
"""Seconds of each unit, largest first."""

_PART = re.compile(r"(\d+)\s*([dhms])", re.IGNORECASE)
_WHOLE = re.compile(rf"\s*({_PART.pattern}\s*)+", re.IGNORECASE)


def parse(text: str) -> timedelta:
    """The duration that a text such as `1h 30m` means; ValueError for any other text."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{text!r} is no duration, such as '1h 30m'")
    return timedelta(seconds=sum(int(number) * UNITS[unit.lower()] for number, unit in _PART.findall(text)))


def show(duration: timedelta) -> str:
    """The duration as `parse` reads it, in whole seconds; ValueError for a negative one."""
    seconds = int(duration.total_seconds())
    if seconds < 0:
        raise ValueError("a duration cannot be negative")
    parts: list[str] = []
    for unit, size in UNITS.items():
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(f"{number}{unit}")
    return " ".join(parts) or "0s"
