"""A proposal to be judged: files on the left, their changes on the right, each taken, left or rewritten."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message

from screens.chat import diff
from screens.chat.diff import Drawn
from screens.widgets.line_view import LineView
from screens.widgets.row_list import RowList
from screens.widgets.words import Words
from templates.chat.proposal import Review
from templates.edits.hunks import FileDiff


class DiffView(LineView, inherit_bindings=False):
    """Up and down go from change to change."""

    BINDINGS = [
        Binding("up,k", "hunk(-1)", "Previous change", show=False),
        Binding("down,j", "hunk(1)", "Next change", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
    ]

    class Stepped(Message):
        """To another change."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def action_hunk(self, step: int) -> None:
        self.post_message(self.Stepped(step))


class ReviewView(Vertical):
    """Holds the person's decisions until they are written."""

    class Decided(Message):
        """The decisions are others now."""

        def __init__(self, review: Review) -> None:
            super().__init__()
            self.review = review

    def __init__(self) -> None:
        super().__init__(id="review")
        self._review: Review | None = None
        self._conflicts: frozenset[str] = frozenset()
        self._cursor = 0
        self._drawn = Drawn((), ())
        self._summary = Words(id="summary")
        self._notes = Words(id="notes")
        self._files = RowList(self._draw, id="changed")
        self._diff = DiffView(id="diff")

    def compose(self) -> ComposeResult:
        yield self._summary
        yield self._notes
        with Horizontal():
            yield self._files
            yield self._diff

    def open(self, review: Review, conflicts: frozenset[str] = frozenset()) -> None:
        """These decisions from now on."""
        self._conflicts = conflicts
        self._cursor = 0
        self._put(review)
        self._diff.focus()

    @property
    def review(self) -> Review | None:
        return self._review

    @property
    def current(self) -> tuple[FileDiff, int] | None:
        """The file and the change that the cursor is on."""
        file = self._file
        return (file, self._cursor) if file is not None else None

    @property
    def _file(self) -> FileDiff | None:
        path = self._files.highlighted
        files = self._review.proposal.files if self._review else ()
        return next((one for one in files if one.path == path), None)

    def decide(self, *, take: bool) -> None:
        """Takes or leaves the change under the cursor, and goes on to the next."""
        if self._review is not None and (current := self.current) is not None:
            file, index = current
            decide = self._review.take if take else self._review.leave
            self._put(decide(file.path, index))
            self._step(1)

    def toggle(self) -> None:
        """Takes what is left, and leaves what is taken."""
        if self._review is not None and (current := self.current) is not None:
            file, index = current
            taken = index in self._review.taken[file.path]
            self._put((self._review.leave if taken else self._review.take)(file.path, index))

    def decide_all(self, *, take: bool) -> None:
        if self._review is not None:
            self._put((Review.all if take else Review.none)(self._review.proposal))

    def rewrite(self, lines: tuple[str, ...]) -> None:
        """Takes the change under the cursor with these lines."""
        if self._review is not None and (current := self.current) is not None:
            file, index = current
            self._put(self._review.edit(file.path, index, lines))

    def _put(self, review: Review) -> None:
        self._review = review
        self._files.show([file.path for file in review.proposal.files])
        self._summary.show(diff.summary(review, self._conflicts))
        notes = diff.notes(review.proposal, max(20, self.size.width - 2))
        self._notes.show(Content("\n").join(notes))
        self._notes.display = bool(notes)
        self._show_file()
        self.post_message(self.Decided(review))

    def _show_file(self) -> None:
        review, file, cursor = self._review, self._file, self._cursor
        if review is None or file is None:
            return

        def make(width: int) -> tuple[Content, ...]:
            self._drawn = diff.drawn(review, file, cursor, width)
            return self._drawn.lines

        self._diff.show(make)

    def _step(self, step: int) -> None:
        """To the next change, also of the next file."""
        file = self._file
        if file is None:
            return
        count = max(1, len(file.hunks))
        if 0 <= self._cursor + step < count:
            self._cursor += step
        elif 0 <= self._files.cursor + step < len(self._files.keys):
            self._files.action_move(step)
            self._cursor = 0 if step > 0 else max(1, len(file.hunks)) - 1
            if (now := self._file) is not None and step < 0:
                self._cursor = max(1, len(now.hunks)) - 1
        self._show_file()
        self._reveal()

    def _reveal(self) -> None:
        if self._cursor < len(self._drawn.starts):
            self._diff.reveal(self._drawn.starts[self._cursor])

    def _draw(self, path: str, width: int) -> list[Content]:
        review = self._review
        file = next((one for one in review.proposal.files if one.path == path), None) if review else None
        if review is None or file is None:
            return []
        return [diff.file_line(review, file, width, conflict=path in self._conflicts)]

    @on(DiffView.Stepped)
    def _stepped(self, event: DiffView.Stepped) -> None:
        self._step(event.step)

    @on(RowList.Highlighted, "#changed")
    def _file_looked_at(self, event: RowList.Highlighted) -> None:
        event.stop()
        if self._files.has_focus:
            self._cursor = 0
            self._diff.scroll_to(y=0, animate=False, force=True)
        self._show_file()

    @on(LineView.Clicked)
    def _clicked(self, event: LineView.Clicked) -> None:
        """A click on a change goes there; on the line above it, it is taken or left."""
        self._cursor = self._drawn.hunk_at(event.line)
        if event.line in self._drawn.starts:
            self.toggle()
        else:
            self._show_file()
