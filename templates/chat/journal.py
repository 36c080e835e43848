"""Turns that can be undone and redone: what each file held before and after, kept on the workspace's volume.

A turn is `turns/NUMBER/turn.json`, with `before/INDEX` and `after/INDEX` for its files. It is written by the same
`apply` as the files themselves, so that there is never one without the other.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from difflib import unified_diff
from typing import Any

from templates.chat.errors import ChangedSinceError, NothingToRedoError, NothingToUndoError
from templates.errors import FilesConflictError, RecordsConflictError
from templates.text import plain
from templates.workspace_files import ABSENT, Change, Delete, FileContent, WorkspaceFiles, Write, sha256

KEPT = 100
"""Turns that can be undone; older ones are forgotten."""

ATTEMPTS = 5
SHOWN = 40
"""Lines of a difference that are shown where a turn cannot be undone."""


@dataclass(frozen=True, slots=True)
class TurnFile:
    """A file of a turn, by the sha256 of what it held; ABSENT where it was not there."""

    path: str
    before: str
    after: str
    mode_before: int | None
    mode_after: int | None


@dataclass(frozen=True, slots=True)
class Turn:
    """Files that were changed together; `at` is in ISO 8601, `chat` and `instruction` say why."""

    number: int
    instruction: str
    chat: str
    at: str
    files: tuple[TurnFile, ...]
    undone: bool = False

    @property
    def folder(self) -> str:
        return f"turns/{self.number:06}"

    @property
    def record(self) -> str:
        return f"{self.folder}/turn.json"


async def read_turns(files: WorkspaceFiles) -> tuple[Turn, ...]:
    """All that are kept, the oldest first."""
    found = [_parsed(content) for content in (await files.records("turns/*/turn.json")).values()]
    return tuple(sorted((one for one in found if one is not None), key=lambda turn: turn.number))


async def apply_turn(files: WorkspaceFiles, changes: Sequence[Change], instruction: str, chat: str = "") -> Turn:
    """Makes the changes, all or none, as a turn that can be undone; what was undone cannot be redone any more.

    Each change needs its `base`. Raises FilesConflictError where a file is not what the change was made for.
    """
    there = await files.read([one.path for one in changes])
    for attempt in range(ATTEMPTS):
        turns = await read_turns(files)
        turn = _turn(changes, there, instruction, chat, 1 + max((one.number for one in turns), default=0))
        forgotten = [one for one in turns if one.undone]
        forgotten += [one for one in turns if not one.undone][: -KEPT + 1]
        records: list[Change] = [Write(turn.record, _encoded(turn), 0o600, ABSENT)]
        for index, change in enumerate(changes):
            before = there.get(change.path)
            if before is not None:
                records.append(Write(f"{turn.folder}/before/{index}", before.content, 0o600))
            if isinstance(change, Write):
                records.append(Write(f"{turn.folder}/after/{index}", change.content, 0o600))
        records += [gone for one in forgotten for gone in _forget(one)]
        try:
            await files.apply(changes, records)
        except RecordsConflictError:
            if attempt + 1 == ATTEMPTS:
                raise
        else:
            return turn
    raise AssertionError("unreachable")


async def undo(files: WorkspaceFiles) -> Turn:
    """Takes the last turn back. Raises NothingToUndoError, and ChangedSinceError where a file was edited since."""
    turns = [one for one in await read_turns(files) if not one.undone]
    if not turns:
        raise NothingToUndoError("No change of a conversation is left that could be taken back.")
    return await _switch(files, turns[-1], undone=True)


async def redo(files: WorkspaceFiles) -> Turn:
    """Makes the last turn again that was undone. Raises NothingToRedoError and ChangedSinceError."""
    turns = [one for one in await read_turns(files) if one.undone]
    if not turns:
        raise NothingToRedoError("Nothing was undone in this workspace, or another change came after.")
    return await _switch(files, turns[0], undone=False)


async def _switch(files: WorkspaceFiles, turn: Turn, *, undone: bool) -> Turn:
    """Puts the files from one side of the turn to the other."""
    kept = await files.records(f"{turn.folder}/*")
    source, target = ("after", "before") if undone else ("before", "after")
    switched = replace(turn, undone=undone)
    changes: list[Change] = []
    for index, one in enumerate(turn.files):
        base = one.after if undone else one.before
        content = kept.get(f"{turn.folder}/{target}/{index}")
        mode = one.mode_before if undone else one.mode_after
        changes.append(Delete(one.path, base) if content is None else Write(one.path, content, mode, base))
    record = Write(turn.record, _encoded(switched), 0o600, sha256(kept[turn.record]))
    try:
        await files.apply(changes, [record])
    except RecordsConflictError:
        raise
    except FilesConflictError as error:
        paths = [one.path for one in error.conflicts]
        there = await files.read(paths)
        known = {one.path: kept.get(f"{turn.folder}/{source}/{index}") for index, one in enumerate(turn.files)}
        raise _changed_since(error, known, there) from None
    return switched


def _changed_since(
    error: FilesConflictError, known: Mapping[str, bytes | None], there: Mapping[str, FileContent]
) -> ChangedSinceError:
    changed = ChangedSinceError(error.conflicts)
    parts = [changed.detail]
    for one in error.conflicts:
        now = there[one.path].content if one.path in there else b""
        old, new = (text.decode("utf-8", "replace").splitlines() for text in (known.get(one.path) or b"", now))
        lines = list(unified_diff(old, new, f"{one.path} (as the turn left it)", f"{one.path} (now)", lineterm=""))
        parts += [plain(line) for line in lines[:SHOWN]]
        if len(lines) > SHOWN:
            parts.append(f"and {len(lines) - SHOWN} more lines")
    changed.detail = "\n".join(parts)
    return changed


def _turn(
    changes: Sequence[Change], there: Mapping[str, FileContent], instruction: str, chat: str, number: int
) -> Turn:
    files: list[TurnFile] = []
    for one in changes:
        old = there.get(one.path)
        after, mode = (sha256(one.content), one.mode) if isinstance(one, Write) else (ABSENT, None)
        mode_before = old.mode if old else None
        files.append(TurnFile(one.path, old.sha256 if old else ABSENT, after, mode_before, mode or mode_before))
    return Turn(number, instruction, chat, datetime.now(UTC).isoformat(timespec="seconds"), tuple(files))


def _forget(turn: Turn) -> list[Change]:
    kept = [f"{side}/{index}" for index in range(len(turn.files)) for side in ("before", "after")]
    return [Delete(f"{turn.folder}/{name}") for name in ("turn.json", *kept)]


def _encoded(turn: Turn) -> bytes:
    return json.dumps(asdict(turn), indent=1).encode() + b"\n"


def _parsed(content: bytes) -> Turn | None:
    """None for a record that is none of ours, as a program in the workspace may leave."""
    try:
        values: dict[str, Any] = json.loads(content)
        values["files"] = tuple(TurnFile(**one) for one in values["files"])
        return Turn(**values)
    except (ValueError, KeyError, TypeError):
        return None
