"""What `vibecode` alone says: what it is, and what to type first."""

from collections.abc import Iterator

from launcher import __version__
from launcher.output.console import Console
from launcher.parser import ABOUT, EXAMPLES


def overview(console: Console) -> str:
    width = max(len(line) for line, _ in EXAMPLES)
    return "\n".join(
        [
            f"{console.style('VibeCode', 'bold')} {__version__}",
            ABOUT,
            "",
            *(f"  {console.style(f'{line:{width}}', 'cyan')}   {words}" for line, words in EXAMPLES),
            "",
            "`vibecode --help` shows every command.",
            *_without_application(console),
        ]
    )


def _without_application(console: Console) -> Iterator[str]:
    """Why a person at a terminal sees this, and not the terminal application."""
    term = console.environ.get("TERM", "")
    if console.stdin_is_terminal and term in ("", "dumb"):
        yield f"The terminal application needs a terminal to draw on; TERM says {term or 'nothing'!r} of this one."
