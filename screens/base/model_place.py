"""A place that asks a model: it knows whether one can be asked, and has the ways to set one up."""

from textual import on, work
from textual.message import Message
from textual.widgets import ContentSwitcher

from screens.base.place import PlaceScreen
from screens.messages import Failed
from screens.models.access import ModelState
from screens.models.setup import ModelSetup
from screens.shared import Shared
from screens.widgets.composer import Composer
from templates.errors import VibeCodeError


class ModelPlace(PlaceScreen):
    """A subclass has a `ContentSwitcher` with a `ModelSetup`, and is told by `state_known` what is in use."""

    AUTO_FOCUS = ""  # which view there is to focus is known once the model is
    SETUP_TITLE = ""
    SETUP_SENTENCE = ""

    class StateKnown(Message):
        """The model in use, as it is now."""

        def __init__(self, state: ModelState) -> None:
            super().__init__()
            self.state = state

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self.model_state: ModelState | None = None
        self.setup = ModelSetup()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.look()

    @work(exclusive=True, group="state", exit_on_error=False)
    async def look(self) -> None:
        """Asks what is in use: it may have been changed in another place."""
        try:
            state = await self.shared.services.models.state()
        except VibeCodeError as error:
            self.post_message(Failed(error))
        else:
            self.post_message(self.StateKnown(state))

    @on(StateKnown)
    def _state_known(self, event: StateKnown) -> None:
        self.model_state = event.state
        if event.state.obstacle is not None:
            self.setup.show(self.SETUP_TITLE, self.SETUP_SENTENCE, event.state)
        self.state_known(event.state)
        self.refresh_bindings()

    def state_known(self, state: ModelState) -> None:
        """The model in use is this one now; `obstacle` says why it cannot be asked."""
        raise NotImplementedError

    @property
    def view(self) -> str:
        """The id of what is shown between the bars."""
        return self.query_one("#views", ContentSwitcher).current or ""

    @view.setter
    def view(self, name: str) -> None:
        self.query_one("#views", ContentSwitcher).current = name
        self.refresh_bindings()

    @property
    def typing(self) -> bool:
        return super().typing or isinstance(self.focused, Composer)

    @on(ModelSetup.Wanted)
    async def _wanted(self, event: ModelSetup.Wanted) -> None:
        await self.run_action(event.way)

    @on(Composer.Full)
    def _full(self) -> None:
        self.notify("That is too long; its end is left out.", severity="warning")

    def action_models(self) -> None:
        from screens.models.screen import ModelsScreen

        self.app.push_screen(ModelsScreen(self.shared))

    def action_sign_in(self) -> None:
        from screens.models.sign_in import SignInScreen

        services = self.shared.services
        self.app.push_screen(SignInScreen(services.models, services.browser))

    def action_key(self) -> None:
        from screens.models.entry import key_entry

        if (state := self.model_state) is None:
            return

        def answered(key: str | None) -> None:
            if key is not None:
                self._keep(state.profile.url, key)

        self.app.push_screen(key_entry(state), answered)

    @work(exclusive=True, group="key", exit_on_error=False)
    async def _keep(self, url: str, key: str) -> None:
        try:
            await self.shared.services.models.keep_key(url, key)
        except VibeCodeError as error:
            self.post_message(Failed(error))
        self.look()

    def action_usage(self) -> None:
        from screens.models.usage import UsageScreen

        self.app.push_screen(UsageScreen(self.shared.services.models))
