"""How much a project may have, and the count against it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from templates.errors import TooLargeError
from templates.text import size_in_words


@dataclass(frozen=True, slots=True)
class Limits:
    """Files and bytes that a project may have in all, and entries that are looked through to find them."""

    files: int = 20_000
    bytes: int = 1 << 30
    entries: int = 200_000


LIMITS = Limits()


class Tally:
    """Counts what a walk meets; raises TooLargeError at the first entry too many, naming where most of it is."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._entries = _Sum()
        self._files = _Sum()
        self._bytes = _Sum()

    def look(self, parts: Sequence[str]) -> None:
        """Counts an entry, whether or not it is to be kept."""
        if self._entries.add(parts, 1) > self._limits.entries:
            raise TooLargeError(
                f"There are more than {self._limits.entries:,} files and folders to look through, "
                f"most of them so far {self._entries.most()}."
            )

    def keep(self, parts: Sequence[str], size: int) -> None:
        """Counts a file of `size` bytes that is to be kept."""
        most = size_in_words(self._limits.bytes)
        if size > self._limits.bytes:
            raise TooLargeError(
                f"{'/'.join(parts)!r} alone has {size_in_words(size)}; a project may have {most} in all."
            )
        if (count := self._files.add(parts, 1)) > self._limits.files:
            raise TooLargeError(
                f"There are at least {count:,} files, most of them so far {self._files.most()}; "
                f"a project may have {self._limits.files:,}."
            )
        if (total := self._bytes.add(parts, size)) > self._limits.bytes:
            raise TooLargeError(
                f"The files have at least {size_in_words(total)}, most of it so far {self._bytes.most()}; "
                f"a project may have {most} in all."
            )


class _Sum:
    """A sum, and its share for each folder at the top."""

    def __init__(self) -> None:
        self._total = 0
        self._shares = Counter[str]()

    def add(self, parts: Sequence[str], amount: int) -> int:
        self._total += amount
        self._shares[parts[0] if len(parts) > 1 else ""] += amount
        return self._total

    def most(self) -> str:
        folder = max(self._shares, key=self._shares.__getitem__)
        return f"in {folder!r}" if folder else "in no folder of its own"
