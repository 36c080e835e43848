"""A field to type into, as every place has it."""

from textual.widgets import Input

LONGEST = 1000
"""Characters that a field takes; what is pasted beyond them is left out."""


class Field(Input):
    """Does not blink, and takes a huge paste without growing."""

    DEFAULT_CSS = """
    Field { border: none; height: 1; padding: 0 1; background: $surface; }
    Field:focus { border: none; background: $cursor; }
    """

    def __init__(
        self,
        *,
        placeholder: str = "",
        value: str = "",
        longest: int = LONGEST,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(value, placeholder, max_length=longest, id=id, select_on_focus=False)
        self.cursor_blink = False
