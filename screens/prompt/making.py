"""A project while it is made: its files and steps on the left, what is written or printed now on the right."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message

from screens.jobs import Job
from screens.modals.question import Answer, Choice
from screens.prompt import presenter
from screens.prompt.work import Generation, Making
from screens.shared import Shared
from screens.templates.code import code_lines
from screens.templates.presenter import Node, tree
from screens.widgets.error_panel import ErrorPanel
from screens.widgets.fitted import Fitted
from screens.widgets.line_view import LineView
from screens.widgets.list_detail import ListDetail
from screens.widgets.row_list import RowList
from screens.widgets.words import Words
from templates.text import plain

REFRESH = 0.05
"""Seconds between two looks at what has arrived."""


class MakingView(Vertical):
    """Follows what is written, until the person looks at a file of their own choice."""

    class Answered(Message):
        """Whether the commands may run."""

        def __init__(self, run: bool) -> None:
            super().__init__()
            self.run = run

    def __init__(self, shared: Shared) -> None:
        super().__init__(id="making")
        self._generation: Generation | None = None
        self._job: Job | None = None
        self._tree = RowList(self._draw, id="tree")
        self._by_path: dict[str, Node] = {}
        self._now = shared.services.now
        self._steps = Fitted(id="steps")
        self._heading = Words(id="heading")
        self._error = ErrorPanel()
        self._shown_name = Words(id="shown-name")
        self._code = LineView(id="shown")
        self._consent = Fitted()
        self._chosen = ""
        self._drawn: tuple[object, ...] = ()
        self._stale = False

    def compose(self) -> ComposeResult:
        with Vertical(id="consent"):
            yield self._consent
            with Horizontal(classes="buttons"):
                yield Choice(Answer("run", "Run them", "y"))
                yield Choice(Answer("leave", "Leave it", "n"))
        yield self._error
        yield ListDetail(Vertical(self._heading, self._tree, self._steps), self._shown_name, self._code)

    def on_mount(self) -> None:
        self._error.show(None)
        self.set_interval(REFRESH, self._refresh)

    def focus_tree(self) -> None:
        self._tree.focus()

    def open(self, generation: Generation) -> None:
        """Another generation from now on."""
        self._generation = generation
        self._chosen = ""
        self._drawn = ()

    def show(self, job: Job | None) -> None:
        """The job as it stands now; what has arrived since is drawn with the next look."""
        self._job = job
        self._stale = True
        if job is not None:
            waterfall, now = job.waterfall, self._now()
            self._steps.show(lambda width: presenter.step_lines(waterfall, width, now))
            self._error.show(job.error)

    def touch(self) -> None:
        """Something has arrived."""
        self._stale = True

    def _refresh(self) -> None:
        if self._stale and self._generation is not None and self.display:
            self._stale = False
            self._show(self._generation, self._generation.now)

    def _show(self, generation: Generation, now: Making) -> None:
        words = [Content.styled(plain(now.plan.title if now.plan else now.prompt), "bold"), presenter.status(now)]
        if now.stage == "ended":
            words.append(presenter.verdict(now))
        self._heading.show(Content("\n").join(words))
        self._show_tree(now)
        self._show_consent(now)
        path = self._chosen or ("" if now.placed and (now.output or now.notes) else now.files.current)
        text = generation.texts.of(path) if path else ""
        drawn = (path, len(text), now.output[-1:], len(now.output), now.notes)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        if path:
            lines = code_lines(text, path)
            follow = now.files.states.get(path) == "writing"
        else:
            lines, follow = presenter.output_lines(now.output, now.notes), True
        self._shown_name.show(plain(path) if path else "What its commands print" if now.placed else "")
        self._code.show(lambda _: lines, follow=follow)

    def _show_tree(self, now: Making) -> None:
        nodes = tree(now.files.states)
        self._by_path = {node.path: node for node in nodes}
        self._tree.show([node.path for node in nodes])
        if not self._chosen and now.files.current:
            with self.prevent(RowList.Highlighted):
                self._tree.highlight(now.files.current)

    def _show_consent(self, now: Making) -> None:
        asking = now.consent is not None
        if (consent := now.consent) is not None and not self.has_class("-asking"):
            self._consent.show(lambda width: presenter.consent_words(consent, width))
            self.query_one("#leave", Choice).focus()
        self.set_class(asking, "-asking")

    def _draw(self, path: str, width: int) -> list[Content]:
        node = self._by_path.get(path)
        if node is None or self._generation is None:
            return []
        return [presenter.file_line(node, self._generation.now.files.states, width)]

    @on(RowList.Highlighted, "#tree")
    def _looked_at(self, event: RowList.Highlighted) -> None:
        """Only what the person moves to is chosen; the cursor also follows what is written."""
        event.stop()
        now = self._generation.now if self._generation else None
        if event.key and now and self._tree.has_focus and event.key in now.files.states:
            self._chosen = "" if event.key == now.files.current and not now.placed else event.key
            self._stale = True

    @on(Choice.Taken)
    def _taken(self, event: Choice.Taken) -> None:
        event.stop()
        self.post_message(self.Answered(event.answer == "run"))
