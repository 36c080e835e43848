"""The work under way and what came of it: steps, times, the log that matters, and what can be done."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Log, Static

from screens.base.place import PlaceScreen
from screens.commands import bindings
from screens.jobs import Job
from screens.messages import Begin, Copy, Open
from screens.progress import presenter
from screens.shared import Shared
from screens.waterfall import Waterfall
from screens.widgets.error_panel import ErrorPanel
from screens.widgets.list_detail import ListDetail
from screens.widgets.row_list import RowList
from screens.widgets.words import Words


class Steps(Widget):
    """The waterfall of one job, as wide as there is room."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(id="steps")
        self._now = shared.services.now
        self._waterfall = Waterfall()

    def show(self, waterfall: Waterfall) -> None:
        grown = len(waterfall.steps) != len(self._waterfall.steps)
        self._waterfall = waterfall
        self.refresh(layout=grown)

    def render(self) -> Content:
        return presenter.steps(self._waterfall, self.size.width, self._now())


class ProgressScreen(PlaceScreen):
    """Leaving it leaves the work as it is."""

    PLACE = "progress"
    CSS_PATH = "progress.tcss"
    BINDINGS = bindings("progress")

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._list = RowList(self._draw, id="jobs")
        self._heading = Words(id="heading")
        self._steps = Steps(shared)
        self._error = ErrorPanel()
        self._log_title = Words(id="log-title")
        self._log = Log(id="log", max_lines=1000)
        self._logged: tuple[str, str, int] = ("", "", 0)
        self._panes = ListDetail(
            Vertical(self._list, id="jobs-pane"),
            self._heading,
            self._steps,
            self._error,
            self._log_title,
            self._log,
        )

    def compose_body(self) -> ComposeResult:
        yield self._panes
        with Vertical(id="nothing", classes="centred"):
            yield Static(
                Content.assemble(
                    ("Nothing is under way", "bold"),
                    "\n\nWhat you begin shows here step by step, and goes on whatever place you look at.",
                ),
                classes="prepared",
            )

    def on_mount(self) -> None:
        self._list.focus()

    def show(self) -> None:
        jobs = self.shared.jobs.all
        self.set_class(not jobs, "-empty")
        self._list.show(presenter.newest_first(jobs))
        self._show_job()

    def visit(self, subject: str) -> None:
        self._list.highlight(subject)
        self._panes.detail_shown = True

    def leave(self) -> bool:
        shown = self._panes.detail_shown and self.has_class("-narrow")
        self._panes.detail_shown = False
        return shown

    def _draw(self, job_id: str, width: int) -> list[Content]:
        job = self.shared.jobs.get(job_id)
        return [presenter.line(job, width - 1, self.shared.services.now())] if job else []

    @property
    def _job(self) -> Job | None:
        return self.shared.jobs.get(self._list.highlighted or "")

    @on(RowList.Highlighted)
    def _show_job(self) -> None:
        self.refresh_bindings()
        if (job := self._job) is None:
            return
        now = self.shared.services.now()
        self._heading.show(presenter.heading(job, now))
        self._steps.show(job.waterfall)
        self._error.show(job.error)
        self._show_log(job)

    def _show_log(self, job: Job) -> None:
        step = presenter.told(job.waterfall)
        name = step.name if step else ""
        lines = presenter.log_lines(step) if step else []
        shown = self._logged[2] if self._logged[:2] == (job.id, name) and self._logged[2] <= len(lines) else 0
        if shown == 0:
            self._log.clear()
        if lines[shown:]:
            self._log.write_lines(lines[shown:])
            self.call_after_refresh(self._log.scroll_end, animate=False)
        self._logged = (job.id, name, len(lines))
        self._log_title.show(f"What “{step.title}” says" if step and lines else "")

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        self._panes.detail_shown = True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        job = self._job
        possible = {
            "cancel": job is not None and job.state == "running",
            "retry": job is not None and job.state in ("failed", "stopped"),
            "open": job is not None and job.state == "done" and self._listed(job),
            "copy": job is not None,
            "forget": job is not None and not job.active,
        }
        return None if possible.get(action) is False else True

    def action_cancel(self) -> None:
        if job := self._job:
            self.shared.jobs.cancel(job.id)

    def action_retry(self) -> None:
        if job := self._job:
            self.shared.jobs.forget(job.id)
            self.post_message(Begin(job.task, watch=True))

    def action_open(self) -> None:
        if (job := self._job) and job.task.workspace is not None:
            self.post_message(Open(job.task.workspace))

    def action_copy(self) -> None:
        if job := self._job:
            self.post_message(Copy(presenter.copied(job, self.shared.services.now()), "The whole of it"))

    def action_forget(self) -> None:
        if job := self._job:
            self.shared.jobs.forget(job.id)

    def _listed(self, job: Job) -> bool:
        """Whether the job's workspace is there."""
        return self.shared.store.snapshot.workspace(job.task.workspace or "") is not None
