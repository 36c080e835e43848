"""{{ title }}."""

from durations.text import parse, show

__all__ = ["parse", "show"]
