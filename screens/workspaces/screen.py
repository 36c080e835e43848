"""The home place: every workspace as it is now, and what can be done with it from one key."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from cluster.engine import Workspace
from screens import work
from screens.base.first_frame import SKELETON
from screens.base.place import PlaceScreen
from screens.commands import bindings
from screens.jobs import Task
from screens.messages import Ask, Begin, Copy, Go, Open, Shell, ShowCode
from screens.shared import Shared
from screens.widgets.error_panel import ErrorPanel
from screens.widgets.field import Field
from screens.widgets.list_detail import ListDetail
from screens.widgets.row_list import ColumnTitles, RowList
from screens.widgets.words import Words
from screens.words import keys
from screens.workspaces import presenter
from screens.workspaces.presenter import Row

NEEDS_ONE = {"open", "start", "stop", "delete", "logs", "shell", "details", "copy", "code", "port", "mark", "mark_all"}
"""Commands that do nothing where there is no workspace."""


class WorkspacesScreen(PlaceScreen):
    """Follows the store; what is selected, or else what the cursor is on, is what a key acts on."""

    PLACE = "workspaces"
    CSS_PATH = "workspaces.tcss"
    BINDINGS = bindings("workspaces")

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._rows: dict[str, Row] = {}
        self._stale = Words(id="stale")
        self._filter = Field(placeholder="name, template or state", longest=200, id="filter")
        self._summary = Words("Workspaces", id="summary")
        self._titles = ColumnTitles(lambda width: presenter.header(width - 1))
        self._list = RowList(self._draw, id="rows")
        self._detail = Words(id="detail")
        self._error = ErrorPanel()
        self._welcome = Words()
        self._repair = Static(Content.assemble("\n", keys((("6", "Cluster has what repairs it"),))))
        self._panes = ListDetail(
            Vertical(
                self._summary, self._filter, self._titles, Static(SKELETON, id="skeleton"), self._list, id="list-pane"
            ),
            self._detail,
        )

    def compose_body(self) -> ComposeResult:
        yield self._stale
        yield self._panes
        with Vertical(id="empty"):
            yield self._welcome
            yield self._error
            yield self._repair

    def on_mount(self) -> None:
        self._list.focus()

    # What is shown

    def show(self) -> None:
        snapshot, jobs, now = self.shared.store.snapshot, self.shared.jobs, self.shared.services.now()
        everything = snapshot.workspaces
        self._rows = {
            one.name: Row(one, snapshot.usage(one.name), jobs.of_workspace(one.name), snapshot.seen_of(one) is not None)
            for one in everything
        }
        shown = presenter.matching(everything, self._filter.value)
        self.set_class(snapshot.loading, "-loading")
        self.set_class(not snapshot.loading and not everything, "-empty")
        self._show_empty()
        stale = presenter.stale_words(snapshot, now)
        self._stale.set_class(stale is not None, "-shown")
        self._stale.show(stale or "")
        self._list.show([one.name for one in shown])
        self._show_summary()
        self._show_detail()

    def _show_empty(self) -> None:
        snapshot = self.shared.store.snapshot
        self._error.show(snapshot.error)
        self._welcome.display = snapshot.error is None
        self._repair.display = snapshot.error is not None
        if not snapshot.loading and not snapshot.workspaces:
            self._welcome.show(presenter.welcome(snapshot))

    def _show_summary(self) -> None:
        if self.shared.store.snapshot.loading:
            self._summary.show("Workspaces")
            return
        rows = [self._rows[key] for key in self._list.keys]
        self._summary.show(presenter.summary(rows, len(self._rows), len(self._list.marked)))

    def _show_detail(self) -> None:
        row = self._rows.get(self._list.highlighted or "")
        nothing = Content.styled("Nothing here has these letters.", "$muted") if self._rows else ""
        self._detail.show(presenter.detail(row, self.shared.services.now()) if row else nothing)

    def _draw(self, name: str, width: int) -> list[Content]:
        return [presenter.line(self._rows[name], width - 1, self.shared.services.now())]

    def visit(self, subject: str) -> None:
        self._list.highlight(subject)

    @on(RowList.Highlighted)
    def _highlighted(self) -> None:
        self._show_detail()
        self.refresh_bindings()

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    # The filter

    def action_filter(self) -> None:
        self._filter.add_class("-shown")
        self.set_focus(self._filter)  # at once: what is typed on is for it

    @on(Field.Changed, "#filter")
    def _filtered(self) -> None:
        self.show()

    @on(Field.Submitted, "#filter")
    def _filter_left(self) -> None:
        self._list.focus()

    def leave(self) -> bool:
        """One thing after the other: the filter, the detail, the selection."""
        if self._filter.has_class("-shown"):
            self._filter.value = ""
            self._filter.remove_class("-shown")
            self._list.focus()
        elif self._panes.detail_shown:
            self._panes.detail_shown = False
            self._list.focus()
        elif self._list.marked:
            self._list.clear_marks()
            self._show_summary()
        else:
            return False
        return True

    # The commands

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if action == "filter":
            return not self.typing
        if action == "template":
            row = self._rows.get(self._list.highlighted or "")
            return True if row and row.workspace.state == "running" else None
        if action not in NEEDS_ONE:
            return True
        states = {one.state for one in self._targets()}
        if not states or (action == "start" and states == {"running"}) or (action == "stop" and states == {"stopped"}):
            return None
        return True

    def action_new(self) -> None:
        self.post_message(Go("templates"))

    def action_open(self) -> None:
        for one in self._targets():
            self.post_message(Open(one.name))

    def action_port(self) -> None:
        for one in self._targets():
            for port in sorted(one.ports)[:1]:
                self.post_message(Open(one.name, port))

    def action_start(self) -> None:
        for one in self._targets():
            self._begin(work.start(self.shared.engines, one.name, self.post_message))

    def action_stop(self) -> None:
        for one in self._targets():
            self._begin(work.stop(self.shared.engines, one.name))

    def action_delete(self) -> None:
        names = [one.name for one in self._targets()]

        def confirmed() -> None:
            for name in names:
                self._begin(work.delete(self.shared.engines, name))

        one = len(names) == 1
        question = f"Delete {names[0]}?" if one else f"Delete {len(names)} workspaces?"
        detail = "All files in it are lost." if one else f"{', '.join(names)}.\nAll files in them are lost."
        self.post_message(Ask(question, detail, "Delete", confirmed))

    def action_logs(self) -> None:
        if name := self._list.highlighted:
            self.post_message(Go("logs", name))

    def action_shell(self) -> None:
        if name := self._list.highlighted:
            self.post_message(Shell(name))

    def action_template(self) -> None:
        from screens.workspaces.template import make_template

        if name := self._list.highlighted:
            self.run_worker(make_template(self, name), group="template", exclusive=True, exit_on_error=False)

    def action_copy(self) -> None:
        if name := self._list.highlighted:
            self.post_message(Copy(self._rows[name].workspace.url, "The address"))

    def action_code(self) -> None:
        if name := self._list.highlighted:
            self.post_message(ShowCode(self._rows[name].workspace.url))

    def action_details(self) -> None:
        self._panes.detail_shown = True

    def action_mark(self) -> None:
        self._list.toggle_mark()
        self._show_summary()

    def action_mark_all(self) -> None:
        self._list.toggle_all()
        self._show_summary()

    def _begin(self, task: Task) -> None:
        self.post_message(Begin(task))
        self._list.clear_marks()

    def _targets(self) -> list[Workspace]:
        """What is selected, or else what the cursor is on."""
        names = self._list.marked or ((self._list.highlighted,) if self._list.highlighted else ())
        return [self._rows[name].workspace for name in names if name in self._rows]
