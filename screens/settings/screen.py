"""Every setting: what it is, its value, where that comes from, and a new one written into the file."""

import asyncio
from collections.abc import Callable
from functools import partial

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from screens.base.place import PlaceScreen
from screens.commands import bindings
from screens.glyphs import GLYPHS
from screens.messages import Copy, Failed, ThemeSet
from screens.settings import presenter
from screens.settings.presenter import Row
from screens.settings.store import Secret, Setting
from screens.shared import Shared
from screens.widgets.error_panel import ErrorPanel
from screens.widgets.fitted import Fitted
from screens.widgets.list_detail import ListDetail
from screens.widgets.row_list import ColumnTitles, RowList
from screens.widgets.search import SearchField
from templates.errors import VibeCodeError

SKELETON = "\n".join(GLYPHS.empty * width for width in (34, 46, 28, 40))


class SettingsScreen(PlaceScreen):
    """Reads the settings each time that it is gone to, and after each change, beside the event loop."""

    PLACE = "settings"
    CSS_PATH = "settings.tcss"
    BINDINGS = bindings("settings")

    class Known(Message):
        """The settings have been read."""

        def __init__(self, settings: tuple[Setting, ...]) -> None:
            super().__init__()
            self.settings = settings

    class SecretsKnown(Message):
        """Which secrets are set has been found out."""

        def __init__(self, secrets: tuple[Secret, ...]) -> None:
            super().__init__()
            self.secrets = secrets

    class Unknown(Message):
        """The settings cannot be read."""

        def __init__(self, error: VibeCodeError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._store = shared.services.settings
        self._settings: tuple[Setting, ...] = ()
        self._secrets: tuple[Secret, ...] = ()
        self._rows: dict[str, Row] = {}
        self._summary = Static("Settings", id="summary")
        self._search = SearchField("search: a name, a value, what it is for")
        self._list = RowList(self._draw, id="settings-rows")
        self._nothing = Static("No setting has these letters. esc clears the search.", id="nothing")
        self._detail = Fitted()
        self._error = ErrorPanel()
        self._panes = ListDetail(
            Vertical(
                self._summary,
                self._search,
                ColumnTitles(presenter.header),
                Static(SKELETON, id="skeleton"),
                self._nothing,
                self._list,
                id="list-pane",
            ),
            self._detail,
        )

    def compose_body(self) -> ComposeResult:
        yield self._error
        yield self._panes

    def on_mount(self) -> None:
        self.add_class("-loading")
        self._error.show(None)
        self._list.focus()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._read())

    def on_screen_resume(self) -> None:
        self._read()
        self._ask_for_secrets()

    # What is known

    @work(exclusive=True, group="read", exit_on_error=False)
    async def _read(self) -> None:
        try:
            self.post_message(self.Known(await asyncio.to_thread(self._store.read)))
        except VibeCodeError as error:
            self.post_message(self.Unknown(error))

    @work(exclusive=True, group="secrets", exit_on_error=False)
    async def _ask_for_secrets(self) -> None:
        """Beside all else: a keyring may take its time."""
        self.post_message(self.SecretsKnown(await self._store.secrets()))

    @on(Known)
    def _known(self, message: Known) -> None:
        before, after = _theme(self._settings), _theme(message.settings)
        if before is not None and after is not None and before != after:
            self.post_message(ThemeSet(after))
        self._settings = message.settings
        self.remove_class("-loading")
        self._error.show(None)
        self._panes.display = True
        self._narrow()

    @on(SecretsKnown)
    def _secrets_known(self, message: SecretsKnown) -> None:
        self._secrets = message.secrets
        if not self.has_class("-loading"):
            self._narrow()

    @on(Unknown)
    def _unknown(self, message: Unknown) -> None:
        self.remove_class("-loading")
        self._error.show(message.error)
        self._panes.display = bool(self._settings)

    # What is shown

    @on(SearchField.Changed)
    def _narrow(self) -> None:
        everything = (*self._settings, *self._secrets)
        shown = presenter.matching(everything, self._search.value)
        self._rows = {one.name: one for one in everything}
        self._list.show([one.name for one in shown])
        self._summary.update(presenter.summary(shown, len(everything)))
        self._nothing.display = not shown
        self._show_detail()

    @on(RowList.Highlighted)
    def _show_detail(self) -> None:
        one = self._row
        self._detail.show(partial(presenter.detail, one, self._store.file) if one else lambda _: Content(""))
        self.refresh_bindings()

    def _draw(self, name: str, width: int) -> list[Content]:
        return [presenter.line(self._rows[name], width)]

    @property
    def _row(self) -> Row | None:
        return self._rows.get(self._list.highlighted or "")

    def visit(self, subject: str) -> None:
        """Puts the cursor on the setting of this name."""
        self._list.highlight(subject)

    def leave(self) -> bool:
        """One thing after the other: the detail, the search."""
        if self._panes.detail_shown:
            self._panes.detail_shown = False
        elif self._search.value or self._search.has_focus:
            self._search.value = ""
        else:
            return False
        self._list.focus()
        return True

    # The commands

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if action == "search":
            return not self.typing
        one = self._row
        possible = {
            "edit": isinstance(one, Setting),
            "reset": isinstance(one, Setting) and one.written is not None,
            "details": one is not None,
        }
        return None if possible.get(action) is False else True

    def action_search(self) -> None:
        self._panes.detail_shown = False
        self.set_focus(self._search)  # at once: what is typed on is for it

    def action_searched(self) -> None:
        self.set_focus(self._list)

    def action_move(self, rows: int) -> None:
        self._list.action_move(rows)

    def action_details(self) -> None:
        self._panes.detail_shown = True

    def action_copy(self) -> None:
        self.post_message(Copy(str(self._store.file), "The path of the file"))

    @on(RowList.Chosen)
    def action_edit(self) -> None:
        from screens.settings.edit import EditSetting

        if isinstance(one := self._row, Setting):
            name = one.name

            def edited(written: str | None) -> None:
                if written is not None:
                    self._change(lambda: self._store.write(name, written))

            self.app.push_screen(EditSetting(one, self._store), edited)

    def action_reset(self) -> None:
        if isinstance(one := self._row, Setting):
            name = one.name
            self._change(lambda: self._store.reset(name))

    @work(group="change", exit_on_error=False)
    async def _change(self, change: Callable[[], None]) -> None:
        try:
            await asyncio.to_thread(change)
        except VibeCodeError as error:
            self.post_message(Failed(error))
        self._read()


def _theme(settings: tuple[Setting, ...]) -> str | None:
    return next((one.value for one in settings if one.name == "theme"), None)
