"""An error in a person's words: what happened, why, and what can be done."""

from textual.content import Content
from textual.widgets import Static

from screens.glyphs import GLYPHS
from templates.errors import VibeCodeError
from templates.text import plain


def error_words(error: VibeCodeError) -> Content:
    """Title and detail, then hint and the key to the log file."""
    detail = Content("\n").join([Content(plain(line)) for line in error.detail.splitlines()])
    hint = [Content("\n\n"), Content.assemble((f"{GLYPHS.arrow} ", "$accent"), plain(error.hint))] if error.hint else []
    return Content.assemble(
        (f"{GLYPHS.wrong} {error.title}", "$error bold"),
        "\n",
        detail,
        *hint,
        "\n",
        ("ctrl+l opens the log file, which has the rest.", "$muted"),
    )


class ErrorPanel(Static):
    """Shows one error, or nothing."""

    DEFAULT_CSS = """
    ErrorPanel { width: 1fr; height: auto; max-width: 90; padding: 1 2; background: $error 8%; }
    """

    def show(self, error: VibeCodeError | None) -> None:
        self.display = error is not None
        if error is not None:
            self.update(error_words(error))
