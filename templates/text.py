"""Text from outside: which characters are never wanted in it, and how it is shown all the same."""

import re

# C0, DEL and C1; line and paragraph separators; what turns the reading direction (CVE-2021-42574); and
# surrogates, which stand for bytes that are not Unicode.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


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
