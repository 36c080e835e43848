"""Text from outside: which characters are never wanted in it, and how it is shown; sizes and times in words."""

import re
from datetime import UTC, datetime

DASH = "\N{EN DASH}"
"""What stands where there is nothing to say."""

# C0, DEL and C1; line and paragraph separators; what turns the reading direction (CVE-2021-42574); and
# surrogates, which stand for bytes that are not Unicode.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_ESCAPE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\-_])")


def has_controls(text: str) -> bool:
    """Whether the text has control characters, or bytes that are not Unicode."""
    return _CONTROL.search(text) is not None


def shown(text: str) -> str:
    """The text as a terminal may print it: as it is, or escaped where it has control characters."""
    return ascii(text) if has_controls(text) else text


def size_in_words(count: int) -> str:
    """A number of bytes as a person reads it: `640 bytes`, `3.2 MiB`, `1.5 GiB`."""
    size, units = float(count), ["bytes", "KiB", "MiB", "GiB", "TiB"]
    while size >= 1024 and len(units) > 1:
        size /= 1024
        units.pop(0)
    return f"{size:.0f} {units[0]}" if units[0] == "bytes" else f"{size:.1f} {units[0]}"


def plain(text: str) -> str:
    """One line without control characters: what a cluster or a container says must not steer the terminal."""
    return "".join(char if char.isprintable() else " " for char in _ESCAPE.sub("", text)).rstrip()


def duration(seconds: float) -> str:
    """`3.2s`, `42s`, `1m 05s`, `2h 05m`."""
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02}s"
    return f"{whole // 3600}h {whole % 3600 // 60:02}m"


def age(then: datetime | None, now: datetime | None = None) -> str:
    """How long ago, in its largest unit: `12s`, `5m`, `3h`, `4d`; a dash where it is not known."""
    if then is None:
        return DASH
    seconds = max(0, int(((now or datetime.now(UTC)) - then).total_seconds()))
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= length:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"
