"""Every key there is, those of the place that the person comes from first, and where VibeCode keeps its files."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from screens.base.place import PlaceScreen
from screens.commands import bindings
from screens.help import presenter
from screens.messages import Copy, Go
from screens.places import HOME, PLACES, PlaceId
from screens.shared import Shared
from screens.widgets.fitted import Fitted
from screens.widgets.page import Page
from screens.widgets.search import SearchField
from screens.words import hanging


class HelpScreen(PlaceScreen):
    """Made of the one registry of commands, so that it cannot say what is not so."""

    PLACE = "help"
    CSS_PATH = "help.tcss"
    BINDINGS = bindings("help")

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._origin: PlaceId = HOME
        self._search = SearchField("search: a key, what it does, a place")
        self._sheet = Fitted()
        self._page = Page(self._sheet, id="sheet")
        self._files = Fitted(id="files")

    def compose_body(self) -> ComposeResult:
        services = self.shared.services
        with Vertical(id="help"):
            yield Static(f"VibeCode {services.version}", id="summary")
            yield self._search
            yield self._page
            yield self._files

    def on_mount(self) -> None:
        services = self.shared.services
        files = [("The log file", str(services.log_file)), ("The settings", str(services.settings.file))]
        self._files.show(lambda width: hanging(files, width, label=14))
        self._page.focus()
        self._fill()

    def visit(self, subject: str) -> None:
        """Begins with the keys of the place with this id."""
        known: dict[str, PlaceId] = {place.id: place.id for place in PLACES}
        self._origin = known.get(subject, HOME)
        self._fill()
        self._page.scroll_home(animate=False)

    @on(SearchField.Changed)
    def _fill(self) -> None:
        found = presenter.matching(presenter.sections(self._origin), self._search.value)
        self._sheet.show(lambda width: presenter.sheet(found, width))

    def leave(self) -> bool:
        """First the search, then to where the person came from."""
        if self._search.value or self._search.has_focus:
            self._search.value = ""
            self._page.focus()
        else:
            self.post_message(Go(self._origin))
        return True

    # The commands

    def action_search(self) -> None:
        self._search.focus()

    def action_searched(self) -> None:
        self.set_focus(self._page)

    def action_move(self, rows: int) -> None:
        self._page.scroll_relative(y=rows, animate=False)

    def action_copy(self) -> None:
        self.post_message(Copy(str(self.shared.services.log_file), "The path of the log file"))
