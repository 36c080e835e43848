"""What a workspace, or a service beside it, says: followed as it comes, searched, narrowed to a level, copied."""

import asyncio
from contextlib import aclosing
from datetime import datetime

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from cluster.engine import Workspace
from screens.base.first_frame import SKELETON
from screens.base.place import PlaceScreen
from screens.commands import bindings
from screens.logs import presenter
from screens.logs.buffer import LogBuffer
from screens.logs.heading import Heading
from screens.logs.level_bar import LevelBar
from screens.logs.levels import Level
from screens.logs.reading import Begun, Ended, Happening, Lines, read
from screens.logs.source import Source, sources
from screens.logs.view import LogView
from screens.messages import Begin, Copy
from screens.shared import Shared
from screens.widgets.field import Field
from screens.widgets.list_detail import ListDetail
from screens.widgets.row_list import RowList
from screens.widgets.words import Words
from screens.words import keys
from screens.work import start
from templates.errors import VibeCodeError

SILENCE = 2.0
"""Seconds after which a log that is read and tells nothing counts as silent."""


class LogsScreen(PlaceScreen):
    """Reads one log, whatever place is shown, from the first look at it on."""

    PLACE = "logs"
    CSS_PATH = "logs.tcss"
    BINDINGS = bindings("logs")

    class Happened(Message):
        """Something came of reading this log."""

        def __init__(self, source: Source, happening: Happening) -> None:
            super().__init__()
            self.source = source
            self.happening = happening

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._workspaces: dict[str, Workspace] = {}
        self._sources: dict[str, Source] = {}
        self._subject: Source | None = None
        self._since: datetime | None = None  # when its reading began, while it has told nothing
        self._error: VibeCodeError | None = None
        self._state: object = None
        self._again = asyncio.Event()
        self._summary = Static("Logs of", id="summary")
        self._list = RowList(self._draw, id="workspaces")
        self._heading = Heading()
        self._levels = LevelBar()
        self._search = Field(placeholder="search: letters in a line", longest=200, id="search")
        self._notice = Words(id="notice")
        self._view = LogView(LogBuffer())
        self._panes = ListDetail(
            Vertical(self._summary, Static(SKELETON, id="skeleton"), self._list),
            self._heading,
            self._levels,
            self._search,
            self._notice,
            Static("Reading the log", id="reading"),
            self._view,
        )

    def compose_body(self) -> ComposeResult:
        yield self._panes
        with Vertical(id="nothing", classes="centred"):
            yield Static(
                Content.assemble(
                    ("There is no workspace yet", "bold"),
                    "\n\nWhat a workspace says shows here as it says it.\n\n",
                    keys((("2", "picks a template to make the first one"),)),
                ),
                classes="prepared",
            )

    def on_mount(self) -> None:
        self._list.focus()

    # What is shown

    def show(self) -> None:
        snapshot = self.shared.store.snapshot
        self.set_class(snapshot.loading, "-loading")
        self.set_class(not snapshot.loading and not snapshot.workspaces and self._subject is None, "-empty")
        self._workspaces = {one.name: one for one in snapshot.workspaces}
        self._sources = {one.key: one for one in sources(snapshot.workspaces)}
        self._list.show(list(self._sources))
        self._show_log()

    def _draw(self, key: str, width: int) -> list[Content]:
        source = self._sources[key]
        one = self._workspaces[source.workspace]
        stale = self.shared.store.snapshot.seen_of(one) is not None
        return [presenter.row(source, one, width, stale=stale)]

    @on(LogView.Changed)
    def _show_log(self) -> None:
        if (source := self._subject) is None:
            return
        snapshot, view, now = self.shared.store.snapshot, self._view, self.shared.services.now()
        one = self._workspaces.get(source.workspace)
        buffer = view.buffer
        place = presenter.Place(
            line=view.cursor + 1,
            shown=len(view.rows.numbers),
            dropped=buffer.first,
            selected=len(view.selected) if view.origin is not None else 1,
            follow=view.follow,
            words=view.matches.words,
            match=view.matches.place(view.cursor),
            matches=len(view.matches),
        )
        self._heading.show(lambda width: presenter.heading(source, one, place, width))
        self._levels.show(view.rows.least, buffer.count(Level.ERROR), buffer.count(Level.WARN))
        words = presenter.notice(source, one, snapshot.seen_of(one) if one else None, self._error, now)
        self._notice.set_class(words is not None, "-shown")
        self._notice.show(words or "")
        waits = self._since is not None and (now - self._since).total_seconds() < SILENCE
        self.set_class(waits and words is None and not place.shown, "-reading")
        if (state := one and (one.state, presenter.state(source, one), snapshot.seen_of(one))) != self._state:
            self._state = state
            self._again.set()
            self.refresh_bindings()

    # Whose log

    @on(RowList.Highlighted)
    def _highlighted(self, event: RowList.Highlighted) -> None:
        source = self._sources.get(event.key or "")
        if source is not None and source != self._subject:
            self._read(source)

    @on(RowList.Chosen)
    def action_enter(self) -> None:
        self._panes.detail_shown = True
        self._view.focus()

    def visit(self, subject: str) -> None:
        source = Source(subject)
        self._list.highlight(source.key)
        if source != self._subject:
            self._read(source)
        self.action_enter()

    def _read(self, source: Source) -> None:
        self._subject, self._error, self._state = source, None, None
        self._view.open(LogBuffer())
        self._follow(source)
        self.show()

    @work(exclusive=True, group="follow", exit_on_error=False)
    async def _follow(self, source: Source) -> None:
        async with aclosing(read(self.shared.engines, source, self._again)) as happenings:
            async for happening in happenings:
                self.post_message(self.Happened(source, happening))

    @on(Happened)
    def _happened(self, message: Happened) -> None:
        if message.source != self._subject:
            return
        match message.happening:
            case Begun():
                self._since = self.shared.services.now()
                self._view.buffer.begin_again()
                self._show_log()
            case Lines(lines):
                self._since = self._error = None
                self._view.buffer.append(lines)
                self._view.grow()
            case Ended(error):
                self._since, self._error = None, error
                self._show_log()

    # The commands

    @property
    def typing(self) -> bool:
        return self._search.has_focus

    def leave(self) -> bool:
        """One thing after the other: the search, the selection, the log in a narrow window."""
        if self._search.has_class("-shown"):
            self._search.value = ""
            self._search.remove_class("-shown")
            self._view.focus()
        elif self._view.origin is not None:
            self._view.origin = None
        elif self._panes.detail_shown and self.has_class("-narrow"):
            self._panes.detail_shown = False
            self._list.focus()
        else:
            return False
        return True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if action == "search":
            return not self.typing
        one = self._workspaces.get(self._subject.workspace) if self._subject else None
        possible = {
            "start": one is not None and one.state in ("stopped", "failed"),
            "next_match": bool(self._view.matches.words),
            "previous_match": bool(self._view.matches.words),
        }
        return None if possible.get(action) is False else True

    def action_search(self) -> None:
        self._panes.detail_shown = True
        self._search.add_class("-shown")
        self.set_focus(self._search)  # at once: what is typed on is for it

    @on(Field.Changed, "#search")
    def _searched(self) -> None:
        self._view.search(self._search.value)
        self.refresh_bindings()

    @on(Field.Submitted, "#search")
    def _search_left(self) -> None:
        self._view.focus()

    def action_next_match(self) -> None:
        self._view.seek(self._view.matches.after(self._view.cursor))

    def action_previous_match(self) -> None:
        self._view.seek(self._view.matches.before(self._view.cursor))

    def action_level(self) -> None:
        self._view.show_level(presenter.next_level(self._view.rows.least))

    @on(LevelBar.Chosen)
    def _level_chosen(self, message: LevelBar.Chosen) -> None:
        self._view.show_level(Level(message.level))

    def action_follow(self) -> None:
        self._view.follow = not self._view.follow

    def action_first(self) -> None:
        self._view.to_start()

    def action_last(self) -> None:
        self._view.follow = True

    def action_wrap(self) -> None:
        self._view.wrap = not self._view.wrap

    def action_copy(self) -> None:
        if lines := self._view.copied():
            self.post_message(Copy(*presenter.copied(lines)))

    def action_copy_all(self) -> None:
        view = self._view
        if lines := [view.buffer.text(number) for number in view.rows.numbers]:
            self.post_message(Copy(*presenter.copied(lines)))

    def action_start(self) -> None:
        if self._subject is not None:
            self.post_message(Begin(start(self.shared.engines, self._subject.workspace, self.post_message)))
