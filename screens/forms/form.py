"""A form over a place: a few fields, each judged as it is typed, and a button that Enter presses, too."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from screens.forms.fields import FormField
from screens.glyphs import GLYPHS
from screens.widgets.choice_field import ChoiceField
from screens.widgets.field import Field
from screens.words import keys

Filled = TypeVar("Filled")

TICK = 1.0
"""Seconds between two judgements where nothing is typed: what is outside may change meanwhile."""


class Form(ModalScreen[Filled]):
    """Answers what was filled in, or None where it was left.

    `wrong` and `filled` are what a form has to say for itself; `before` and `footing` are called with each judgement.
    """

    CSS_PATH = Path(__file__).with_name("form.tcss")  # whatever folder the form itself is in
    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("escape", "dismiss(None)", "Back", show=False),
        Binding("up", "app.focus_previous", "Previous field", show=False),
        Binding("down", "app.focus_next", "Next field", show=False),
        Binding("enter", "submit", "Submit", show=False),
    ]

    def __init__(self, heading: Content, fields: Sequence[FormField], button: str, enter: str) -> None:
        """`button` says what comes of it, `enter` the same after the name of the key."""
        super().__init__()
        self._heading = heading
        self._fields = tuple(fields)
        self.widgets: Mapping[str, Field | ChoiceField] = {one.name: _widget(one) for one in self._fields}
        self._problems = {one.name: Static(classes="problem") for one in self._fields}
        self._footing = Static(classes="destination")
        self._submit = Button(button, variant="primary", classes="submit", compact=True)
        self._enter = enter

    def wrong(self) -> Mapping[str, str]:
        """The fields that are not right, in their order, and why, as a sentence."""
        raise NotImplementedError

    def filled(self) -> Filled:
        """What it answers; asked only where nothing is wrong."""
        raise NotImplementedError

    def before(self) -> None:
        """What follows from what was typed elsewhere in the form, or happened outside."""

    def footing(self) -> str:
        """What will come of it, below the fields."""
        return ""

    @property
    def values(self) -> dict[str, str]:
        return {key: widget.value for key, widget in self.widgets.items()}

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(self._heading, classes="title")
            with VerticalScroll(classes="fields", can_focus=False):
                for one in self._fields:
                    with Vertical(classes="field"):
                        yield Static(Content.styled(one.title, "$muted"), classes="label")
                        yield self.widgets[one.name]
                        yield self._problems[one.name]
            yield self._footing
            with Horizontal(classes="buttons"):
                yield self._submit
                yield Static(keys((("enter", self._enter), ("esc", "goes back"))), classes="keys")

    def on_mount(self) -> None:
        self.widgets[self._fields[0].name].focus(scroll_visible=False)  # nothing is laid out yet
        self.set_interval(TICK, self.judge)
        self.judge()

    @on(events.DescendantFocus)
    def _reveal(self, event: events.DescendantFocus) -> None:
        """The whole of the field that has the focus: its title and what is wrong with it too."""
        if isinstance(event.widget.parent, Vertical):
            self.call_after_refresh(event.widget.parent.scroll_visible, animate=False)

    @on(Field.Changed)
    @on(ChoiceField.Changed)
    def judge(self) -> None:
        """Says what is wrong with each field."""
        self.before()
        found = self.wrong()
        for key, words in self._problems.items():
            words.update(Content.styled(f"{GLYPHS.wrong} {found[key]}", "$error") if key in found else "")
        self._footing.update(Content.styled(self.footing(), "$muted"))
        self._submit.disabled = bool(found)

    @on(Field.Submitted)
    @on(Button.Pressed)
    def action_submit(self) -> None:
        """Answers, or goes to the first field that is not right."""
        self.judge()
        if found := self.wrong():
            self.widgets[next(iter(found))].focus()
            return
        self.dismiss(self.filled())


def _widget(one: FormField) -> Field | ChoiceField:
    if one.choices:
        return ChoiceField(one.choices, one.value, id=f"field-{one.name}")
    longest = max(one.longest, len(one.value))
    return Field(placeholder=one.placeholder, value=one.value, longest=longest, id=f"field-{one.name}")
