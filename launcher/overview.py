"""What `vibecode` alone says: what it is, and what to type first."""

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
        ]
    )
