"""Regular expressions of somebody else's: whether matching one is sure to end soon, whatever the text."""

import re

MOST_WAYS = 27
"""Of ways in which a text is tried, in bits; some seconds at most."""

_REPEAT = 9
"""Bits of one repeat: it may end after each of 500 characters."""

_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?[aimsu]+\)|\(\?(?:P<\w+>|[aimsu]*:|[=!<>])?|\{\d*,?\d*\}|.", re.DOTALL
)


def slow_because(pattern: str) -> str | None:
    """Why matching may take for ever, in words; None for what surely ends soon.

    Python's engine tries all ways one by one. Stricter than need be: what repeats something that can match in several
    ways counts as slow, and so does what cannot be judged.
    """
    several, last, ways = [False], False, 0
    for token in _TOKEN.findall(pattern):
        if token == "(?" or re.fullmatch(r"\\[1-9]", token):
            return "it is verbose, or refers back to a group"
        if token.endswith(")") and token.startswith("(?"):  # flags for all of it
            continue
        if token.startswith("("):
            several.append(False)
            last = False
        elif token == ")" and len(several) > 1:
            last = several.pop()
            several[-1] |= last
        elif token in ("|", "?"):
            several[-1] = True
            ways += 1
        elif token in ("*", "+") or (len(token) > 1 and token.startswith("{")):
            if last:
                return "it repeats what repeats or chooses"
            if token.strip("{}").isdigit():  # as often as it says
                continue
            several[-1] = True
            ways += _REPEAT
        else:
            last = False
    return "it has too many repeats and choices" if ways > MOST_WAYS else None
