"""What is said of sources to a person, wherever they are changed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from templates.sources.url import is_url
from templates.text import plain

if TYPE_CHECKING:
    from templates.catalog import Listing
    from templates.sources.source import Source


def bringing(place: str) -> str:
    """What is done with a place, as a step's title; without what may be a password, which is refused later."""
    before, at, after = place.partition("://")[2].rpartition("@")
    shown = f"{place.partition('://')[0]}://…{at}{after}" if before else place
    return f"{'Fetching' if is_url(place) else 'Reading'} {plain(shown)[:80]}"


def updated(before: "Source", after: "Source") -> str:
    """What came of it, after the source's name."""
    if not after.url:
        return "is read where it is, at each use: there is nothing to fetch"
    if after.commit == before.commit:
        return f"is as it was, at {after.commit[:12]}"
    return f"is at {after.commit[:12]} now, before at {before.commit[:12]}"


def left_out(listing: "Listing") -> Iterator[str]:
    """A sentence for each of its templates that cannot be used."""
    for name, error in listing.broken.items():
        yield f"{plain(name)} is left out: {plain(error.detail)}"


def deletion(source: "Source") -> str:
    """The question before what is nowhere else goes."""
    return f"Delete the template {source.name}, which is nowhere else than in {source.folder}?"


def staying(source: "Source", *, kept: bool) -> str:
    """What stays of a source that is forgotten, as a sentence; `kept` where its files are here alone."""
    return "" if source.url or kept else f"{source.folder} stays as it is."
