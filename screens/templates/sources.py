"""The sources of a person's own templates as the gallery knows them, and words about them: pure but `known`."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from templates.catalog import ID, SEPARATOR
from templates.sources.errors import SourceError
from templates.sources.source import Source
from templates.sources.url import check_url, is_url, name_in
from templates.sources.words import deletion, staying

if TYPE_CHECKING:
    from templates.sources.change import Sources

PLACE, NAME = "place", "name"
"""What is asked of a source."""
LONGEST_NAME = 40
SHAPE = "Lower-case letters, digits and single hyphens; it starts with a letter."
MEANT = "A folder that is a template or holds several, or an address that Git fetches: https, ssh or file."


@dataclass(frozen=True, slots=True)
class Wanted:
    """A source as it was typed; without a name it is called as its folder or repository."""

    place: str = ""
    name: str = ""

    @property
    def called(self) -> str:
        return self.name or name_in(self.place if is_url(self.place) else _path(self.place))


@dataclass(frozen=True, slots=True)
class Known:
    """The sources; the names of those whose files are here alone; the ids of ours, which none may be called."""

    sources: tuple[Source, ...] = ()
    kept: frozenset[str] = frozenset()
    ours: frozenset[str] = frozenset()

    def of(self, template_id: str) -> Source | None:
        """The source of this template; also by its own name, as one is listed that cannot be used."""
        name = template_id.partition(SEPARATOR)[0]
        return next((one for one in self.sources if one.name == name), None)


def known(sources: "Sources") -> Known:
    """Reads them; where their file is broken, which the catalog says, none is known."""
    try:
        found = sources.book.read()
    except SourceError:
        found = ()
    kept = frozenset(one.name for one in found if sources.book.keeps(one))
    return Known(found, kept, frozenset(sources.ours))


def name_problem(name: str, there: Known) -> str:
    """Why no new source can be called so, as a sentence; empty where one can."""
    if not name:
        return "It needs a name."
    if len(name) > LONGEST_NAME or not ID.fullmatch(name):
        return SHAPE
    if name in there.ours:
        return f"{name} is one of VibeCode's own templates."
    taken = there.of(name)
    return f"There is a source {name} already: {taken.place}." if taken else ""


def place_problem(place: str, there: Known) -> str:
    """Why nothing can be added from there, as far as it is known without a look."""
    if not place:
        return "It needs a folder or an address."
    try:
        where = check_url(place) if is_url(place) else _path(place)
    except SourceError as error:
        return error.detail
    same = next((one for one in there.sources if one.place == where), None)
    return "" if same is None else f"It is the source {same.name} already."


def problems(wanted: Wanted, there: Known) -> Mapping[str, str]:
    """What is not right, and why, as a sentence."""
    name = name_problem(wanted.called, there) if wanted.place else ""
    found = ((PLACE, place_problem(wanted.place, there)), (NAME, name))
    return {key: words for key, words in found if words}


def outcome(wanted: Wanted, there: Known) -> str:
    """What comes of it, or what it can be."""
    if not wanted.place:
        return MEANT
    try:
        does = "Git fetches its files; nothing of it runs."
        if is_url(wanted.place):
            check_url(wanted.place)
        else:
            does = f"{_path(wanted.place)} stays where it is."
    except SourceError as error:
        return error.hint
    return does if name_problem(wanted.called, there) else f"{does} Its templates are called {wanted.called}/…"


def _path(place: str) -> str:
    return os.path.abspath(os.path.expanduser(place))  # noqa: PTH100, PTH111


def removal(source: Source, there: Known) -> tuple[str, str]:
    """The question before a source is removed, and what becomes of its files."""
    kept = source.name in there.kept
    if kept:
        return deletion(source), "It is lost; workspaces that were made of it stay as they are."
    stays = staying(source, kept=kept) or f"What Git brought from {source.place} goes with it."
    return f"Remove the source {source.name}?", f"Its templates leave this list. {stays}"
