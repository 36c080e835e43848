"""Datadog: its keys, how the monitors stand, and what helps where one alerts."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Markdown

from cluster.datadog.keys import KeyKind
from cluster.datadog.runbook import read_runbook
from screens.base.place import PlaceScreen
from screens.commands import bindings
from screens.datadog import details, presenter
from screens.datadog.access import Look
from screens.datadog.health import KEYS, ROWS, Health
from screens.jobs import Task
from screens.messages import Ask, Begin, Browse, Copy, Failed
from screens.shared import Shared
from screens.widgets.fitted import Fitted
from screens.widgets.list_detail import ListDetail
from screens.widgets.page import Page
from screens.widgets.row_list import RowList
from screens.widgets.words import Words
from templates.errors import UnexpectedError, VibeCodeError
from templates.events import Event

if TYPE_CHECKING:
    from cluster.datadog.monitors.plan import Plan

log = logging.getLogger(__name__)

AGAIN = 60.0
"""Seconds between two looks while the place is shown: a few requests, far below what Datadog allows."""
WRITING, DELETING = "Writing monitors and dashboard", "Deleting monitors and dashboard"
ENABLING, DISABLING = "Putting Datadog's Agent into the cluster", "Removing Datadog's Agent"


class DatadogScreen(PlaceScreen):
    """Asks Datadog when it is gone to, then each minute while it is shown, and after each change."""

    PLACE = "datadog"
    CSS_PATH = "datadog.tcss"
    BINDINGS = bindings("datadog")

    class Answered(Message):
        """What Datadog said, or why it could not be asked."""

        def __init__(self, answer: Look | VibeCodeError) -> None:
            super().__init__()
            self.answer = answer

    class RunbookRead(Message):
        """The page of what the cursor is on; empty where it has none."""

        def __init__(self, row: str, text: str) -> None:
            super().__init__()
            self.row = row
            self.text = text

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._access = shared.services.datadog
        self._health = Health()
        self._ended: frozenset[str] = frozenset()
        self._busy = False
        self._second: Timer | None = None
        self._summary = Words("Datadog", id="summary")
        self._list = RowList(self._draw, id="rows")
        self._about = Fitted(id="about")
        self._runbook = Markdown(id="runbook", open_links=False)
        self._panes = ListDetail(Vertical(self._summary, self._list), self._about, self._runbook)

    def compose_body(self) -> ComposeResult:
        yield self._panes

    def on_mount(self) -> None:
        self._runbook.display = False
        self._list.focus()
        self._minute = self.set_interval(AGAIN, self.action_look)

    def on_screen_resume(self) -> None:
        self._minute.resume()
        self.action_look()

    def on_screen_suspend(self) -> None:
        self._minute.pause()

    # What is known

    def action_look(self) -> None:
        if self._health.began is None:
            self._health = self._health.beginning(self.shared.services.now())
            self._second = self.set_interval(1, self.show)
            self._look()
            self.show()
            self.refresh_bindings()

    @work(exclusive=True, group="look", exit_on_error=False)
    async def _look(self) -> None:
        try:
            self.post_message(self.Answered(await self._access.look()))
        except VibeCodeError as error:
            self.post_message(self.Answered(error))
        except Exception as error:
            log.exception("asking Datadog")
            self.post_message(self.Answered(UnexpectedError(f"{type(error).__name__}: {error}")))

    @on(Answered)
    def _answered(self, message: Answered) -> None:
        answer, now = message.answer, self.shared.services.now()
        if self._second is not None:
            self._second.stop()
        failed = isinstance(answer, VibeCodeError)
        self._health = self._health.failed(answer, now) if failed else self._health.answered(answer, now)
        self.show()
        self.refresh_bindings()

    # What is shown

    def show(self) -> None:
        self._list.show(ROWS)
        self._summary.show(presenter.summary(self._health, self.shared.services.now()))
        self._show_detail()
        self._follow_work()

    def _follow_work(self) -> None:
        """Asks again once something has been changed in Datadog or in the cluster."""
        ours = [job for job in self.shared.jobs.all if job.task.title in (WRITING, DELETING, ENABLING, DISABLING)]
        ended = frozenset(job.id for job in ours if not job.active)
        if ended - self._ended:
            self._ended = ended
            self.action_look()
        if self._busy != (busy := len(ended) < len(ours)):
            self._busy = busy
            self.refresh_bindings()
        self._ended = ended

    def _draw(self, key: str, width: int) -> list[Content]:
        return [presenter.row(self._health, key, width - 1, self.shared.services.now())]

    @property
    def _key(self) -> str:
        """That of the row with the cursor."""
        return self._list.highlighted or ROWS[0]

    def _show_detail(self) -> None:
        health, key, now = self._health, self._key, self.shared.services.now()
        self._about.show(lambda width: details.detail(health, key, width, now))

    @on(RowList.Highlighted)
    def _moved(self) -> None:
        self._show_detail()
        self._panes.query_one(Page).scroll_home(animate=False)
        self.refresh_bindings()
        self._read_runbook(self._key)

    @work(exclusive=True, group="runbook", exit_on_error=False)
    async def _read_runbook(self, row: str) -> None:
        monitor = self._health.defined(row)
        text = await asyncio.to_thread(read_runbook, monitor.id) if monitor is not None else ""
        self.post_message(self.RunbookRead(row, text.partition("\n")[2]))  # its title is there already

    @on(RunbookRead)
    async def _runbook_read(self, message: RunbookRead) -> None:
        if message.row == self._key:
            self._runbook.display = bool(message.text)
            await self._runbook.update(message.text)

    def visit(self, subject: str) -> None:
        """Puts the cursor on this row."""
        self._list.highlight(subject)

    @on(RowList.Chosen)
    def action_details(self) -> None:
        """From the list into the detail, where the arrows scroll."""
        self._panes.detail_shown = True
        page = self._panes.query_one(Page)
        page.can_focus = True
        page.focus()

    def leave(self) -> bool:
        """The detail, back to the list."""
        page = self._panes.query_one(Page)
        shown = self._panes.detail_shown
        self._panes.detail_shown = page.can_focus = False
        self._list.focus()
        return shown

    # The commands

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        status, key = self._health.status, self._health.key(self._key)
        ready = status is not None and status.ok and not self._busy
        agent = self._health.agent
        usable = status is not None and status.api.state in ("valid", "unknown")
        possible = {
            "look": self._health.began is None,
            "plan": ready,
            "delete_monitors": ready and bool(self._health.monitors),
            "enable": usable and not self._busy,
            "enable_lite": usable and not self._busy,
            "disable": agent is not None and agent.state != "absent" and not self._busy,
            "forget_key": key is not None and key.source == "keyring",
        }
        return None if possible.get(action) is False else True

    def action_api_key(self) -> None:
        self._ask_for_key("api")

    def action_app_key(self) -> None:
        self._ask_for_key("app")

    def _ask_for_key(self, kind: KeyKind) -> None:
        from screens.models.entry import EntryScreen, key_problem

        def answered(key: str | None) -> None:
            if key is not None:
                self._change_key(lambda: self._access.keep_key(kind, key))

        title = f"The {presenter.KEY_TITLES[kind]} of Datadog"
        where = details.goes_where(self._health, kind)
        self.app.push_screen(EntryScreen(title, where, key_problem, hidden=True), answered)

    def action_forget_key(self) -> None:
        kind = KEYS[self._key]

        def confirmed() -> None:
            self._change_key(lambda: self._access.forget_key(kind))

        title = presenter.KEY_TITLES[kind]
        self.post_message(Ask(f"Forget the {title}?", "In Datadog it goes on being good.", "Forget it", confirmed))

    @work(group="key", exit_on_error=False)
    async def _change_key(self, change: Callable[[], Awaitable[object]]) -> None:
        try:
            await change()
        except VibeCodeError as error:
            self.post_message(Failed(error))
        self.action_look()

    def action_plan(self) -> None:
        from screens.datadog.plan import PlanScreen

        def answered(plan: "Plan | None") -> None:
            if plan is not None:
                self._begin(WRITING, lambda: self._access.apply(plan), "Monitors and dashboard are in Datadog")

        self.app.push_screen(PlanScreen(self._access.plan), answered)

    def action_delete_monitors(self) -> None:
        count = len(self._health.monitors or ())

        def confirmed() -> None:
            self._begin(DELETING, self._access.destroy, "Monitors and dashboard are deleted")

        detail = "Only those that VibeCode made; they are gone for everybody in this Datadog, and can be made again."
        self.post_message(
            Ask(f"Delete {count} monitors and the dashboard in Datadog?", detail, "Delete them", confirmed)
        )

    def action_enable(self) -> None:
        self._begin(ENABLING, lambda: self._access.enable(lite=False), "Datadog's Agent runs in the cluster")

    def action_enable_lite(self) -> None:
        self._begin(ENABLING, lambda: self._access.enable(lite=True), "Datadog's Agent runs in the cluster")

    def action_disable(self) -> None:
        def confirmed() -> None:
            self._begin(DISABLING, self._access.disable, "Datadog's Agent is not in the cluster any more")

        detail = "Nothing is sent from the cluster then; what is in Datadog stays there."
        self.post_message(Ask("Remove Datadog's Agent?", detail, "Remove it", confirmed))

    def _begin(self, title: str, events: Callable[[], AsyncIterator[Event]], done: str) -> None:
        left = "What was done stays; begun again, it does the rest."
        self.post_message(Begin(Task(title, events, done, if_stopped=left), watch=True))

    def action_open(self) -> None:
        self.post_message(Browse(details.page(self._health, self._key), "Datadog"))

    def action_copy(self) -> None:
        self.post_message(Copy(details.page(self._health, self._key), "The address of the page"))
