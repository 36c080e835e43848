"""The gallery of templates: search, preview, and a form that makes a workspace of one."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from cluster.consent import consent_to, too_much_to_show
from screens.commands import bindings
from screens.glyphs import GLYPHS
from screens.messages import Ask, Begin, Failed
from screens.shared import Shared
from screens.templates import presenter
from screens.templates.presenter import Entry
from screens.templates.preview import VIEWS, TemplatePreview
from screens.templates.source_place import SourcePlace
from screens.templates.sources import Known, known
from screens.widgets.error_panel import ErrorPanel
from screens.widgets.list_detail import ListDetail
from screens.widgets.row_list import RowList
from screens.widgets.search import SearchField
from screens.work import create
from templates.catalog import Listing
from templates.errors import TemplateError, VibeCodeError
from templates.project import Project
from templates.toolchains import ToolchainName, absent

if TYPE_CHECKING:
    from screens.templates.fields import Filled

SHOWN, LONGEST = 12, 200
"""Lines, and characters in one, of which a question can show all."""

SKELETON = "\n\n".join(f"{GLYPHS.empty * width}\n{GLYPHS.empty * (width + 9)}" for width in (16, 22, 14, 19))


class LanguageBar(Widget):
    """One line; a click on a language shows only its templates."""

    DEFAULT_CSS = """
    LanguageBar { height: 2; width: 1fr; padding: 0 0 1 2; }
    """

    rows: reactive[tuple[Entry, ...]] = reactive(())
    chosen: reactive[str | None] = reactive(None)

    class Chosen(Message):
        """A language was clicked; None is all of them."""

        def __init__(self, language: str | None) -> None:
            super().__init__()
            self.language = language

    def render(self) -> Content:
        return presenter.language_bar(self.rows, self.chosen, self.size.width)

    def on_click(self, event: events.Click) -> None:
        if (language := event.style.meta.get("language")) is not None:
            self.post_message(self.Chosen(str(language) or None))


class TemplatesScreen(SourcePlace):
    """Reads the catalog each time that it is gone to, beside the event loop; what was read stays until then."""

    PLACE = "templates"
    CSS_PATH = "templates.tcss"
    BINDINGS = bindings("templates")

    class Listed(Message):
        """The catalog has been read, with its sources, and it is known which toolchains this machine lacks."""

        def __init__(self, listing: Listing, lacking: tuple[ToolchainName, ...], known: Known) -> None:
            super().__init__()
            self.listing = listing
            self.lacking = lacking
            self.known = known

    class Unlisted(Message):
        """The catalog cannot be read."""

        def __init__(self, error: VibeCodeError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._rows: dict[str, Entry] = {}
        self._wanted: str | None = None
        self._summary = Static("Templates", id="summary")
        self._search = SearchField("search: a title, a tag, a language, a use")
        self._languages = LanguageBar()
        self._list = RowList(self._draw, height=3, id="templates")
        self._nothing = Static(id="nothing")
        self._preview = TemplatePreview()
        self._error = ErrorPanel()
        self._panes = ListDetail(
            Vertical(
                self._summary,
                self._search,
                self._languages,
                Static(SKELETON, id="skeleton"),
                self._nothing,
                self._list,
                id="list-pane",
            ),
            self._preview,
            self._error,
        )

    def compose_body(self) -> ComposeResult:
        yield self._panes

    def on_mount(self) -> None:
        self.add_class("-loading")
        self._list.focus()

    def on_screen_resume(self) -> None:
        self._load()

    # The catalog

    @work(exclusive=True, group="catalog", exit_on_error=False)
    async def _load(self) -> None:
        try:
            listing = await asyncio.to_thread(self.shared.services.catalog.list)
        except OSError as error:
            detail = f"{self.shared.services.catalog.folder} cannot be read: {error.strerror}."
            self.post_message(
                self.Unlisted(TemplateError(detail, hint="Let it be read, then press `1` and `2`: it is read again."))
            )
        else:
            lacking = await asyncio.to_thread(absent)
            there = await asyncio.to_thread(lambda: known(self.shared.services.sources()))
            self.post_message(self.Listed(listing, lacking, there))

    @on(Listed)
    def _listed(self, message: Listed) -> None:
        rows = presenter.entries(message.listing)
        self._preview.lacking = message.lacking
        self.known = message.known
        self._rows = {one.id: one for one in rows}
        self._languages.rows = rows
        self._languages.display = bool(rows)
        self.remove_class("-loading", "-unlisted")
        self._narrow()
        if self._wanted in self._rows:
            self._list.highlight(self._wanted)
            self._wanted = None

    @on(SourcePlace.SourcesChanged)
    def _read_anew(self, message: SourcePlace.SourcesChanged) -> None:
        """One to look at is in the list, whatever was searched for."""
        if message.template is not None:
            self._search.value = ""
            self._languages.chosen = None
            self._wanted = message.template
        self._load()

    @on(Unlisted)
    def _unlisted(self, message: Unlisted) -> None:
        self.remove_class("-loading")
        self.add_class("-unlisted")
        self._error.show(message.error)

    def visit(self, subject: str) -> None:
        """Puts the cursor on the template with this id."""
        self._wanted = None if subject in self._rows else subject
        self._list.highlight(subject)

    # What is shown

    @on(SearchField.Changed)
    def _find(self) -> None:
        """Whoever searches looks for the best, which is the first; without words the cursor stays where it is."""
        self._narrow()
        if self._search.value:
            self._list.cursor = 0

    def _narrow(self) -> None:
        rows = tuple(self._rows.values())
        shown = presenter.matching(rows, self._search.value, self._languages.chosen)
        self._list.show([one.id for one in shown])
        self._summary.update(presenter.summary(len(shown), len(rows)))
        self._nothing.display = not shown
        self._nothing.update(presenter.nothing(self._search.value, self.shared.services.catalog.folder))
        self._show_entry()

    @on(RowList.Highlighted, "#templates")
    def _show_entry(self) -> None:
        one = self._entry
        self._preview.display = one is not None and one.template is not None
        self._error.show(one.error if one else None)
        if one is not None and one.template is not None:
            self._preview.show(one.template)
        self.refresh_bindings()

    def _draw(self, template_id: str, width: int) -> list[Content]:
        return presenter.line(self._rows[template_id], width - 1)

    @property
    def _entry(self) -> Entry | None:
        return self._rows.get(self._list.highlighted or "")

    @property
    def template_id(self) -> str | None:
        return self._list.highlighted

    def leave(self) -> bool:
        """One thing after the other: the preview, the search, the language."""
        if self._panes.detail_shown:
            self._panes.detail_shown = False
        elif self._search.value or self._search.has_focus:
            self._search.value = ""
        elif not self._list.has_focus:
            self._list.focus()
        elif self._languages.chosen is not None:
            self._choose_language(None)
        else:
            return False
        self._list.focus()
        return True

    # The commands

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if action == "search":
            return not self.typing
        if action in ("update_source", "remove_source"):
            return None if self.source is None else True
        usable = self._entry is not None and self._entry.template is not None
        return None if action in ("use", "next_view", "previous_view") and not usable else True

    def action_search(self) -> None:
        self._panes.detail_shown = False
        self.set_focus(self._search)  # at once: what is typed on is for it

    def action_searched(self) -> None:
        self.set_focus(self._list)

    def action_move(self, rows: int) -> None:
        self._list.action_move(rows)

    def action_language(self) -> None:
        names = [None, *(name for name, _ in presenter.languages(tuple(self._rows.values())))]
        self._choose_language(names[(names.index(self._languages.chosen) + 1) % len(names)])

    @on(LanguageBar.Chosen)
    def _language_chosen(self, message: LanguageBar.Chosen) -> None:
        self._choose_language(message.language)

    def _choose_language(self, language: str | None) -> None:
        self._languages.chosen = language
        self._narrow()

    def action_next_view(self) -> None:
        """In a narrow window the preview is shown first, then turned."""
        if self.has_class("-narrow") and not self._panes.detail_shown:
            self._panes.detail_shown = True
            self._preview.entry.focus()
        else:
            self._turn(1)

    def action_previous_view(self) -> None:
        if self.has_class("-narrow") and self._preview.view == "overview":
            self._panes.detail_shown = False
            self._list.focus()
        else:
            self._turn(-1)

    def _turn(self, step: int) -> None:
        views = list(VIEWS)
        in_preview = self._preview.has_focus_within
        self._preview.turn(views[(views.index(self._preview.view) + step) % len(views)])
        if in_preview:
            self._preview.entry.focus()

    @on(RowList.Chosen, "#templates")
    def action_use(self) -> None:
        """Opens the form."""
        from screens.templates.form import TemplateForm

        if self._entry is not None and self._entry.template is not None:
            self.app.push_screen(TemplateForm(self.shared, self._entry.template), self._make)

    def _make(self, filled: "Filled | None") -> None:
        if filled is not None:
            project = partial(self._project, filled)
            if filled.template.ours:
                self._begin(filled.name, project)
            else:
                self._ask(filled.name, project)

    def _project(self, filled: "Filled") -> Project:
        from templates.render import render
        from templates.rum import with_rum

        made = render(filled.template, {**dict(filled.values), "name": filled.name})
        return with_rum(made, self.shared.services.rum(), filled.name)

    def _begin(self, name: str, project: Callable[[], Project], *, may_run: bool = False) -> None:
        self.post_message(Begin(create(self.shared.engines, name, project, may_run=may_run), watch=True))

    @work(exclusive=True, group="consent", exit_on_error=False)
    async def _ask(self, name: str, project: Callable[[], Project]) -> None:
        """Where somebody else's would run as the person, only a deliberate yes begins it."""
        try:
            choice = await (await self.shared.engines.get()).choose()
            made = await asyncio.to_thread(project)
            consent = await asyncio.to_thread(consent_to, made, choice.engine)
        except VibeCodeError as error:
            self.post_message(Failed(error))
            return
        if consent is None:
            self._begin(name, project)
            return
        if len(consent.commands) > SHOWN or max(map(len, consent.commands)) > LONGEST:
            self.post_message(Failed(too_much_to_show(made)))
            return
        detail = "\n".join((consent.reason, consent.whose, "", *consent.commands))
        self.post_message(
            Ask(
                "Make it, so that this may run as you?",
                detail,
                "Make it",
                lambda: self._begin(name, project, may_run=True),
            )
        )
