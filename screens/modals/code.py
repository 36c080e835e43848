"""An address, and the same as a QR code, for a browser that cannot be opened from here."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from screens import words


def code_lines(url: str) -> list[str]:
    """The QR code of the address with its quiet zone, two rows of modules in one line of half blocks."""
    import segno

    matrix = [[bool(module) for module in row] for row in segno.make(url, error="l", micro=False).matrix_iter(border=2)]
    if len(matrix) % 2:
        matrix.append([False] * len(matrix[0]))
    signs = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
    return [
        "".join(signs[above, below] for above, below in zip(matrix[row], matrix[row + 1], strict=True))
        for row in range(0, len(matrix), 2)
    ]


class Code(ModalScreen[None]):
    """Black on white in every theme, since not every camera reads it the other way round."""

    CSS_PATH = "modal.tcss"
    BINDINGS = [Binding("escape,enter,space,u", "dismiss(None)", "Close", show=False)]

    def __init__(self, url: str, reason: str) -> None:
        super().__init__()
        self._url = url
        self._reason = reason

    def compose(self) -> ComposeResult:
        lines = code_lines(self._url)
        code = Content("\n").join([Content.styled(line, "#000000 on #ffffff") for line in lines])
        with Vertical(classes="box"):
            if self._reason:
                yield Static(Content.styled(f"The browser is not opened: {self._reason}.", "$muted"))
            yield Static(Content.styled(self._url, "$accent"))
            if len(lines) + 8 <= self.app.size.height and len(lines[0]) + 8 <= self.app.size.width:
                yield Static(Content.assemble("\n", code))
            keys = words.keys((("c", "copies it"), ("esc", "closes this")))
            yield Static(Content.assemble("\n", keys))

    def key_c(self) -> None:
        self.app.copy_to_clipboard(self._url)
        self.notify("The address is copied.")
