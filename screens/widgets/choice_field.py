"""One of a few words: all in a line where there is room, else the chosen one alone."""

from collections.abc import Sequence

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from screens.glyphs import GLYPHS


def choice_words(choices: Sequence[tuple[str, str]], value: str, width: int) -> Content:
    """The choices as (value, title), the chosen one marked; a click on one chooses it."""
    parts: list[Content] = []
    for choice, title in choices:
        sign, style = (GLYPHS.running, "$accent bold") if choice == value else (GLYPHS.stopped, "$foreground 80%")
        parts.append(Content.styled(f" {sign} {title} ", style).stylize(Style.from_meta({"choice": choice})))
    everything = Content(" ").join(parts)
    if everything.cell_length <= width:
        return everything
    number = next((number for number, (choice, _) in enumerate(choices) if choice == value), 0)
    return Content.assemble(
        ("<", "$muted"), parts[number], (">", "$muted"), (f"  {number + 1} of {len(choices)}", "$muted")
    ).truncate(width, ellipsis=True)


class ChoiceField(Widget, can_focus=True):
    """Left and right, or a click, choose; `value` is what was chosen."""

    DEFAULT_CSS = """
    ChoiceField { height: 1; width: 1fr; background: $surface; color: $foreground; }
    ChoiceField:focus { background: $cursor; }
    """
    BINDINGS = [
        Binding("left", "step(-1)", "Previous", show=False),
        Binding("right,space", "step(1)", "Next", show=False),
    ]

    value: reactive[str] = reactive("")

    class Changed(Message):
        """Another is chosen."""

        def __init__(self, choice: "ChoiceField") -> None:
            super().__init__()
            self.choice = choice

        @property
        def control(self) -> "ChoiceField":
            return self.choice

    def __init__(self, choices: Sequence[tuple[str, str]], value: str, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._choices = tuple(choices)
        self.set_reactive(ChoiceField.value, value)

    def render(self) -> Content:
        return choice_words(self._choices, self.value, self.size.width)

    def watch_value(self) -> None:
        self.post_message(self.Changed(self))

    def action_step(self, step: int) -> None:
        values = [value for value, _ in self._choices]
        self.value = values[(values.index(self.value) + step) % len(values)]

    def on_click(self, event: events.Click) -> None:
        if (choice := event.style.meta.get("choice")) is not None:
            self.value = str(choice)
