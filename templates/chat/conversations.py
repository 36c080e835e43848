"""Conversations, kept on the workspace's volume: one record for each turn, so that two at once do not meet."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from templates.chat.errors import ChatNotFoundError
from templates.errors import RecordsConflictError
from templates.workspace_files import ABSENT, Delete, WorkspaceFiles, Write

ATTEMPTS = 5
OUTPUT = 8000
"""Characters at the end of a command's output that are kept."""


@dataclass(frozen=True, slots=True)
class CommandRun:
    """A command that the person agreed to, and how it ended."""

    command: str
    exit_code: int
    output: str


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; `turn` is its number in the journal where it changed files.

    `at` is in ISO 8601, `cost` in US dollars as text, or None where it is unknown. Secrets in `answer` are hidden.
    """

    instruction: str
    answer: str
    at: str
    model: str = ""
    cost: str | None = None
    sent: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    turn: int | None = None
    commands: tuple[CommandRun, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation's messages, the oldest first; its title is its first instruction."""

    id: str
    messages: tuple[Message, ...]

    @property
    def title(self) -> str:
        return self.messages[0].instruction if self.messages else ""

    @property
    def last(self) -> str:
        """When it was last gone on with, in ISO 8601."""
        return self.messages[-1].at if self.messages else ""


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def new_id() -> str:
    return uuid4().hex[:8]


async def read_conversations(files: WorkspaceFiles) -> tuple[Conversation, ...]:
    """All of a workspace, the last one first."""
    grouped: dict[str, dict[str, bytes]] = {}
    for path, content in (await files.records("chats/*/*.json")).items():
        grouped.setdefault(path.split("/")[1], {})[path] = content
    found = [Conversation(chat, _messages(records)) for chat, records in grouped.items()]
    return tuple(sorted((one for one in found if one.messages), key=lambda one: one.last, reverse=True))


async def read_conversation(files: WorkspaceFiles, chat: str) -> Conversation:
    """Raises ChatNotFoundError."""
    if not chat.isalnum() or not (records := await files.records(f"chats/{chat}/*.json")):
        raise ChatNotFoundError(f"There is no conversation {chat!r} in this workspace.")
    return Conversation(chat, _messages(records))


async def save_message(files: WorkspaceFiles, chat: str, message: Message, number: int | None = None) -> int:
    """Keeps a message at the end of the conversation, or in the place of `number`; answers its number."""
    content = json.dumps(asdict(message), indent=1).encode() + b"\n"
    if number is not None:
        await files.apply([], [Write(_path(chat, number), content, 0o600)])
        return number
    for attempt in range(ATTEMPTS):
        taken = [
            int(path.rpartition("/")[2].removesuffix(".json")) for path in await files.records(f"chats/{chat}/*.json")
        ]
        following = max(taken, default=0) + 1
        try:
            await files.apply([], [Write(_path(chat, following), content, 0o600, ABSENT)])
        except RecordsConflictError:  # another program goes on with the same conversation
            if attempt + 1 == ATTEMPTS:
                raise
        else:
            return following
    raise AssertionError("unreachable")


async def delete_conversation(files: WorkspaceFiles, chat: str) -> None:
    """Raises ChatNotFoundError. What its turns have changed can still be undone."""
    await read_conversation(files, chat)
    await files.apply([], [Delete(path) for path in await files.records(f"chats/{chat}/*.json")])


def as_markdown(workspace: str, conversation: Conversation) -> str:
    """The whole conversation for people to read."""
    parts = [f"# {workspace}: {_one_line(conversation.title)}"]
    for message in conversation.messages:
        about = [
            message.at,
            *([message.model] if message.model else []),
            *([f"${message.cost}"] if message.cost else []),
        ]
        parts += [f"## You, {message.at}", message.instruction, f"## Answer ({', '.join(about[1:]) or 'no model'})"]
        parts.append(message.answer.strip())
        if message.files:
            changed = ", ".join(f"`{path}`" for path in message.files)
            parts.append(
                f"*Changed: {changed}.*" if message.turn is not None else f"*Proposed, not applied: {changed}.*"
            )
        for ran in message.commands:
            fence = "`" * (3 if "```" not in ran.output else 8)
            parts.append(f"{fence}\n$ {ran.command}\n{ran.output.rstrip()}\n(exit code {ran.exit_code})\n{fence}")
    return "\n\n".join(parts) + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:80]


def _path(chat: str, number: int) -> str:
    return f"chats/{chat}/{number:06}.json"


def _messages(records: Mapping[str, bytes]) -> tuple[Message, ...]:
    parsed: Sequence[Message | None] = [_parsed(records[path]) for path in sorted(records)]
    return tuple(one for one in parsed if one is not None)


def _parsed(content: bytes) -> Message | None:
    """None for a record that is none of ours, as a program in the workspace may leave."""
    try:
        values: dict[str, Any] = json.loads(content)
        values["commands"] = tuple(CommandRun(**one) for one in values["commands"])
        values |= {name: tuple(values[name]) for name in ("sent", "files")}
        return Message(**values)
    except (ValueError, KeyError, TypeError):
        return None
