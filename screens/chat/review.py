"""A proposal to be judged and written: files on the left, their changes on the right, each taken, left or rewritten."""

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message

from screens.chat import diff
from screens.chat.diff import Drawn
from screens.chat.edit import EditHunk
from screens.chat.session import ChatSession
from screens.chat.talk import Talk
from screens.messages import Failed
from screens.widgets.fitted import Fitted
from screens.widgets.line_view import LineView
from screens.widgets.row_list import RowList
from screens.widgets.words import Words
from templates.chat.proposal import Review
from templates.edits.hunks import FileDiff
from templates.errors import FilesConflictError, VibeCodeError


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
    """The person's decisions are the turn's own until they are written: it can be left, and gone on with."""

    class Written(Message):
        """What was taken is in the files."""

    class Conflicting(Message):
        """Nothing was written, since these files have changed."""

        def __init__(self, error: FilesConflictError) -> None:
            super().__init__()
            self.error = error

    class Unwritten(Message):
        """Nothing was written, for this reason."""

        def __init__(self, error: VibeCodeError) -> None:
            super().__init__()
            self.error = error

    def __init__(self) -> None:
        super().__init__(id="review")
        self._session: ChatSession | None = None
        self._talk: Talk | None = None
        self._writing = False
        self._conflicts: frozenset[str] = frozenset()
        self._cursor = 0
        self._drawn = Drawn((), ())
        self._summary = Words(id="summary")
        self._notes = Fitted(id="notes")
        self._files = RowList(self._draw, id="changed")
        self._diff = DiffView(id="diff")

    def compose(self) -> ComposeResult:
        yield self._summary
        yield self._notes
        with Horizontal():
            yield self._files
            yield self._diff

    def open(self, session: ChatSession, talk: Talk) -> None:
        """This turn's proposal from now on."""
        if talk is not self._talk:
            self._session, self._talk = session, talk
            self._conflicts = frozenset()
            self._cursor = 0
        if self._review is not None:
            self._put(self._review)
        self._diff.focus()

    @property
    def _review(self) -> Review | None:
        return self._talk.review if self._talk is not None else None

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

    def rewrite(self) -> None:
        """Takes the change under the cursor with the lines that the person writes; a file that goes has none."""
        if (current := self.current) is None or not current[0].hunks:
            return
        file, index = current

        def answered(lines: tuple[str, ...] | None) -> None:
            if lines is not None and self._review is not None:
                self._put(self._review.edit(file.path, index, lines))

        self.app.push_screen(EditHunk(file.path, file.hunks[index].after), answered)

    def write(self) -> None:
        """Writes what is taken: all of it, or nothing."""
        session, talk, review = self._session, self._talk, self._review
        if session is None or talk is None or review is None or self._writing:
            return
        if not review.changes():
            self.notify("Nothing is taken: y takes a change, a takes all.", severity="warning")
            return
        self._writing = True
        self._summary.show(Content.styled("Writing the changes", "$warning"))
        self._write(session, talk, review)

    @work(exit_on_error=False)
    async def _write(self, session: ChatSession, talk: Talk, review: Review) -> None:
        try:
            await session.apply(talk, review)
        except FilesConflictError as error:
            self.post_message(self.Conflicting(error))
        except VibeCodeError as error:
            self.post_message(self.Unwritten(error))
        else:
            self.post_message(self.Written())

    @on(Written)
    def _written(self) -> None:
        self._writing = False

    @on(Conflicting)
    def _conflicting(self, event: Conflicting) -> None:
        self._conflicts = frozenset(one.path for one in event.error.conflicts)
        self.post_message(self.Unwritten(event.error))

    @on(Unwritten)
    def _unwritten(self, event: Unwritten) -> None:
        self._writing = False
        if self._review is not None:
            self._put(self._review)
        self.post_message(Failed(event.error))

    def _put(self, review: Review) -> None:
        assert self._talk is not None, "only what was opened is decided on"
        self._talk.review = review
        self._files.show([file.path for file in review.proposal.files])
        self._summary.show(diff.summary(review, self._conflicts))
        self._notes.display = bool(review.proposal.failures or review.proposal.inexact)
        self._notes.show(lambda width: diff.notes(review.proposal, width))
        self._show_file()

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
