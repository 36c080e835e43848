"""Every key in columns: a pure function of the command registry, the place and the width."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap

from textual.binding import Binding
from textual.content import Content

from screens.commands import commands_of, key_words
from screens.places import PLACES, PlaceId, place_named
from screens.widgets.row_list import RowList
from screens.words import cut

COLUMN, GAP, KEYS, TITLE = 76, 4, 10, 18
"""Columns of a column of sections at least, between two of them, of a command's keys, and of its title."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One command: its keys as a person reads them, its title, and a sentence."""

    keys: str
    title: str
    help: str


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    entries: tuple[Entry, ...]
    here: bool = False


def sections(here: PlaceId) -> tuple[Section, ...]:
    """The keys of the place that the person comes from, of everywhere, of lists, then of the other places."""
    others: list[PlaceId] = [place.id for place in PLACES if place.id != here]
    found = (
        Section(f"Here: {place_named(here).title}", _entries(here), here=True),
        Section("Everywhere", _entries(None)),
        Section("In a list", _of_lists()),
        *(Section(place_named(place).title, _entries(place)) for place in others),
    )
    return tuple(section for section in found if section.entries)


def _entries(place: PlaceId | None) -> tuple[Entry, ...]:
    return tuple(Entry(_keys(command.key), command.title, command.help) for command in commands_of(place))


def _of_lists() -> tuple[Entry, ...]:
    moves = [one for one in RowList.BINDINGS if isinstance(one, Binding)]
    tab = Entry("Tab", "Next", "To the next part of the window; Shift+Tab goes back.")
    return (*(Entry(_keys(one.key), one.description, "") for one in moves), tab)


def _keys(keys: str) -> str:
    return " ".join(key_words(key) for key in keys.split(","))


def matching(found: Sequence[Section], words: str) -> tuple[Section, ...]:
    """The sections with only the commands that have each of the words in key, title, sentence or place."""
    wanted = words.lower().split()

    def kept(section: Section) -> tuple[Entry, ...]:
        return tuple(
            one
            for one in section.entries
            if all(word in f"{section.title} {one.keys} {one.title} {one.help}".lower() for word in wanted)
        )

    narrowed = (Section(section.title, kept(section), section.here) for section in found)
    return tuple(section for section in narrowed if section.entries)


def sheet(found: Sequence[Section], width: int) -> Content:
    """All sections in as many columns as there is room for."""
    if not found:
        return Content.styled("No key has these letters. Esc clears the search.", "$muted")
    count = max(1, (width + GAP) // (COLUMN + GAP))
    size = (width - GAP * (count - 1)) // count
    columns = _spread([_block(section, size) for section in found], count)
    lines = [
        Content(" " * GAP).join([_padded(line, size) for line in row])
        for row in zip_longest(*columns, fillvalue=Content(""))
    ]
    return Content("\n").join(lines)


def _block(section: Section, width: int) -> list[Content]:
    """A section's lines, with an empty one after it."""
    lines = [Content.styled(section.title, "bold $accent" if section.here else "bold")]
    for one in section.entries:
        first, *more = wrap(one.help, max(12, width - KEYS - TITLE)) or [""]
        keys, title = f"{cut(one.keys, KEYS - 1):<{KEYS}}", f"{cut(one.title, TITLE - 1):<{TITLE}}"
        lines.append(Content.assemble((keys, "$accent"), title, (first, "$muted")))
        lines += [Content.assemble(" " * (KEYS + TITLE), (rest, "$muted")) for rest in more]
    return [*lines, Content("")]


def _spread(blocks: Sequence[list[Content]], count: int) -> list[list[Content]]:
    """Each block into the column that is the shortest so far, so that the order is read from left to right."""
    columns: list[list[Content]] = [[] for _ in range(count)]
    for block in blocks:
        min(columns, key=len).extend(block)
    return columns


def _padded(line: Content, width: int) -> Content:
    line = line.truncate(width, ellipsis=True)
    return Content.assemble(line, " " * (width - line.cell_length))
