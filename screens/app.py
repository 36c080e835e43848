"""The terminal application: it wires places, store and jobs together, and acts on what the places ask for."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import App, SuspendNotSupported, SystemCommand
from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget

from cluster.engines import Engines
from screens.base.first_frame import FirstFrame
from screens.commands import Command, bindings, commands_of, key_words
from screens.errors import ShellUnavailableError
from screens.glyphs import GLYPHS, UNICODE
from screens.jobs import Job, Jobs
from screens.messages import Ask, Begin, Browse, Copy, Failed, Go, Open, Shell, ShowCode, ThemeSet
from screens.opening import entrance, entrance_when_ready, holder
from screens.places import HOME, PLACES, PlaceId
from screens.services import Services
from screens.shared import LazyEngines, Shared
from screens.store import Store
from screens.themes import DARK, THEMES, next_setting, terminal_theme, theme_of
from screens.watching import choose, watch
from templates.errors import VibeCodeError

if TYPE_CHECKING:
    from screens.base.place import PlaceScreen

ADDRESS_TOLD_FOR = 60.0
"""Seconds, in which it can be read and copied."""


class VibeCodeApp(App[None]):
    """One screen per place, made when it is first gone to and kept."""

    TITLE = "VibeCode"
    CSS_PATH = "app.tcss"
    DEFAULT_MODE = "first-frame"
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (50, "-narrow"), (100, "-normal"), (160, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (12, "-tall")]
    BINDINGS: ClassVar[list[Binding]] = bindings(None)  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self, services: Services, theme: str = DARK, automatic: str = DARK) -> None:
        """`automatic` is the theme that the setting `auto` means on this terminal."""
        super().__init__()
        for known in (*THEMES, terminal_theme()):
            self.register_theme(known)
        self._automatic = automatic
        self._theming = asyncio.Lock()
        # Set as if it had always been so: a change of theme parses every style again.
        self.set_reactive(VibeCodeApp.theme, theme)
        self.stylesheet.set_variables(self.get_css_variables())
        self.shared = Shared(
            services, LazyEngines(services.engines), Store(), Jobs(services.now, self._job_ready, self._job_finished)
        )
        self._nudges: list[asyncio.Event] = []
        self.add_mode(self.DEFAULT_MODE, partial(FirstFrame, self.shared.store))
        for place in PLACES:
            self.add_mode(place.id, partial(place.open, self.shared))

    def on_mount(self) -> None:
        self.app_resume_signal.subscribe(self, self._continued)
        self.call_after_refresh(self.shared.services.first_frame)
        self.call_after_refresh(self._open_home)

    def _continued(self, _: object) -> None:
        """Draws all anew: the terminal was another's."""
        self.screen.refresh()

    async def on_unmount(self) -> None:
        await self.shared.services.portal.close()
        await self.shared.jobs.close()
        await self.shared.engines.close()

    async def _open_home(self) -> None:
        if self.current_mode == self.DEFAULT_MODE:
            await self.switch_mode(HOME)
        self._look_around()

    @work(exit_on_error=False)
    async def _look_around(self) -> None:
        """Builds the engines, and keeps the store up to date for as long as the application runs."""
        store, now = self.shared.store, self.shared.services.now
        try:
            engines = await self.shared.engines.get()
        except VibeCodeError as error:
            store.fail(error)
            return
        store.know(tuple(engine.name for engine in engines.engines))
        self._nudges = [asyncio.Event() for _ in engines.engines]

        async def serve() -> None:
            if reason := await self.shared.services.portal.begin(engines):
                self.notify(f"The portal is not served: {reason}", severity="warning", markup=False)

        pairs = zip(engines.engines, self._nudges, strict=True)
        await asyncio.gather(
            choose(engines, store), serve(), *(watch(engine, store, now, nudge) for engine, nudge in pairs)
        )

    # What the places ask for

    @on(Go)
    def _go(self, message: Go) -> None:
        subject = message.subject
        if message.place == "help" != self.current_mode:
            subject = self.current_mode  # its keys come first
        self.switch_mode(message.place)
        if subject is not None:
            self.call_after_refresh(cast("PlaceScreen", self.screen).visit, subject)

    @on(Begin)
    def _begin(self, message: Begin) -> None:
        job = self.shared.jobs.begin(message.task)
        if message.watch:
            self.post_message(Go("progress", job.id))

    @on(Open)
    def _open(self, message: Open) -> None:
        self._enter(message.name, partial(entrance, name=message.name, port=message.port))

    @work(group="open", exit_on_error=False)
    async def _enter(self, title: str, find: Callable[[Engines], Awaitable[str]]) -> None:
        try:
            self.post_message(Browse(await find(await self.shared.engines.get()), title))
        except VibeCodeError as error:
            self.post_message(Failed(error))

    @on(Browse)
    @work(group="browse", exit_on_error=False)
    async def _browse(self, message: Browse) -> None:
        browser, url = self.shared.services.browser, message.url
        reason = browser.obstacle()
        if reason is None and not await browser.open(url):
            reason = "none could be started"
        if reason is None:
            self.notify(f"{message.title} opens in the browser.", markup=False)
        else:
            self._show_code(url, reason)

    @on(ShowCode)
    def _code_wanted(self, message: ShowCode) -> None:
        self._show_code(message.url, "")

    @on(Shell)
    @work(exclusive=True, group="shell", exit_on_error=False)
    async def _shell(self, message: Shell) -> None:
        name = message.name
        try:
            await holder(await self.shared.engines.get(), name)
        except VibeCodeError as error:
            self.post_message(Failed(error))
            return
        try:
            with self.batch_update(), self.suspend():  # nothing is drawn while the shell has the terminal
                code = await self.shared.services.shell(name)
        except SuspendNotSupported:
            self.post_message(Failed(ShellUnavailableError(f"The shell of {name} needs one.")))
            return
        if code:
            self.notify(f"The shell of {name} ended with exit code {code}.", severity="warning", markup=False)

    @on(Copy)
    def _copy(self, message: Copy) -> None:
        self.copy_to_clipboard(message.text)
        self.notify(f"{message.what} is copied.", markup=False)

    @on(Ask)
    def _ask(self, message: Ask) -> None:
        from screens.modals.question import confirmation

        def answered(answer: str | None) -> None:
            if answer == "yes":
                message.confirmed()

        self.push_screen(confirmation(message.question, message.detail, message.answer), answered)

    @on(Failed)
    def _failed(self, message: Failed) -> None:
        from screens.modals.failure import Failure

        self.push_screen(Failure(message.error))

    def _show_code(self, url: str, reason: str) -> None:
        """Over no question: it comes when work is done, in the middle of what somebody answers."""
        if self.screen.is_modal:
            self.notify(f"The browser is not opened: {reason}. {url}", timeout=ADDRESS_TOLD_FOR, markup=False)
            return
        from screens.modals.code import Code

        self.push_screen(Code(url, reason))

    # What comes of work

    def _job_ready(self, job: Job) -> None:
        if job.task.opens and (name := job.task.workspace) is not None:
            self._enter(name, partial(entrance_when_ready, name=name))

    def _job_finished(self, job: Job) -> None:
        for nudge in self._nudges:
            nudge.set()
        if self.current_mode == "progress" or not self.is_running:
            return
        if job.state == "failed":
            self.notify(f"{job.task.title} failed; 5 shows why.", severity="error", markup=False)
        elif job.state == "done":
            self.notify(job.task.said, markup=False)

    # The commands of everywhere

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers: the commands of this place, then those of everywhere."""
        here = commands_of(self._place_of(screen))
        for command in (*here, *commands_of(None)):
            if command.id != "command_palette":
                yield SystemCommand(command.title, command.help, partial(self._run, screen, command))

    async def _run(self, screen: Screen[object], command: Command) -> None:
        await (self if command.place is None else screen).run_action(command.id)

    def get_key_display(self, binding: Binding) -> str:
        """A sign, such as an arrow, where the terminal takes one; else the key's name."""
        return super().get_key_display(binding) if GLYPHS is UNICODE else key_words(binding.key)

    def action_go(self, place: PlaceId) -> None:
        self.post_message(Go(place))

    def action_leave(self) -> None:
        """First what the place itself has to leave (a filter, a detail), then the place."""
        if self._place_of(self.screen) is None:
            return
        place = cast("PlaceScreen", self.screen)
        if not place.leave() and place.PLACE != HOME:
            self.post_message(Go(HOME))

    def action_jump(self) -> None:
        from screens.modals.jump import Jump

        targets = [widget for widget in self.screen.focus_chain if widget.region]
        self.push_screen(Jump(targets), self._jumped)

    def _jumped(self, target: Widget | None) -> None:
        if target is not None:
            target.focus()

    @work(group="theme", exit_on_error=False)
    async def action_next_theme(self) -> None:
        """From now on, and the next time; one press after the other."""
        async with self._theming:
            setting = next_setting(self.theme)
            try:
                await asyncio.to_thread(self.shared.services.settings.write, "theme", setting)
            except VibeCodeError as error:
                self.notify(f"Only until you leave: {error.detail}", severity="warning", markup=False)
            self.theme = theme_of(setting, self._automatic)

    @on(ThemeSet)
    def _theme_set(self, message: ThemeSet) -> None:
        self.theme = theme_of(message.setting, self._automatic)

    def action_portal(self) -> None:
        self._enter("The portal", self.shared.services.portal.entrance)

    def action_open_log(self) -> None:
        from screens.modals.log_file import LogFile

        self.push_screen(LogFile(self.shared.services.log_file))

    async def action_quit(self) -> None:
        """Leaves at once, or, where work is under way, once a person has said what is to become of it."""
        if not (active := self.shared.jobs.active):
            self.exit()
            return
        from screens.modals.leaving import leaving

        self.push_screen(leaving(active), self._quit_as_answered)

    def _quit_as_answered(self, answer: str | None) -> None:
        if answer == "now":
            self.exit()
        elif answer == "later":
            self.notify("VibeCode quits once the work is done.")
            self.run_worker(self._quit_when_idle(), exclusive=True, group="quit")

    async def _quit_when_idle(self) -> None:
        await self.shared.jobs.idle()
        self.exit()

    def _place_of(self, screen: Screen[object]) -> PlaceId | None:
        return next((place.id for place in PLACES if place.id == screen.id), None)
