"""The top bar: the places, and the state of the engines."""

from textual import events
from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from screens.glyphs import GLYPHS
from screens.places import PLACES, Place, PlaceId
from screens.store import EngineView, Snapshot, Store

_WORDS = {
    "absent": (GLYPHS.stopped, "$muted", "not made"),
    "stopped": (GLYPHS.stopped, "$muted", "stopped"),
    "starting": (GLYPHS.starting, "$warning", "starting"),
    "running": (GLYPHS.running, "$success", "running"),
    "unreachable": (GLYPHS.failed, "$error", "no answer"),
}
ENGINE = 17
"""Columns of the longest words for an engine: they are kept for it, so that the places do not move."""


def engine_words(snapshot: Snapshot) -> Content:
    """The engine where something new goes, its state, and whether any other that holds workspaces is lost."""
    if snapshot.loading:
        return Content.from_markup("[$muted]looking around[/]")
    if not snapshot.engines:
        return Content.assemble((GLYPHS.failed, "$error"), (" no engine", "$muted"))
    lost = [engine for engine in snapshot.engines if engine.stale]
    engine = lost[0] if lost else snapshot.engine(snapshot.chosen) if snapshot.chosen else None
    return _engine(engine or snapshot.engines[0])


def _engine(engine: EngineView) -> Content:
    if engine.stale:
        glyph, colour, words = GLYPHS.failed, "$error", "lost"
    elif engine.status is not None:
        glyph, colour, words = _WORDS[engine.status.state]
    elif engine.error is not None:
        glyph, colour, words = _WORDS["unreachable"]
    else:
        glyph, colour, words = GLYPHS.starting, "$muted", "looking"
    return Content.assemble((glyph, colour), " ", engine.name, " ", (words, "$muted"))


def places_words(current: PlaceId, width: int) -> Content:
    """The places with their keys; where there is no room for all names, only the current one's."""
    places = [place for place in PLACES if place.id != "help"]
    named = Content("").join([_place(place, current=place.id == current, named=True) for place in places])
    if named.cell_length <= width:
        return named
    return Content("").join([_place(place, current=place.id == current, named=place.id == current) for place in places])


def _place(place: Place, *, current: bool, named: bool) -> Content:
    title = f" {place.title} " if named else " "
    styles = ("$accent bold on $cursor",) * 2 if current else ("$accent 70%", "$muted")
    label = Content.assemble((f" {place.key}", styles[0]), (title, styles[1]))
    return label.stylize(Style.from_meta({"place": place.id}))


class TopBar(Widget):
    """One line; a click on a place goes there."""

    DEFAULT_CSS = """
    TopBar { height: 1; width: 1fr; padding: 0 1; background: $background; color: $foreground; }
    """

    def __init__(self, current: PlaceId, store: Store) -> None:
        super().__init__()
        self._current: PlaceId = current
        self._store = store

    async def on_click(self, event: events.Click) -> None:
        if place := event.style.meta.get("place"):
            await self.run_action(f"app.go('{place}')")

    def render(self) -> Content:
        width, engine = self.size.width, engine_words(self._store.snapshot)
        places = places_words(self._current, width - ENGINE - 1)
        gap = width - places.cell_length - engine.cell_length
        if gap < 1:
            return places.truncate(width, ellipsis=True)
        return Content.assemble(places, " " * gap, engine)
