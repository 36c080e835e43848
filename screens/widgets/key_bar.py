"""The key bar: the keys that work here and now, and the work under way."""

from collections.abc import Callable
from datetime import datetime

from textual import events
from textual.app import RenderResult
from textual.binding import ActiveBinding
from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

from screens.glyphs import GLYPHS
from screens.jobs import Job, Jobs
from screens.places import place_named
from screens.words import ticking

GAPS = (3, 2)
"""Columns between two keys: more, where that leaves room for all."""


def jobs_words(active: tuple[Job, ...], now: datetime) -> Content:
    """The work under way in a few words; empty where there is none."""
    if not active:
        return Content("")
    newest = active[-1]
    more = f" and {len(active) - 1} more" if len(active) > 1 else ""
    return Content.assemble(
        (GLYPHS.starting, "$warning"),
        f" {newest.task.title}{more} ",
        (f"{ticking(newest.elapsed(now)):>6}", "$muted"),
    )


def keys_words(keys: list[tuple[str, str, str, bool]], width: int) -> Content:
    """As many of (key, its display, title, enabled) as there is room for; what cannot be used now is dim."""
    items = [_key(*key) for key in keys]
    taken = sum(item.cell_length for item in items)
    gap = next((gap for gap in GAPS if taken + gap * (len(items) - 1) <= width), GAPS[-1])
    while items and sum(item.cell_length + gap for item in items) - gap > width:
        items.pop()
    return Content(" " * gap).join(items)


def _key(key: str, display: str, title: str, enabled: bool) -> Content:
    colours = ("$accent bold", "$foreground 80%") if enabled else ("$muted 50%", "$muted 50%")
    return Content.assemble((display, colours[0]), " ", (title, colours[1])).stylize(Style.from_meta({"key": key}))


class KeyBar(Widget):
    """One line; a click on a key presses it."""

    DEFAULT_CSS = """
    KeyBar { height: 1; width: 1fr; padding: 0 1; background: $background; dock: bottom; }
    """

    def __init__(self, jobs: Jobs, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._jobs = jobs
        self._now = now

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_updated)

    def _bindings_updated(self, _: Screen[object]) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        if key := event.style.meta.get("key"):
            self.app.simulate_key(key)

    def render(self) -> RenderResult:
        width = self.size.width
        work = jobs_words(self._jobs.active, self._now())
        work = work.stylize(Style.from_meta({"key": place_named("progress").key}))
        keys = keys_words(self._keys(), width - work.cell_length - 2)
        return Content.assemble(keys, " " * max(1, width - keys.cell_length - work.cell_length), work)

    def _keys(self) -> list[tuple[str, str, str, bool]]:
        """This place's keys in their order, then those of everywhere; the first key of each command alone."""
        found: dict[str, ActiveBinding] = {}
        for active in self.screen.active_bindings.values():
            if active.binding.show:
                found.setdefault(active.binding.id or active.binding.action, active)
        everywhere = [one for one in found.values() if (one.binding.id or "").startswith("everywhere.")]
        here = [one for one in found.values() if one not in everywhere]
        return [
            (one.binding.key, self.app.get_key_display(one.binding), one.binding.description, one.enabled)
            for one in (*here, *everywhere)
        ]
