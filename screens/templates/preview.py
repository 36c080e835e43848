"""The preview of a template: its facts, its README, and its files."""

import asyncio
from functools import partial

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Markdown, Static

from screens.templates import presenter
from screens.templates.presenter import Node
from screens.templates.reading import Preview, colours, read_preview, unreadable
from screens.widgets.fitted import Fitted
from screens.widgets.page import Page
from screens.widgets.row_list import RowList
from templates.catalog import Template
from templates.errors import VibeCodeError
from templates.project import ProjectFile
from templates.text import plain
from templates.toolchains import ToolchainName

VIEWS = {"overview": "Overview", "readme": "README", "files": "Files"}


class ViewsBar(Widget):
    """One line; a click on a view turns to it."""

    DEFAULT_CSS = """
    ViewsBar { height: 2; width: 1fr; }
    """

    current: reactive[str] = reactive("overview")

    class Turned(Message):
        """A view was clicked."""

        def __init__(self, view: str) -> None:
            super().__init__()
            self.view = view

    def render(self) -> Content:
        return presenter.views_bar(VIEWS, self.current)

    def on_click(self, event: events.Click) -> None:
        if view := event.style.meta.get("view"):
            self.post_message(self.Turned(str(view)))


class TemplatePreview(Container):
    """Reads a template's files beside the event loop when they are first looked at; the last one asked for wins."""

    class Read(Message):
        """What was asked for is there."""

        def __init__(self, preview: Preview) -> None:
            super().__init__()
            self.preview = preview

    class Coloured(Message):
        """A file's text is there."""

        def __init__(self, path: str, content: Content) -> None:
            super().__init__()
            self.path = path
            self.content = content

    def __init__(self) -> None:
        super().__init__(id="preview")
        self.lacking: tuple[ToolchainName, ...] = ()
        self._template: Template | None = None
        self._preview: Preview | None = None
        self._lines: dict[str, Node] = {}
        self._heading = Static(id="heading")
        self._bar = ViewsBar()
        self._overview = Fitted()
        self._readme = Markdown(open_links=False)
        self._tree = RowList(self._draw, id="tree")
        self._file_name = Static(id="file-name")
        self._code = Static(id="code", expand=True)
        self._scroll = {view: Page(id=f"{view}-page") for view in ("overview", "readme")}
        self._code_scroll = Page(self._code, id="code-page")
        self._switcher = ContentSwitcher(initial="overview-page")

    def compose(self) -> ComposeResult:
        yield self._heading
        yield self._bar
        with self._switcher:
            with self._scroll["overview"]:
                yield self._overview
            with self._scroll["readme"]:
                yield self._readme
            with Container(id="files-page"):
                yield self._tree
                with Container(id="file"):
                    yield self._file_name
                    yield self._code_scroll

    @property
    def view(self) -> str:
        return self._bar.current

    @property
    def entry(self) -> Widget:
        """What takes the focus in the view that is shown."""
        return self._tree if self.view == "files" else self._scroll[self.view]

    def show(self, template: Template) -> None:
        """This template from now on, in the same view."""
        if self._template == template:
            return
        self._template, self._preview = template, None
        self._heading.update(presenter.heading(template))
        self._overview.show(partial(presenter.overview, template, self.lacking))
        for scroll in self._scroll.values():
            scroll.scroll_home(animate=False)
        self._fill()

    def turn(self, view: str) -> None:
        """To another view."""
        self._bar.current = view
        self._switcher.current = f"{view}-page"
        self._fill()

    @on(ViewsBar.Turned)
    def _turned(self, message: ViewsBar.Turned) -> None:
        self.turn(message.view)

    def _fill(self) -> None:
        if self._template is not None and self.view != "overview" and self._preview is None:
            self._read(self._template)

    @work(exclusive=True, group="preview", exit_on_error=False)
    async def _read(self, template: Template) -> None:
        try:
            preview = await asyncio.to_thread(read_preview, template)
        except VibeCodeError as error:
            preview = unreadable(template, error)
        self.post_message(self.Read(preview))

    @on(Read)
    async def _has_been_read(self, message: Read) -> None:
        preview = message.preview
        if self._template is None or preview.template != self._template.id:
            return
        self._preview = preview
        nodes = presenter.tree(file.path for file in preview.project.files)
        self._lines = {node.path: node for node in nodes}
        self._tree.show([node.path for node in nodes])
        self._tree.highlight(presenter.first_file(nodes, preview.empty))
        self._show_file()
        await self._readme.update(preview.readme or "This template has no README.")

    def _draw(self, path: str, width: int) -> list[Content]:
        return [presenter.node_line(self._lines[path], width)] if path in self._lines else []

    @on(RowList.Highlighted, "#tree")
    def _show_file(self) -> None:
        path = self._tree.highlighted
        file = self._preview.file(path) if self._preview and path else None
        if file is not None:
            self._colour(file)

    @work(exclusive=True, group="file", exit_on_error=False)
    async def _colour(self, file: ProjectFile) -> None:
        try:
            content = await asyncio.to_thread(colours, file)
        except OSError as error:
            content = Content(f"This file cannot be read: {error.strerror}.")
        self.post_message(self.Coloured(file.path, content))

    @on(Coloured)
    def _show_colours(self, message: Coloured) -> None:
        if message.path == self._tree.highlighted:
            self._file_name.update(Content.styled(plain(message.path), "$muted"))
            self._code.update(message.content)
            self._code_scroll.scroll_home(animate=False)
