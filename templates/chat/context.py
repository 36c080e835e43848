"""What a model is shown of a workspace: its tree, the files that matter, Git's state, what it says of a failure."""

import asyncio
import re
from collections.abc import Collection
from dataclasses import dataclass

from templates.chat.masking import Mask
from templates.chat.relevance import holds_secrets, ranked
from templates.models.prices import tokens_of
from templates.workspace_files import FileContent, FileInfo, Listing, WorkspaceFiles

DEFAULT_WINDOW = 32_000
"""Tokens, where the server does not say how many the model takes."""

SHARE = 0.5
"""The share of the window that the context may take; the rest is for the conversation and the answer."""

MOST = 60_000
"""Tokens of context at most: what a model is shown beyond that costs more than it helps."""

TREE = 400
"""Lines of the tree at most."""

LOG_LINES = 60
EVENT_LINES = 30
GIT_SECONDS = 5
GIT_STATE = "git status --short --branch 2>/dev/null | head -n 40; git log --oneline -n 5 2>/dev/null; :"

_WHY = re.compile(
    r"\b(why|error|fail\w*|crash\w*|broken|log|logs|exception|traceback|not work\w*|doesn'?t work|stopped)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ChatContext:
    """The text that is sent, and what a person may want to know of it.

    `sent` are the files whose content is in it, `withheld` those that are named like secrets and are not; `beside` says
    what else is in it, such as the workspace's log. Secrets are hidden, `masked` of them.
    """

    text: str
    sent: tuple[str, ...]
    listed: int
    withheld: tuple[str, ...]
    masked: int
    tokens: int
    mask: Mask
    beside: tuple[str, ...] = ()


async def gather_context(
    files: WorkspaceFiles, instruction: str, window: int | None, *, used: Collection[str] = (), output: str = ""
) -> ChatContext:
    """Reads the workspace in two steps.

    `used` are files of the conversation so far, `output` is what the last command printed, `window` is in tokens.
    """
    listing, git, (log, events) = await asyncio.gather(files.list(), _git(files), _failure(files, instruction))
    titled = {
        "State of Git": git,
        "What runs for the workspace and what happened to it": events,
        "The end of the workspace's log": log,
        "Output of the last command": output,
    }
    beside = {title: text for title, text in titled.items() if text.strip()}
    budget = int(min(MOST, SHARE * (window or DEFAULT_WINDOW)))
    tree = _tree(listing)
    room = budget - tokens_of(len(tree) + sum(map(len, beside.values())))
    chosen = _fitting(ranked(listing.files, instruction, used), room)
    contents = await files.read([one.path for one in chosen])
    mask = Mask()
    texts = {one.path: mask.hide(text) for one in chosen if (text := _text(contents.get(one.path))) is not None}
    parts = [tree, *(_fenced(path, text) for path, text in texts.items())]
    parts += [_titled(title, mask.hide(text)) for title, text in beside.items()]
    text = "\n\n".join(parts)
    return ChatContext(
        text,
        tuple(texts),
        len(listing.files),
        tuple(one.path for one in listing.files if holds_secrets(one.path)),
        mask.count,
        tokens_of(len(text.encode("utf-8", "replace"))),
        mask,
        tuple(beside),
    )


async def _git(files: WorkspaceFiles) -> str:
    return (await files.run(GIT_STATE, seconds=GIT_SECONDS)).output


async def _failure(files: WorkspaceFiles, instruction: str) -> tuple[str, str]:
    """The end of the log, and the workspace's events; only where it is asked why something fails, as they are long."""
    if not _WHY.search(instruction):
        return "", ""
    log, events = await asyncio.gather(files.logs(LOG_LINES), files.happened(EVENT_LINES))
    return "\n".join(log), "\n".join(events)


def _fitting(files: list[FileInfo], room: int) -> list[FileInfo]:
    """The first files that fit; one that is too large is passed over for smaller ones after it."""
    chosen: list[FileInfo] = []
    for info in files:
        tokens = tokens_of(info.size) + 20
        if tokens <= room:
            chosen.append(info)
            room -= tokens
    return chosen


def _text(file: FileContent | None) -> str | None:
    """The content, if it is text."""
    if file is None or b"\0" in file.content[:8192]:
        return None
    try:
        return file.content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _tree(listing: Listing) -> str:
    lines = [one.path for one in listing.files[:TREE]]
    more = len(listing.files) - len(lines)
    if more:
        lines.append(f"and {more:,} more")
    return _titled("Files of the project", "\n".join(lines) or "none yet")


def _titled(title: str, text: str) -> str:
    return f"## {title}\n{text.rstrip()}"


def _fenced(path: str, text: str) -> str:
    ticks = "`" * max(4, 1 + max((len(run) for run in re.findall(r"`{3,}", text)), default=0))
    end = "" if text.endswith("\n") or not text else "\n"
    return f"{path}\n{ticks}\n{text}{end}{ticks}"
