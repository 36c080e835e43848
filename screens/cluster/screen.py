"""The ground that the workspaces stand on: each engine, what runs and what happened there, and the doctor."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from cluster.doctor.check import Check, Diagnosis
from cluster.engine import Activity, Capability, EngineName
from screens import work as tasks
from screens.base.first_frame import SKELETON
from screens.base.place import PlaceScreen
from screens.cluster import doctor, presenter
from screens.cluster.doctor import Examination
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

DOCTOR = "doctor"
CHECK = "check:"
LOOK = 3.0
"""Seconds between two looks at what runs and what happened, while the place is shown."""

Lacks = Mapping[EngineName, Mapping[Capability, str]]


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
        self._lacks: Lacks = {}
        self._activity: dict[EngineName, Activity] = {}
        self._examination = Examination()
        self._ended: frozenset[str] = frozenset()
        self._busy = False
        self._states: tuple[object, ...] = ()
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
        if self._examination == Examination():
            self.action_examine()

    def on_screen_suspend(self) -> None:
        self.workers.cancel_group(self, "look")

    # What is known

    @work(exclusive=True, group="look", exit_on_error=False)
    async def _look(self) -> None:
        """An engine that cannot be asked is told of by the store."""
        try:
            engines = (await self.shared.engines.get()).engines
        except VibeCodeError as error:
            self.post_message(self.Unknown(error))
            return
        self.post_message(self.Known({engine.name: engine.lacks for engine in engines}))
        while True:
            self._due.clear()
            for engine in engines:
                view = self.shared.store.snapshot.engine(engine.name)
                if view is None or view.status is None or view.status.state not in ("running", "starting"):
                    continue
                try:
                    self.post_message(self.Seen(engine.name, await engine.activity()))
                except VibeCodeError as error:
                    log.info("%s", error.detail)
                except Exception:
                    log.exception("asking %s what runs", engine.name)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._due.wait(), LOOK)

    @on(Known)
    def _known(self, message: Known) -> None:
        self._lacks = message.lacks
        self._show_detail()

    @on(Unknown)
    def _unknown(self, message: Unknown) -> None:
        self._error.show(message.error)
        self.show()

    @on(Seen)
    def _seen(self, message: Seen) -> None:
        if self._activity.get(message.engine) != message.activity:
            self._activity[message.engine] = message.activity
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
            self._examination = replace(self._examination, began=None, error=found)
        else:
            self._examination = Examination(found, now)
        self.show()

    # What is shown

    def show(self) -> None:
        snapshot = self.shared.store.snapshot
        self.set_class(not snapshot.engines and not self._error.display, "-loading")
        checks = [f"{CHECK}{check.id}" for check in self._examination.checks]
        self._list.show([*(view.name for view in snapshot.engines), DOCTOR, *checks])
        self._show_detail()
        self._follow_work()
        if self._states != (states := tuple((view.status and view.status.state) for view in snapshot.engines)):
            self._states = states
            self._due.set()

    def _follow_work(self) -> None:
        """Has the doctor look again once work on the ground itself has ended."""
        titles = {self._mend.title, *(task.title for view in self._views for task in self._tasks(view))}
        ours = [job for job in self.shared.jobs.all if job.task.title in titles]
        ended = frozenset(job.id for job in ours if not job.active)
        if ended - self._ended:
            self.action_examine()
        if self._busy != (busy := len(ended) < len(ours)):
            self._busy = busy
            self.refresh_bindings()
        self._ended = ended

    def _draw(self, key: str, width: int) -> list[Content]:
        now = self.shared.services.now()
        if key == DOCTOR:
            return [doctor.head(self._examination, width - 1, now)]
        if (check := self._check_of(key)) is not None:
            return [doctor.row(check, width - 1)]
        view = next((view for view in self._views if view.name == key), None)
        return [presenter.row(view, width - 1)] if view else []

    @on(RowList.Highlighted)
    def _moved(self) -> None:
        self._show_detail()
        self.refresh_bindings()

    def _show_detail(self) -> None:
        key, now = self._list.highlighted, self.shared.services.now()
        self._happened.display = False
        if (view := self._view) is not None:
            snapshot = self.shared.store.snapshot
            reason = snapshot.reason if view.name == snapshot.chosen else ""
            lacks = {str(what): why for what, why in self._lacks.get(view.name, {}).items()}
            self._detail.show(lambda width: presenter.detail(view, reason, lacks, width, now))
            runs = view.status is not None and view.status.state in ("running", "starting")
            if (activity := self._activity.get(view.name)) is not None and (runs or view.stale):
                self._happened.display = True
                self._happened.show(partial(self._activity_words, activity, view))
        elif (check := self._check_of(key or "")) is not None:
            self._detail.show(lambda _: doctor.detail(check))
        elif key == DOCTOR:
            self._detail.show(lambda _: doctor.summary(self._examination, now))

    def _activity_words(self, activity: Activity, view: EngineView, width: int) -> Content:
        return presenter.activity(activity, width, self.shared.services.now(), stale=view.stale)

    @property
    def _views(self) -> tuple[EngineView, ...]:
        return self.shared.store.snapshot.engines

    @property
    def _view(self) -> EngineView | None:
        """The engine that the cursor is on."""
        return next((view for view in self._views if view.name == self._list.highlighted), None)

    def _check_of(self, key: str) -> Check | None:
        return self._examination.check(key.removeprefix(CHECK)) if key.startswith(CHECK) else None

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
        check = self._check_of(self._list.highlighted or "")
        subject, busy = self._subject, self._busy
        state = subject.status.state if subject and subject.status else None
        possible = {
            "up": subject is not None and not busy and (state != "running" or subject.error is not None),
            "down": self._view is not None and not busy and state not in (None, "absent"),
            "examine": self._examination.began is None,
            "fix": doctor.fixable(self._examination) and not busy,
            "copy": check is not None and bool(doctor.lines_of(check)),
        }
        return None if possible.get(action) is False else True

    @property
    def _subject(self) -> EngineView | None:
        """The engine that `up` is for: the cursor's, or where a check asks for it, that of kind."""
        check = self._check_of(self._list.highlighted or "")
        if check is not None and doctor.UP in doctor.lines_of(check):
            return self.shared.store.snapshot.engine("kind")
        return self._view

    def _tasks(self, view: EngineView) -> tuple[Task, Task]:
        engines = self.shared.engines
        return tasks.up(engines, view.name), tasks.down(engines, view.name)

    @property
    def _mend(self) -> Task:
        found = self._examination.diagnosis or Diagnosis(())
        return tasks.mend(lambda: self.shared.services.repair(found))

    def action_up(self) -> None:
        if (view := self._subject) is not None:
            self.post_message(Begin(self._tasks(view)[0], watch=True))

    def action_down(self) -> None:
        if (view := self._view) is not None:
            task = self._tasks(view)[1]
            question, lost = presenter.removal(view)
            self.post_message(Ask(question, lost, "Remove it", lambda: self._begin(task)))

    def _begin(self, task: Task) -> None:
        self.post_message(Begin(task, watch=True))

    def action_examine(self) -> None:
        if self._examination.began is None:
            self._examination = replace(self._examination, began=self.shared.services.now(), error=None)
            self._second = self.set_interval(1, self.show)
            self._examine()
            self.show()

    def action_fix(self) -> None:
        self.post_message(Begin(self._mend, watch=True))

    def action_copy(self) -> None:
        check = self._check_of(self._list.highlighted or "")
        if check is not None and (lines := doctor.lines_of(check)):
            self.post_message(Copy(lines[0], "The line"))
