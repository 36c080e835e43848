"""Chat: a workspace is talked about, its changes are proposed, judged one by one, written and undone."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import ContentSwitcher, Static

from screens.base.model_place import ModelPlace
from screens.chat import presenter
from screens.chat.completion import command_of
from screens.chat.input import ChatInput
from screens.chat.review import ReviewView
from screens.chat.session import ChatSession, Talk
from screens.chat.transcript import Transcript
from screens.commands import bindings
from screens.glyphs import GLYPHS
from screens.messages import Ask, Copy, Failed, Go
from screens.modals.question import Answer, Choice
from screens.models.access import ModelState
from screens.models.presenter import model_name
from screens.shared import Shared
from screens.widgets.composer import Composer
from screens.widgets.list_detail import ListDetail
from screens.widgets.row_list import RowList
from screens.widgets.words import Words
from templates.chat.conversations import as_markdown
from templates.chat.journal import Turn
from templates.chat.proposal import Review
from templates.chat.propose import AskedAgain, ChatEvent, ContextReady
from templates.edits.parser import EditBegun, Prose
from templates.errors import FilesConflictError, VibeCodeError
from templates.text import plain

WHY = "Why does it not work? Look at the end of its log, find the cause, and mend it."


class ChatScreen(ModelPlace):
    """One conversation for each workspace; the model is asked in one of them at a time."""

    PLACE = "chat"
    CSS_PATH = "chat.tcss"
    BINDINGS = bindings("chat")
    SETUP_TITLE = "Chat"
    SETUP_SENTENCE = "Ask for a change to a workspace, look at each hunk, take it or leave it, and undo it."

    class Opened(Message):
        """A workspace's conversation was read, or cannot be."""

        def __init__(self, session: ChatSession, error: VibeCodeError | None = None) -> None:
            super().__init__()
            self.session = session
            self.error = error

    class Told(Message):
        """Something of a turn has arrived."""

        def __init__(self, talk: Talk, event: ChatEvent) -> None:
            super().__init__()
            self.talk = talk
            self.event = event

    class Ended(Message):
        """A turn has ended: with a proposal, an error, or because it was stopped."""

        def __init__(self, talk: Talk, error: VibeCodeError | None = None) -> None:
            super().__init__()
            self.talk = talk
            self.error = error

    class Done(Message):
        """Something was done to the workspace; `words` say what."""

        def __init__(self, talk: Talk | None, words: str) -> None:
            super().__init__()
            self.talk = talk
            self.words = words

    class Conflict(Message):
        """Nothing was written, since these files have changed."""

        def __init__(self, review: Review, error: FilesConflictError) -> None:
            super().__init__()
            self.review = review
            self.error = error

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._sessions: dict[str, ChatSession] = {}
        self._session: ChatSession | None = None
        self._wanted_name = ""
        self._asking: Talk | None = None
        self._spaces = RowList(self._draw, id="spaces")
        self._transcript = Transcript(id="transcript")
        self._input = ChatInput()
        self._status = Words(id="status")
        self._review = ReviewView()
        self._panes = ListDetail(self._spaces, self._transcript, self._input, self._status)

    def compose_body(self) -> ComposeResult:
        with ContentSwitcher(id="views", initial="talk"):
            yield self.setup
            with Vertical(id="nothing"):
                yield Static(_nothing())
                with Horizontal(classes="buttons"):
                    yield Choice(Answer("templates", "Templates", "2"))
            with Vertical(id="talk"):
                yield self._panes
            yield self._review

    # What is there

    def state_known(self, state: ModelState) -> None:
        if state.obstacle is not None:
            self.view = "setup"
            self.setup.focus_first()
        elif self.view in ("setup", "talk"):
            self.view = "talk"
            self._show_status()
            self._choose_first()

    def show(self) -> None:
        workspaces = self.shared.store.snapshot.workspaces
        self._spaces.show([one.name for one in workspaces])
        if self.model_state is None or self.model_state.obstacle is not None:
            return
        if self.view in ("talk", "nothing"):
            empty = not workspaces and not self.shared.store.snapshot.loading
            self.view = "nothing" if empty else "talk"
            self._choose_first()

    def _choose_first(self) -> None:
        """The workspace that was asked for, else the only one that runs; else the person chooses."""
        if self._session is not None:
            if self.focused is None and self.view == "talk":
                self._input.composer.focus()
            return
        running = [one.name for one in self.shared.store.snapshot.workspaces if one.state == "running"]
        name = self._wanted_name or (running[0] if len(running) == 1 else "")
        if name:
            self._spaces.highlight(name)
            self._open(name)
        elif self.focused is None and self.view == "talk":
            self._spaces.focus()

    def visit(self, subject: str) -> None:
        self._wanted_name = subject
        if self.model_state is not None and self.model_state.obstacle is None:
            self._open(subject)

    def _draw(self, name: str, width: int) -> list[Content]:
        workspace = self.shared.store.snapshot.workspace(name)
        return [presenter.workspace_line(workspace, width)] if workspace else []

    @on(RowList.Chosen, "#spaces")
    def _space_chosen(self, event: RowList.Chosen) -> None:
        self._open(event.key)

    def _open(self, name: str) -> None:
        if self._session is not None and self._session.workspace == name:
            self._panes.detail_shown = True
            self._input.composer.focus()
            return
        session = self._sessions.get(name)
        if session is not None:
            self.post_message(self.Opened(session))
            return
        self._session = ChatSession(self.shared, name)
        self._read(self._session)

    @work(exclusive=True, group="open", exit_on_error=False)
    async def _read(self, session: ChatSession) -> None:
        try:
            await session.open()
        except VibeCodeError as error:
            self.post_message(self.Opened(session, error))
        else:
            self.post_message(self.Opened(session))

    @on(Opened)
    async def _opened(self, event: Opened) -> None:
        if event.error is not None:
            self._session = None
            self._wanted_name = ""
            self._spaces.focus()
            self.post_message(Failed(event.error))
            return
        self._session = event.session
        self._sessions[event.session.workspace] = event.session
        self._panes.detail_shown = True
        await self._show_session(event.session)
        self._input.composer.focus()

    async def _show_session(self, session: ChatSession) -> None:
        self._input.paths = session.paths
        self._input.history = [one.instruction for one in session.talks]
        await self._transcript.open(session.talks)
        self._show_status()
        self.refresh_bindings()

    def _show_status(self) -> None:
        if self.model_state is not None:
            talk = self._session.talks[-1] if self._session and self._session.talks else None
            self._status.show(presenter.status(model_name(self.model_state.profile), talk))

    @property
    def _last(self) -> Talk | None:
        return self._session.talks[-1] if self._session and self._session.talks else None

    # A turn

    @on(Composer.Submitted, "#composer")
    async def _submitted(self, event: Composer.Submitted) -> None:
        command = command_of(event.text)
        if command is not None:
            self._input.clear()
            await self._command(*command)
        elif self._asking is not None:
            self.notify("The model still answers; Escape stops it.", severity="warning")
        elif self._session is not None:
            self._input.clear()
            await self._ask(self._session, event.text)

    async def _ask(self, session: ChatSession, instruction: str) -> None:
        talk = Talk(instruction)
        session.talks.append(talk)
        self._input.history = [one.instruction for one in session.talks]
        self._asking = talk
        view = await self._transcript.add(talk)
        view.show("Reading the project")
        self.refresh_bindings()
        self._follow(session, talk)

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def _follow(self, session: ChatSession, talk: Talk) -> None:
        events: AsyncGenerator[ChatEvent] = session.ask(talk)
        try:
            async with aclosing(events):
                async for event in events:
                    self.post_message(self.Told(talk, event))
        except VibeCodeError as error:
            self.post_message(self.Ended(talk, error))
        else:
            self.post_message(self.Ended(talk))

    @on(Told)
    async def _told(self, event: Told) -> None:
        view = self._transcript.view_of(event.talk)
        if view is None or self._asking is not event.talk:
            return
        match event.event:
            case ContextReady():
                view.show(f"Asking {plain(event.talk.model)}")
            case Prose():
                await view.grow()
            case EditBegun(path=path):
                view.show(f"writing {plain(path)}")
            case AskedAgain():
                view.show("asking again: what it wrote does not fit the files")
            case _:
                pass
        self._show_status()

    @on(Ended)
    async def _ended(self, event: Ended) -> None:
        if self._asking is event.talk:
            self._asking = None
        if (view := self._transcript.view_of(event.talk)) is not None:
            await view.end()
            view.show()
        self._show_status()
        self.refresh_bindings()
        if event.error is not None:
            self._retract(event.talk)
            self.post_message(Failed(event.error))
        elif event.talk.proposal is not None and event.talk.proposal.files and self.view == "talk":
            self.action_review()

    def _retract(self, talk: Talk) -> None:
        """A turn that came to nothing: its words are in the field again."""
        if self._session is not None and talk in self._session.talks:
            self._session.talks.remove(talk)
        if (view := self._transcript.view_of(talk)) is not None and not talk.text:
            view.remove()
        if not self._input.composer.text:
            self._input.composer.text = talk.instruction

    # The review

    def action_review(self) -> None:
        talk = self._last
        if talk is not None and talk.review is not None and talk.review.proposal.files and talk.written is None:
            self.view = "review"
            self._review.open(talk.review)

    @on(ReviewView.Decided)
    def _decided(self, event: ReviewView.Decided) -> None:
        if (talk := self._last) is not None:
            talk.review = event.review

    def action_take(self) -> None:
        self._review.decide(take=True)

    def action_decline(self) -> None:
        self._review.decide(take=False)

    def action_turn(self) -> None:
        self._review.toggle()

    def action_take_all(self) -> None:
        self._review.decide_all(take=True)

    def action_decline_all(self) -> None:
        self._review.decide_all(take=False)

    def action_rewrite(self) -> None:
        from screens.chat.edit import EditHunk

        current = self._review.current
        if current is None or not current[0].hunks:
            return
        file, index = current

        def answered(lines: tuple[str, ...] | None) -> None:
            if lines is not None:
                self._review.rewrite(lines)

        self.app.push_screen(EditHunk(file.path, file.hunks[index].after), answered)

    def action_apply(self) -> None:
        session, talk, review = self._session, self._last, self._review.review
        if session is None or talk is None or review is None:
            return
        if not review.changes():
            self.notify("Nothing is taken: y takes a change, a takes all.", severity="warning")
            return
        self._write(session, talk, review)

    @work(exclusive=True, group="write", exit_on_error=False)
    async def _write(self, session: ChatSession, talk: Talk, review: Review) -> None:
        try:
            await session.apply(talk, review)
        except FilesConflictError as error:
            self.post_message(self.Conflict(review, error))
        except VibeCodeError as error:
            self.post_message(Failed(error))
        else:
            self.post_message(self.Done(talk, ""))

    @on(Conflict)
    def _conflict(self, event: Conflict) -> None:
        self._review.open(event.review, frozenset(one.path for one in event.error.conflicts))
        self.post_message(Failed(event.error))

    @on(Done)
    async def _done(self, event: Done) -> None:
        if self.view == "review":
            self._to_talk()
        if event.talk is not None and (view := self._transcript.view_of(event.talk)) is not None:
            view.show()
        if event.words:
            await self._transcript.say(Content.assemble((f"{GLYPHS.done} ", "$success"), event.words))
        self.refresh_bindings()

    def _to_talk(self) -> None:
        self.view = "talk"
        self._input.composer.focus()

    # Commands

    async def _command(self, name: str, rest: str) -> None:
        session = self._session
        simple: dict[str, Callable[[], object]] = {
            "model": self.action_models,
            "review": self.action_review,
            "usage": self.action_usage,
        }
        if name in simple:
            simple[name]()
        elif session is None:
            return
        elif name == "why":
            if self._asking is None:
                await self._ask(session, rest or WHY)
        elif name in ("undo", "redo"):
            self._switch(session.undo if name == "undo" else session.redo, "Undone" if name == "undo" else "Done again")
        elif name == "new":
            await self.action_new()
        elif name == "export":
            self.post_message(Copy(as_markdown(session.workspace, session.conversation), "The conversation"))
        elif name == "chats":
            self._list_chats(session)
        elif name == "delete":
            detail = "What it has changed stays, and can still be undone."
            self.post_message(Ask("Delete this conversation?", detail, "Delete it", lambda: self._forget(session)))

    @work(exclusive=True, group="write", exit_on_error=False)
    async def _switch(self, switch: Callable[[], Awaitable[Turn]], word: str) -> None:
        try:
            turn = await switch()
        except VibeCodeError as error:
            self.post_message(Failed(error))
        else:
            names = ", ".join(plain(one.path) for one in turn.files)
            self.post_message(self.Done(None, f"{word}: {plain(turn.instruction)} ({names})"))

    def _forget(self, session: ChatSession) -> None:
        self._change_chat(session, session.delete)

    @work(exclusive=True, group="open", exit_on_error=False)
    async def _change_chat(self, session: ChatSession, change: Callable[[], Awaitable[None]]) -> None:
        try:
            await change()
        except VibeCodeError as error:
            self.post_message(Failed(error))
        else:
            self.post_message(self.Opened(session))

    @work(exclusive=True, group="open", exit_on_error=False)
    async def _list_chats(self, session: ChatSession) -> None:
        from screens.chat.chats import ChatsScreen

        try:
            conversations = await session.conversations()
        except VibeCodeError as error:
            self.post_message(Failed(error))
            return

        def answered(chat: str | None) -> None:
            found = next((one for one in conversations if one.id == chat), None)
            if found is not None:
                session.resume(found)
                self.post_message(self.Opened(session))

        self.app.push_screen(ChatsScreen(conversations), answered)

    async def action_new(self) -> None:
        if self._session is not None and self._asking is None:
            self._session.new()
            await self._show_session(self._session)

    def action_run_command(self) -> None:
        session, talk = self._session, self._last
        if session is None or talk is None or not talk.commands:
            return
        command = talk.commands[0]

        def confirmed() -> None:
            self._run(session, talk, command)

        shown = "\n".join(f"    {plain(line)}" for line in command.split("\n"))
        self.post_message(Ask(f"Run this in {session.workspace}?", shown, "Run it", confirmed))

    @work(exclusive=True, group="run", exit_on_error=False)
    async def _run(self, session: ChatSession, talk: Talk, command: str) -> None:
        view = self._transcript.view_of(talk)
        if view is not None:
            view.show(f"running {plain(command)}")
        try:
            await session.run(talk, command, lambda _: None)
        except VibeCodeError as error:
            self.post_message(Failed(error))
        self.post_message(self.Done(talk, ""))

    # What keys do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """What belongs to another view is not even shown."""
        view, last = (self.view if self.is_mounted else ""), self._last
        reviewable = last is not None and last.written is None and bool(last.proposal and last.proposal.files)
        talking = view == "talk" and self._session is not None
        in_review = dict.fromkeys(
            ("take", "decline", "turn", "take_all", "decline_all", "rewrite", "apply"), view == "review"
        )
        possible = {
            **in_review,
            "send": view == "talk",
            "review": talking and reviewable,
            "run_command": talking and last is not None and bool(last.commands),
            "new": talking and self._asking is None and bool(last),
            "workspaces": talking,
            "models": view != "review",
            "sign_in": view == "setup",
            "key": view == "setup",
        }
        return possible.get(action, True)

    def action_send(self) -> None:
        """The words in the field; in the list, to the workspace under the cursor."""
        if self._spaces.has_focus and (name := self._spaces.highlighted):
            self._open(name)
        else:
            self._input.composer.submit()

    def action_workspaces(self) -> None:
        self._panes.detail_shown = False
        self._spaces.focus()

    def leave(self) -> bool:
        """First the model is stopped, then the review is left, then the conversation."""
        if self._asking is not None:
            talk, self._asking = self._asking, None
            self.workers.cancel_group(self, "ask")
            self.post_message(self.Ended(talk))
            self._retract(talk)
            self.notify("Stopped; nothing is written.")
            return True
        if self.view == "review":
            self._to_talk()
            return True
        if self.has_class("-narrow") and self._panes.detail_shown and not self._spaces.has_focus:
            self.action_workspaces()
            return True
        return False

    @on(Choice.Taken)
    def _to_templates(self) -> None:
        self.post_message(Go("templates"))


def _nothing() -> Content:
    return Content("\n\n").join(
        [
            Content.styled("There is no workspace to talk about", "bold"),
            Content("Make one from a template (2) or from a prompt (3); then ask for changes here."),
        ]
    )
