"""The field for a prompt, what a plan will cost, and what was interrupted."""

import asyncio
from decimal import Decimal
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from screens.models.access import ModelState
from screens.models.presenter import model_name
from screens.prompt import presenter
from screens.prompt.estimate import plan_cost
from screens.shared import Shared
from screens.widgets.composer import Composer
from screens.widgets.row_list import RowList
from screens.widgets.words import Words
from screens.words import keys
from templates.errors import VibeCodeError
from templates.generation.journal import Begun, unfinished

EXAMPLE = "a URL shortener with FastAPI and SQLite"
KEYS = (("enter", "plans it"), ("ctrl+j", "begins another line"), ("ctrl+g", "chooses a model"))


class AskView(Vertical):
    """Its field, `#prompt`, posts what is described."""

    class Known(Message):
        """What was interrupted, and what the plan will cost in US dollars, None where that is unknown."""

        def __init__(self, begun: tuple[Begun, ...], cost: Decimal | None) -> None:
            super().__init__()
            self.begun = begun
            self.cost = cost

    def __init__(self, shared: Shared) -> None:
        super().__init__(id="ask")
        self._services = shared.services
        self._model: ModelState | None = None
        self._begun: dict[str, Begun] = {}
        self._cost: Decimal | None = None
        self._prompt = Composer(placeholder=EXAMPLE, id="prompt")
        self._asked = Words(id="asked")
        self._interrupted = RowList(self._draw, id="begun")

    def compose(self) -> ComposeResult:
        yield Static(Content.styled("What do you want to make?", "bold"))
        yield self._prompt
        yield self._asked
        yield Static(keys(KEYS))
        yield Static(Content.styled("Interrupted; r goes on, d drops it", "$muted"), id="interrupted")
        yield self._interrupted

    def take_focus(self) -> None:
        self._prompt.focus()

    def submit(self) -> None:
        self._prompt.submit()

    def clear(self) -> None:
        self._prompt.text = ""

    def give_back(self, prompt: str) -> None:
        """What was described and came to nothing is described again, unless something else is there meanwhile."""
        if not self._prompt.text:
            self._prompt.text = prompt

    @property
    def interrupted(self) -> bool:
        """Whether something was."""
        return bool(self._begun)

    @property
    def chosen(self) -> Begun | None:
        """What was interrupted, under the cursor."""
        return self._begun.get(self._interrupted.highlighted or "")

    @work(exclusive=True, exit_on_error=False)
    async def learn(self, model: ModelState | None, mine: Path | None) -> None:
        """What was interrupted, but for `mine`, and, where the server says, what a plan costs."""
        self._model = model
        access = self._services.models
        found = await asyncio.to_thread(unfinished, access.generations)
        begun = tuple(one for one in found if one.file != mine)
        self.post_message(self.Known(begun, None))
        if model is None or model.obstacle is not None:
            return
        try:
            cost = await plan_cost(access, self._services.catalog, model.profile.model)
        except VibeCodeError:
            return  # it is told where the model is asked
        self.post_message(self.Known(begun, cost))

    @on(Known)
    def _known(self, event: Known) -> None:
        self._begun = {one.file.name: one for one in reversed(event.begun)}
        self._cost = event.cost if event.cost is not None else self._cost
        self._interrupted.show(tuple(self._begun))
        self.set_class(bool(self._begun), "-interrupted")
        if self._model is not None:
            self._asked.show(presenter.asking_words(model_name(self._model.profile), self._cost))
        self.screen.refresh_bindings()

    def _draw(self, key: str, width: int) -> list[Content]:
        begun = self._begun.get(key)
        return [presenter.begun_line(begun, width, self._services.now())] if begun else []
