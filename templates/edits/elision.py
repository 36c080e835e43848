"""Lines like `...` that stand for others which a model did not write out."""

import re
from collections.abc import Sequence

_DOTS = r"(?:\.{3}|…)"
_COMMENT = r"(?:#+|//+|--|/\*+|<!--|;+|%+|\{/\*|\"|')"
_WHAT = r"(?:code|methods?|functions?|imports?|lines?|content|routes?|tests?|implementation|file|class|body|fields?)"
_LEFT_OUT = (
    rf"(?:the )?rest (?:of (?:the |your )?[\w ]{{1,30}}|{_WHAT})(?: (?:here|as before))?"
    rf"|(?:existing|remaining|previous|other|unchanged) {_WHAT}[\w ]{{0,30}}"
    r"|(?:same|unchanged|as before|same as (?:before|above)|omitted[\w ]{0,30})"
)
_ELISION = re.compile(
    rf"\s*(?:{_DOTS}|{_COMMENT}\s*(?:{_DOTS}.*|[(\[]?(?:{_LEFT_OUT})\W*))\s*(?:\*/\}}?|-->)?\s*", re.IGNORECASE
)


def is_elision(line: str) -> bool:
    return len(line) < 200 and _ELISION.fullmatch(line) is not None


def elides(lines: Sequence[str], actual: Sequence[str]) -> str | None:
    """The first line that stands for others, unless the file has it, too; None where all is written out."""
    own = {line.strip() for line in actual}
    return next((line for line in lines if is_elision(line) and line.strip() not in own), None)


def pieces(lines: Sequence[str]) -> list[tuple[str, ...]]:
    """What is written out between the elisions; there is one piece more than elisions."""
    found: list[list[str]] = [[]]
    for line in lines:
        if is_elision(line):
            found.append([])
        else:
            found[-1].append(line)
    return [tuple(piece) for piece in found]
