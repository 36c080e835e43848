"""One edit, as a model writes it."""

from dataclasses import dataclass
from functools import cached_property

Lines = tuple[str, ...]


@dataclass(frozen=True)
class SearchReplace:
    """Lines that are to take the place of others; `dividers` are the indices in `body` of lines that may part the two.

    There can be several, since `=======` also underlines headings; which one it is shows when the edit is placed.
    """

    path: str
    body: Lines
    dividers: tuple[int, ...]

    @cached_property
    def readings(self) -> tuple[tuple[Lines, Lines], ...]:
        """What is searched and what replaces it, for each divider."""
        return tuple((self.body[:at], self.body[at + 1 :]) for at in self.dividers)


@dataclass(frozen=True)
class WholeFile:
    """All lines that a file is to have."""

    path: str
    lines: Lines


@dataclass(frozen=True)
class DeleteFile:
    path: str


Edit = SearchReplace | WholeFile | DeleteFile


@dataclass(frozen=True)
class Malformed:
    """An edit that was begun and not ended, or has no divider."""

    path: str
    reason: str
