"""What can be typed next in a chat: `@` names a file, `/` a command; pure functions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from screens.words import cut
from templates.text import plain

MOST = 6
SLASH = (
    ("model", "pick a model, set keys"),
    ("review", "the changes that are proposed"),
    ("undo", "take the last change back"),
    ("redo", "make it again"),
    ("why", "find out why it does not work, from its log"),
    ("new", "begin another conversation"),
    ("chats", "go on with an earlier one"),
    ("export", "copy the conversation as Markdown"),
    ("delete", "delete this conversation"),
    ("usage", "what models have cost"),
)
_AT = re.compile(r"(?:^|\s)@([\w./+-]*)$")
_SLASH = re.compile(r"/(\w*)$")


@dataclass(frozen=True, slots=True)
class Completion:
    """`start` is where in the text `value` takes the place of what follows."""

    start: int
    value: str
    title: str
    detail: str = ""


def completions(before: str, paths: Sequence[str]) -> tuple[Completion, ...]:
    """For the text before the cursor: the best few."""
    if found := _SLASH.fullmatch(before):
        return tuple(
            Completion(0, f"/{name} ", f"/{name}", words) for name, words in SLASH if name.startswith(found[1])
        )
    if found := _AT.search(before):
        typed = found[1].lower()
        ranked = sorted((path for path in paths if typed in path.lower()), key=lambda path: _rank(path, typed))
        return tuple(Completion(found.start(1) - 1, f"@{path} ", path) for path in ranked[:MOST])
    return ()


def _rank(path: str, typed: str) -> tuple[bool, bool, int, str]:
    name = path.rpartition("/")[2].lower()
    return not path.lower().startswith(typed), not name.startswith(typed), path.count("/"), path


def command_of(text: str) -> tuple[str, str] | None:
    """A `/` command and what follows it; None for words to the model."""
    name, _, rest = text.strip().partition(" ")
    return (name[1:], rest.strip()) if name[:1] == "/" and name[1:] in dict(SLASH) else None


def completion_line(one: Completion, width: int) -> Content:
    title = cut(plain(one.title), width)
    room = max(0, width - cell_len(title) - 2)
    return Content.assemble((title, "$accent"), (f"  {cut(one.detail, room)}", "$muted"))
