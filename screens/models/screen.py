"""Models: the one in use, the others of its server with context and prices, keys, and whether it answers."""

from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.glyphs import GLYPHS
from screens.models import presenter
from screens.models.access import ModelState
from screens.models.entry import key_entry, server_entry
from screens.models.testing import Answered, ask_one_word
from screens.shared import Shared
from screens.widgets.choice_field import ChoiceField
from screens.widgets.error_panel import error_words
from screens.widgets.row_list import ColumnTitles, RowList
from screens.widgets.search import SearchField
from screens.widgets.words import Words
from screens.words import keys
from templates.errors import VibeCodeError
from templates.text import duration, plain

if TYPE_CHECKING:
    from templates.models.listing import ModelInfo
    from templates.models.profiles import Profiles

OWN = "own"
"""The profile of a server whose address was typed."""

KEYS = (
    ("enter", "chooses"),
    ("/", "search"),
    ("t", "test"),
    ("e", "enter key"),
    ("s", "sign in"),
    ("u", "server"),
    ("d", "forget key"),
    ("esc", "closes"),
)


class ModelsScreen(ModalScreen[bool]):
    """Answers whether something is another than before."""

    CSS_PATH = "models.tcss"
    BINDINGS = [
        Binding("escape", "leave", "Close", show=False),
        Binding("slash", "search", "Search", show=False),
        Binding("t", "test", "Test", show=False),
        Binding("e", "key", "Key", show=False),
        Binding("s", "sign_in", "Sign in", show=False),
        Binding("u", "server", "Server", show=False),
        Binding("d", "forget_key", "Forget key", show=False),
        Binding("enter", "choose", "Choose", show=False),
    ]

    class Known(Message):
        """What is in use, and what there is."""

        def __init__(self, state: ModelState, profiles: "Profiles") -> None:
            super().__init__()
            self.state = state
            self.profiles = profiles

    class Listed(Message):
        """The server's models, or why they cannot be had."""

        def __init__(self, models: "tuple[ModelInfo, ...]", error: VibeCodeError | None = None) -> None:
            super().__init__()
            self.models = models
            self.error = error

    class Told(Message):
        """What came of something that was asked for."""

        def __init__(self, content: Content) -> None:
            super().__init__()
            self.content = content

    def __init__(self, shared: Shared) -> None:
        super().__init__()
        self._access = shared.services.models
        self._browser = shared.services.browser
        self._state: ModelState | None = None
        self._profiles: Profiles | None = None
        self._models: tuple[ModelInfo, ...] = ()
        self._changed = False
        self._servers = Vertical(id="servers")
        self._search = SearchField("model, by its name")
        self._list = RowList(self._draw, id="models")
        self._state_words = Words(id="state")
        self._said = Words(id="said")

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(Content.styled("Models", "bold"), classes="title")
            yield self._state_words
            yield self._servers
            yield self._search
            yield ColumnTitles(presenter.titles)
            yield self._list
            yield self._said
            yield Static(keys(KEYS), classes="keys")

    def on_mount(self) -> None:
        self._servers.styles.height = "auto"
        self._search.display = False
        self._list.focus()
        self._look()

    # What is there

    @work(exclusive=True, group="look", exit_on_error=False)
    async def _look(self) -> None:
        try:
            self.post_message(self.Known(await self._access.state(), await self._access.profiles()))
            self.post_message(self.Told(Content.styled("Asking the server what it has…", "$muted")))
            models = await self._access.models()
        except VibeCodeError as error:
            self.post_message(self.Listed((), error))
        else:
            self.post_message(self.Listed(models))

    @on(Known)
    async def _known(self, event: Known) -> None:
        self._state, self._profiles = event.state, event.profiles
        self._state_words.show(presenter.state_words(event.state))
        choices = presenter.servers(event.profiles)
        await self._servers.remove_children()
        await self._servers.mount(
            Static("Server", classes="label"), ChoiceField(choices, event.profiles.chosen, id="server")
        )

    @on(Listed)
    def _listed(self, event: Listed) -> None:
        self._models = event.models
        self._said.show(error_words(event.error) if event.error else "")
        self._show_models()
        if self._state is not None:
            self._list.highlight(self._state.profile.model)

    @on(Told)
    def _told(self, event: Told) -> None:
        self._said.show(event.content)

    @on(SearchField.Changed)
    def _show_models(self) -> None:
        self._list.show([one.id for one in presenter.matching(self._models, self._search.value)])

    def _draw(self, name: str, width: int) -> list[Content]:
        model = next((one for one in self._models if one.id == name), None)
        chosen = self._state is not None and self._state.profile.model == name
        return [presenter.line(model, width, chosen=chosen)] if model else []

    # What is done

    @on(ChoiceField.Changed)
    def _server_chosen(self, event: ChoiceField.Changed) -> None:
        if self._profiles is not None and event.choice.value != self._profiles.chosen:
            self._use(event.choice.value)

    def action_searched(self) -> None:
        self.action_choose()

    @on(RowList.Chosen)
    def action_choose(self) -> None:
        if self._profiles is not None and (name := self._list.highlighted):
            self._use(self._profiles.chosen, model=name)

    @work(exclusive=True, group="use", exit_on_error=False)
    async def _use(self, profile: str, *, url: str = "", model: str = "") -> None:
        from templates.models.profiles import Profile

        assert self._profiles is not None
        there = self._profiles.by_name.get(profile) or Profile(profile, url)
        chosen = replace(there, url=url or there.url, model=model or ("" if url else there.model))
        try:
            await self._access.use(chosen)
        except VibeCodeError as error:
            self.post_message(self.Told(error_words(error)))
            return
        self._changed = True
        self._look()

    def action_server(self) -> None:
        def answered(url: str | None) -> None:
            if url is not None:
                self._use(OWN, url=url)

        self.app.push_screen(server_entry(), answered)

    def action_key(self) -> None:
        if (state := self._state) is None:
            return

        def answered(key: str | None) -> None:
            if key is not None:
                self._keep(state.profile.url, key)

        self.app.push_screen(key_entry(state), answered)

    @work(exclusive=True, group="key", exit_on_error=False)
    async def _keep(self, url: str, key: str) -> None:
        try:
            await self._access.keep_key(url, key)
        except VibeCodeError as error:
            self.post_message(self.Told(error_words(error)))
            return
        self._changed = True
        self._look()

    @work(exclusive=True, group="key", exit_on_error=False)
    async def action_forget_key(self) -> None:
        if self._state is not None and await self._access.forget_key(self._state.profile.url):
            self._changed = True
            self._look()

    def action_sign_in(self) -> None:
        from screens.models.sign_in import SignInScreen

        def answered(signed_in: bool | None) -> None:
            if signed_in:
                self._changed = True
                self._look()

        self.app.push_screen(SignInScreen(self._access, self._browser), answered)

    @work(exclusive=True, group="test", exit_on_error=False)
    async def action_test(self) -> None:
        if self._state is None:
            return
        name = presenter.model_name(self._state.profile)
        self.post_message(self.Told(Content.styled(f"Asking {name} for one word…", "$muted")))
        try:
            answer = await ask_one_word(self._access, monotonic)
        except VibeCodeError as error:
            self.post_message(self.Told(error_words(error)))
        else:
            self.post_message(self.Told(_answered(answer)))

    def action_search(self) -> None:
        self._search.display = True
        self._search.focus()

    def action_move(self, rows: int) -> None:
        self._list.action_move(rows)

    def action_leave(self) -> None:
        """First the search, then the screen."""
        if self._search.display:
            self._search.value = ""
            self._search.display = False
            self._list.focus()
        else:
            self.dismiss(self._changed)


def _answered(answer: Answered) -> Content:
    said, cost = plain(answer.text)[:60] or "nothing", presenter.money(answer.cost)
    words = f"{plain(answer.model)} said “{said}” after {duration(answer.seconds)}; it cost {cost}."
    return Content.assemble((f"{GLYPHS.done} ", "$success"), words)
