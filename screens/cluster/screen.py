"""The ground that the workspaces stand on: each engine, what runs and what happened there, and the doctor."""

import asyncio
import logging
from contextlib import aclosing
from dataclasses import replace

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from cluster.doctor.check import Diagnosis
from cluster.engine import Activity, EngineName
from screens import work as tasks
from screens.base.first_frame import SKELETON
from screens.base.place import PlaceScreen
from screens.cluster import doctor, presenter
from screens.cluster.doctor import Examination
from screens.cluster.ground import Ground, Lacks
from screens.cluster.looking import activities
from screens.commands import bindings
from screens.jobs import Task
from screens.messages import Ask, Begin, Copy
from screens.shared import Shared
from screens.store import EngineView
from screens.widgets.error_panel import ErrorPanel
from screens.widgets.fitted import Fitted
from screens.widgets.list_detail import ListDetail
from screens.widgets.page import Page
from screens.widgets.row_list import RowList
from templates.errors import UnexpectedError, VibeCodeError

log = logging.getLogger(__name__)


class ClusterScreen(PlaceScreen):
    """Follows the store; asks by itself, while it is shown, what runs, and at its first visit the doctor."""

    PLACE = "cluster"
    CSS_PATH = "cluster.tcss"
    BINDINGS = bindings("cluster")

    class Known(Message):
        """What each engine lacks."""

        def __init__(self, lacks: Lacks) -> None:
            super().__init__()
            self.lacks = lacks

    class Unknown(Message):
        """The settings allow no engine."""

        def __init__(self, error: VibeCodeError) -> None:
            super().__init__()
            self.error = error

    class Seen(Message):
        """What runs and what happened in an engine."""

        def __init__(self, engine: EngineName, activity: Activity) -> None:
            super().__init__()
            self.engine: EngineName = engine
            self.activity = activity

    class Examined(Message):
        """What the doctor found, or why it could not look."""

        def __init__(self, found: Diagnosis | VibeCodeError) -> None:
            super().__init__()
            self.found = found

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._ground = Ground()
        self._ended: frozenset[str] = frozenset()
        self._busy = False
        self._due = asyncio.Event()
        self._second: Timer | None = None
        self._list = RowList(self._draw, id="rows")
        self._detail = Fitted(id="ground")
        self._happened = Fitted(id="happened")
        self._error = ErrorPanel()
        self._error.show(None)
        self._panes = ListDetail(
            Vertical(Static("Where workspaces live", id="summary"), Static(SKELETON, id="skeleton"), self._list),
            self._detail,
            self._happened,
        )

    def compose_body(self) -> ComposeResult:
        yield self._error
        yield self._panes

    def on_mount(self) -> None:
        self._list.focus()

    def on_screen_resume(self) -> None:
        self._look()
        if self._ground.examination == Examination():
            self.action_examine()

    def on_screen_suspend(self) -> None:
        self.workers.cancel_group(self, "look")

    # What is known

    @work(exclusive=True, group="look", exit_on_error=False)
    async def _look(self) -> None:
        try:
            engines = (await self.shared.engines.get()).engines
        except VibeCodeError as error:
            self.post_message(self.Unknown(error))
            return
        self.post_message(self.Known({engine.name: engine.lacks for engine in engines}))
        async with aclosing(activities(engines, lambda name: self._ground.alive(name), self._due)) as seen:
            async for name, activity in seen:
                self.post_message(self.Seen(name, activity))

    @on(Known)
    def _known(self, message: Known) -> None:
        self._ground = replace(self._ground, lacks=message.lacks)
        self._show_detail()

    @on(Unknown)
    def _unknown(self, message: Unknown) -> None:
        self._error.show(message.error)
        self.show()

    @on(Seen)
    def _seen(self, message: Seen) -> None:
        if self._ground.activity.get(message.engine) != message.activity:
            self._ground = replace(self._ground, activity={**self._ground.activity, message.engine: message.activity})
            self._show_detail()

    @work(exclusive=True, group="examine", exit_on_error=False)
    async def _examine(self) -> None:
        try:
            self.post_message(self.Examined(await self.shared.services.examine()))
        except VibeCodeError as error:
            self.post_message(self.Examined(error))
        except Exception as error:
            log.exception("the doctor")
            self.post_message(self.Examined(UnexpectedError(f"{type(error).__name__}: {error}")))

    @on(Examined)
    def _examined(self, message: Examined) -> None:
        found, now = message.found, self.shared.services.now()
        if self._second is not None:
            self._second.stop()
        if isinstance(found, VibeCodeError):
            examination = replace(self._ground.examination, began=None, error=found)
        else:
            examination = Examination(found, now)
        self._ground = replace(self._ground, examination=examination)
        self.show()

    # What is shown

    def show(self) -> None:
        before = self._states
        self._ground = replace(self._ground, snapshot=self.shared.store.snapshot)
        self.set_class(not self._ground.snapshot.engines and not self._error.display, "-loading")
        self._list.show(self._ground.keys)
        self._show_detail()
        self._follow_work()
        if self._states != before:
            self._due.set()

    @property
    def _states(self) -> list[object]:
        """Of the engines."""
        return [view.status and view.status.state for view in self._ground.snapshot.engines]

    def _follow_work(self) -> None:
        """Has the doctor look again once work on the ground itself has ended."""
        views = self._ground.snapshot.engines
        titles = {self._mend.title, *(task.title for view in views for task in self._tasks(view))}
        ours = [job for job in self.shared.jobs.all if job.task.title in titles]
        ended = frozenset(job.id for job in ours if not job.active)
        if ended - self._ended:
            self.action_examine()
        if self._busy != (busy := len(ended) < len(ours)):
            self._busy = busy
            self.refresh_bindings()
        self._ended = ended

    def _draw(self, key: str, width: int) -> list[Content]:
        row = self._ground.row(key, width - 1, self.shared.services.now())
        return [row] if row is not None else []

    @on(RowList.Highlighted)
    def _moved(self) -> None:
        self._show_detail()
        self.refresh_bindings()

    def _show_detail(self) -> None:
        ground, key, now = self._ground, self._key, self.shared.services.now()
        self._detail.show(lambda width: ground.detail(key, width, now))
        self._happened.display = ground.happens(key)
        self._happened.show(lambda width: ground.happened(key, width, now))

    @property
    def _key(self) -> str:
        """That of the row with the cursor."""
        return self._list.highlighted or ""

    def visit(self, subject: str) -> None:
        """Puts the cursor on the engine of this name, or on the doctor."""
        self._list.highlight(subject)

    @on(RowList.Chosen)
    def action_details(self) -> None:
        """From the list into the detail, where the arrows scroll."""
        self._panes.detail_shown = True
        page = self._page
        page.can_focus = True
        page.focus()

    def leave(self) -> bool:
        """The detail, back to the list."""
        shown = self._panes.detail_shown
        self._panes.detail_shown = self._page.can_focus = False
        self._list.focus()
        return shown

    @property
    def _page(self) -> Page:
        return self._panes.query_one(Page)

    # The commands

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        ground, busy = self._ground, self._busy
        check, subject = ground.check(self._key), ground.subject(self._key)
        state = subject.status.state if subject and subject.status else None
        possible = {
            "up": subject is not None and not busy and (state != "running" or subject.error is not None),
            "down": ground.view(self._key) is not None and not busy and state not in (None, "absent"),
            "examine": ground.examination.began is None,
            "fix": doctor.fixable(ground.examination) and not busy,
            "copy": check is not None and bool(doctor.lines_of(check)),
        }
        return None if possible.get(action) is False else True

    def _tasks(self, view: EngineView) -> tuple[Task, Task]:
        engines = self.shared.engines
        return tasks.up(engines, view.name), tasks.down(engines, view.name)

    @property
    def _mend(self) -> Task:
        found = self._ground.examination.diagnosis or Diagnosis(())
        return tasks.mend(lambda: self.shared.services.repair(found))

    def action_up(self) -> None:
        if (view := self._ground.subject(self._key)) is not None:
            self.post_message(Begin(self._tasks(view)[0], watch=True))

    def action_down(self) -> None:
        if (view := self._ground.view(self._key)) is not None:
            task = self._tasks(view)[1]
            question, lost = presenter.removal(view)
            self.post_message(Ask(question, lost, "Remove it", lambda: self._begin(task)))

    def _begin(self, task: Task) -> None:
        self.post_message(Begin(task, watch=True))

    def action_examine(self) -> None:
        if self._ground.examination.began is None:
            began = replace(self._ground.examination, began=self.shared.services.now(), error=None)
            self._ground = replace(self._ground, examination=began)
            self._second = self.set_interval(1, self.show)
            self._examine()
            self.show()

    def action_fix(self) -> None:
        self.post_message(Begin(self._mend, watch=True))

    def action_copy(self) -> None:
        check = self._ground.check(self._key)
        if check is not None and (lines := doctor.lines_of(check)):
            self.post_message(Copy(lines[0], "The line"))
