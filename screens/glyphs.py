"""The signs that stand beside words, in Unicode or, where the terminal takes none, in ASCII."""

import locale
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One sign for each meaning; all are one cell wide."""

    running: str = "●"
    starting: str = "◐"
    stopped: str = "○"
    failed: str = "▲"
    unknown: str = "?"
    done: str = "✓"
    wrong: str = "✗"
    waiting: str = "·"
    arrow: str = "→"
    cursor: str = "▌"
    mark: str = "✓"
    ellipsis: str = "…"
    filled: str = "━"
    empty: str = "─"
    separator: str = "·"
    branch: str = "└"
    bars: str = "▁▂▃▄▅▆▇█"


UNICODE = Glyphs()
ASCII = Glyphs(
    running="*",
    starting="~",
    stopped="o",
    failed="!",
    done="+",
    wrong="x",
    waiting=".",
    arrow=">",
    cursor="|",
    mark="+",
    ellipsis=".",
    filled="=",
    empty="-",
    separator="-",
    branch="`",
    bars="_.-=+*#@",
)


def glyphs_for(encoding: str) -> Glyphs:
    return UNICODE if encoding.lower().replace("-", "").startswith("utf") else ASCII


GLYPHS = glyphs_for(locale.getpreferredencoding(False))
