"""The key bar: the keys that work here and now, and the work under way."""

from collections.abc import Callable
from datetime import datetime

from textual.app import RenderResult
from textual.binding import ActiveBinding
from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

from screens.glyphs import GLYPHS
from screens.jobs import Job, Jobs
from templates.text import duration

GAP = "   "


def jobs_words(active: tuple[Job, ...], now: datetime) -> Content:
    """The work under way in a few words; empty where there is none."""
    if not active:
        return Content("")
    newest = active[-1]
    more = f" and {len(active) - 1} more" if len(active) > 1 else ""
    return Content.assemble(
        (GLYPHS.starting, "$warning"),
        f" {newest.task.title}{more} ",
        (f"{duration(round(newest.elapsed(now))):>6}", "$muted"),
    )


def keys_words(keys: list[tuple[str, str, str, bool]], width: int) -> Content:
    """As many of (key, its display, title, enabled) as there is room for; what cannot be used now is dim."""
    content = Content("")
    for key, display, title, enabled in keys:
        colours = ("$accent bold", "$foreground 80%") if enabled else ("$muted 50%", "$muted 50%")
        item = Content.assemble((display, colours[0]), " ", (title, colours[1]))
        item = item.stylize(Style.from_meta({"@click": f"app.simulate_key('{key}')"}))
        longer = item if not content else Content.assemble(content, GAP, item)
        if longer.cell_length > width:
            break
        content = longer
    return content


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

    def render(self) -> RenderResult:
        width = self.size.width
        work = jobs_words(self._jobs.active, self._now())
        work = work.stylize(Style.from_meta({"@click": "app.go('progress')"}))
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
