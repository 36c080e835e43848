"""The conversations of a workspace, to go on with one."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.widgets.row_list import RowList
from screens.words import cut, keys
from templates.chat.conversations import Conversation
from templates.text import plain


class ChatsScreen(ModalScreen[str]):
    """Answers the id of a conversation, or None where it was left."""

    CSS_PATH = "chats.tcss"
    BINDINGS = [
        Binding("escape", "dismiss(None)", "Back", show=False),
        Binding("enter", "choose", "Go on", show=False),
    ]

    def __init__(self, conversations: Sequence[Conversation]) -> None:
        super().__init__()
        self._conversations = {one.id: one for one in conversations}
        self._list = RowList(self._draw, id="chats")

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(Content.styled("Conversations", "bold"))
            if self._conversations:
                yield self._list
            else:
                yield Static("There are none yet.")
            yield Static(keys((("enter", "goes on with it"), ("esc", "goes back"))))

    def on_mount(self) -> None:
        self._list.show(tuple(self._conversations))
        if self._conversations:
            self._list.focus()

    def _draw(self, chat: str, width: int) -> list[Content]:
        one = self._conversations[chat]
        about = f"{len(one.messages):>3} turns  {one.last[:16].replace('T', ' ')}"
        room = width - len(about) - 2
        title = cut(plain(" ".join(one.title.split())), room)
        return [Content.assemble(f"{title:<{room}}  ", (about, "$muted"))]

    @on(RowList.Chosen)
    def action_choose(self) -> None:
        if chat := self._list.highlighted:
            self.dismiss(chat)
