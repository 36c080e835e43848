"""Chat: a workspace is talked about, its changes are proposed, judged one by one, written and undone."""

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import ContentSwitcher, Static

from screens.chat import presenter
from screens.chat.conversing import ConversingPlace
from screens.chat.pane import TalkPane
from screens.chat.review import ReviewView
from screens.chat.session import ChatSession
from screens.commands import bindings
from screens.messages import Ask, Failed, Go
from screens.modals.question import Answer, Choice
from screens.models.access import ModelState
from screens.models.presenter import model_name
from screens.shared import Shared
from screens.widgets.list_detail import ListDetail
from screens.widgets.row_list import RowList
from templates.errors import VibeCodeError
from templates.text import plain

REVIEWING = frozenset(("take", "decline", "turn", "take_all", "decline_all", "rewrite", "apply"))
"""What can be done in the review alone."""


class ChatScreen(ConversingPlace):
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

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._sessions: dict[str, ChatSession] = {}
        self._wanted_name = ""
        self._spaces = RowList(self._draw, id="spaces")
        self._review = ReviewView()
        self._panes = ListDetail(self._spaces, self.pane)

    def compose_body(self) -> ComposeResult:
        with ContentSwitcher(id="views", initial="talk"):
            yield self.setup
            with Vertical(id="nothing"):
                yield Static(presenter.NOTHING)
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
            self.pane.name_model(model_name(state.profile))
            self._choose_first()

    def show(self) -> None:
        snapshot = self.shared.store.snapshot
        names = [one.name for one in snapshot.workspaces]
        self._spaces.show(names)
        if self.model_state is None or self.model_state.obstacle is not None:
            return
        if self.view in ("talk", "nothing"):
            self.view = "talk" if names or snapshot.loading else "nothing"
            self._choose_first()

    def _choose_first(self) -> None:
        """The workspace that was asked for, else the only one that runs; else the person chooses."""
        if self.view != "talk" or (self.focused is not None and not self._wanted_name):
            return
        running = [one.name for one in self.shared.store.snapshot.workspaces if one.state == "running"]
        if self.pane.session is not None and not self._wanted_name:
            self.pane.take_focus()
        elif self._wanted_name or len(running) == 1:
            self._open(self._wanted_name or running[0])
        else:
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
        self._wanted_name = ""
        self._spaces.highlight(name)
        if (session := self._sessions.get(name)) is not None:
            self.post_message(self.Opened(session))
        else:
            self._read(ChatSession(self.shared, name))

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
            self._spaces.focus()
            self.post_message(Failed(event.error))
            return
        self._sessions[event.session.workspace] = event.session
        self._panes.detail_shown = True
        if event.session is self.pane.session:
            self.pane.take_focus()
        else:
            await self.pane.open(event.session)
        self.refresh_bindings()

    # The review

    @on(TalkPane.Answered)
    def _answered(self, event: TalkPane.Answered) -> None:
        """What is proposed is looked at right away, by who looks at its conversation."""
        if event.error is None and event.session is self.pane.session and self.view == "talk":
            self.action_review()

    def action_review(self) -> None:
        session, talk = self.pane.session, self.pane.last
        if session is not None and talk is not None and talk.reviewable and not self.pane.busy:
            self.view = "review"
            self._review.open(session, talk)

    @on(ReviewView.Written)
    def _written(self) -> None:
        self.pane.refresh_talks()
        self._to_talk()

    def _to_talk(self) -> None:
        if self.view == "review":
            self.view = "talk"
            self.pane.take_focus()
        self.refresh_bindings()

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
        self._review.rewrite()

    def action_apply(self) -> None:
        self._review.write()

    # A command that the model wants

    def action_run_command(self) -> None:
        session, talk = self.pane.session, self.pane.last
        if session is None or talk is None or not talk.commands:
            return
        command = talk.commands[0]
        shown = "\n".join(f"    {plain(line)}" for line in command.split("\n"))

        def confirmed() -> None:
            self.pane.run_command(session, talk, command)

        self.post_message(Ask(f"Run this in {session.workspace}?", shown, "Run it", confirmed))

    # What keys do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """What belongs to another view is not even shown."""
        view, last, idle = (self.view if self.is_mounted else ""), self.pane.last, not self.pane.busy
        talking = view == "talk" and self.pane.session is not None
        if action in REVIEWING:
            return view == "review"
        possible = {
            "send": view == "talk",
            "review": talking and idle and last is not None and last.reviewable,
            "run_command": talking and idle and last is not None and bool(last.commands),
            "new": talking and idle and last is not None,
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
            self.pane.submit()

    def action_workspaces(self) -> None:
        self._panes.detail_shown = False
        self._spaces.focus()

    def leave(self) -> bool:
        """First what is under way is stopped, then the review is left, then the conversation."""
        if self.view == "talk" and self.pane.stop():
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
