"""The form of a template: a name, its variables, and Enter opens it in the editor."""

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from screens.glyphs import GLYPHS
from screens.shared import Shared
from screens.templates import presenter
from screens.templates.fields import (
    Filled,
    FormField,
    destination,
    fields_of,
    problem,
    proposal,
    taken_names,
)
from screens.widgets.choice_field import ChoiceField
from screens.widgets.field import Field
from screens.words import keys
from templates.catalog import Template
from templates.variables import NAME

TICK = 1.0
"""Seconds between two looks at what names are taken meanwhile."""


class TemplateForm(ModalScreen[Filled]):
    """Answers what was filled in, or None where it was left; judges each field as it is typed."""

    CSS_PATH = "form.tcss"
    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("escape", "dismiss(None)", "Back", show=False),
        Binding("up", "app.focus_previous", "Previous field", show=False),
        Binding("down", "app.focus_next", "Next field", show=False),
        Binding("enter", "submit", "Open in Editor", show=False),
    ]

    def __init__(self, shared: Shared, template: Template) -> None:
        super().__init__()
        self._shared = shared
        self._template = template
        self._proposed = self._proposal()
        self._fields = fields_of(template, self._proposed)
        self._widgets: dict[str, Field | ChoiceField] = {one.name: _widget(one) for one in self._fields}
        self._problems = {one.name: Static(classes="problem") for one in self._fields}
        self._destination = Static(classes="destination")
        self._submit = Button("Open in Editor", variant="primary", id="submit", compact=True)

    def compose(self) -> ComposeResult:
        manifest = self._template.manifest
        with Vertical(classes="box"):
            yield Static(
                Content.assemble(
                    presenter.icon(manifest.icon), (manifest.title, "bold"), "  ", (self._template.id, "$muted")
                ),
                classes="title",
            )
            with VerticalScroll(classes="fields", can_focus=False):
                for one in self._fields:
                    with Vertical(classes="field"):
                        yield Static(Content.styled(one.title, "$muted"), classes="label")
                        yield self._widgets[one.name]
                        yield self._problems[one.name]
            yield self._destination
            with Horizontal(classes="buttons"):
                yield self._submit
                yield Static(keys((("enter", "opens it"), ("esc", "goes back"))), classes="keys")

    def on_mount(self) -> None:
        self._widgets[NAME].focus(scroll_visible=False)  # it is the first, and nothing is laid out yet
        self.set_interval(TICK, self._judge)
        self._judge()

    @on(events.DescendantFocus)
    def _reveal(self, event: events.DescendantFocus) -> None:
        """The whole of the field that has the focus: its title and what is wrong with it too."""
        if isinstance(event.widget.parent, Vertical):
            self.call_after_refresh(event.widget.parent.scroll_visible, animate=False)

    @on(Field.Changed)
    @on(ChoiceField.Changed)
    def _judge(self) -> None:
        """Says what is wrong with each field; a proposed name that was taken meanwhile gives way to another."""
        name = self._widgets[NAME]
        if name.value == self._proposed != (proposed := self._proposal()):
            self._proposed = name.value = proposed
        found = self._wrong()
        for key, words in self._problems.items():
            words.update(Content.styled(f"{GLYPHS.wrong} {found[key]}", "$error") if key in found else "")
        self._destination.update(Content.styled(destination(self._shared.store.snapshot), "$muted"))
        self._submit.disabled = bool(found)

    @on(Field.Submitted)
    @on(Button.Pressed)
    def action_submit(self) -> None:
        """Answers, or goes to the first field that is not right."""
        self._judge()
        if found := self._wrong():
            self._widgets[next(iter(found))].focus()
            return
        values = tuple((key, widget.value) for key, widget in self._widgets.items() if key != NAME)
        self.dismiss(Filled(self._template, self._widgets[NAME].value, values))

    def _wrong(self) -> dict[str, str]:
        """The fields that are not right, in their order, and why."""
        workspaces, jobs = self._shared.store.snapshot.workspaces, self._shared.jobs.active
        taken = taken_names(workspaces, jobs, self._template.id)
        judged = ((key, problem(self._template, key, widget.value, taken)) for key, widget in self._widgets.items())
        return {key: words for key, words in judged if words}

    def _proposal(self) -> str:
        return proposal(self._template.short, self._shared.store.snapshot.workspaces, self._shared.jobs.active)


def _widget(one: FormField) -> Field | ChoiceField:
    if one.choices:
        return ChoiceField(one.choices, one.value, id=f"field-{one.name}")
    return Field(value=one.value, longest=max(one.longest, len(one.value)), id=f"field-{one.name}")
