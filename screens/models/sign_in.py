"""Signing in to OpenRouter: the browser comes back by itself, or shows a code to type."""

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.models.access import ModelAccess, SigningIn
from screens.services import Browser
from screens.widgets.error_panel import ErrorPanel
from screens.widgets.field import Field
from screens.widgets.words import Words
from screens.words import keys
from templates.errors import VibeCodeError


class SignInScreen(ModalScreen[bool]):
    """Answers whether the person is signed in now."""

    CSS_PATH = "entry.tcss"
    BINDINGS = [Binding("escape", "dismiss(False)", "Back", show=False), Binding("ctrl+y", "copy", "Copy", show=False)]

    class Ended(Message):
        """The attempt has ended, well where there is no error."""

        def __init__(self, error: VibeCodeError | None = None) -> None:
            super().__init__()
            self.error = error

    class Begun(Message):
        """The page can be opened; `wanting` says that it shows a code to type here, and why."""

        def __init__(self, attempt: SigningIn, page: str, wanting: str) -> None:
            super().__init__()
            self.attempt = attempt
            self.page = page
            self.wanting = wanting

    def __init__(self, models: ModelAccess, browser: Browser) -> None:
        super().__init__(classes="entry")
        self._models = models
        self._browser = browser
        self._page = ""
        self._attempt: SigningIn | None = None
        self._words = Words(id="words")
        self._code = Field(placeholder="the code that the page shows", longest=512, id="code")
        self._error = ErrorPanel()

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(Content.styled("Sign in to OpenRouter", "bold"))
            yield self._words
            yield self._code
            yield self._error
            yield Static(keys((("ctrl+y", "copies the address"), ("esc", "goes back"))), classes="keys")

    def on_mount(self) -> None:
        self._code.display = False
        self._error.show(None)
        self._sign_in()

    @work(exit_on_error=False)
    async def _sign_in(self) -> None:
        """Waits for the browser for as long as this is shown; where there is none, a code is typed."""
        try:
            async with self._models.sign_in() as attempt:
                reason = self._browser.obstacle()
                if reason is None and not await self._browser.open(attempt.page):
                    reason = "none could be started"
                if reason is not None:
                    self.post_message(self.Begun(attempt, attempt.page_with_code, reason))
                    return
                self.post_message(self.Begun(attempt, attempt.page, ""))
                await attempt.by_browser()
        except VibeCodeError as error:
            self.post_message(self.Ended(error))
        else:
            self.post_message(self.Ended())

    @on(Begun)
    def _begun(self, event: Begun) -> None:
        self._page, self._attempt = event.page, event.attempt
        said = "It is open in the browser. VibeCode goes on once you have signed in there."
        if event.wanting:
            said = f"The browser is not opened: {event.wanting}. Open this page anywhere, and type the code it shows."
        self._words.show(Content.assemble("\n", said, "\n\n", (event.page, "$accent")))
        self._code.display = bool(event.wanting)
        if event.wanting:
            self._code.focus()

    @on(Field.Submitted)
    @work(exclusive=True, group="code", exit_on_error=False)
    async def _typed(self, event: Field.Submitted) -> None:
        if self._attempt is None or not event.value.strip():
            return
        try:
            await self._attempt.by_code(event.value)
        except VibeCodeError as error:
            self.post_message(self.Ended(error))
        else:
            self.post_message(self.Ended())

    @on(Ended)
    def _ended(self, event: Ended) -> None:
        if event.error is None:
            self.dismiss(True)
        else:
            self._error.show(event.error)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._page)
        self.notify("The address is copied.")
