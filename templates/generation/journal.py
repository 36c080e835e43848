"""A generation on disk, as it happens: what was asked and what arrived, so that nothing is ever asked twice.

One file of JSON lines for each generation that has not ended. A program that was killed leaves its last line torn; that
line is passed over.
"""

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import AsyncGenerator, Generator, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from templates.generation.errors import (
    GenerationBusyError,
    GenerationError,
    GenerationTooLargeError,
    JournalError,
)
from templates.models.model import ChatMessage, ChatModel, Finished, FinishReason, TextDelta


@dataclass(frozen=True, slots=True)
class Begun:
    """An unfinished generation; `name` is the workspace's, or empty where none was chosen yet."""

    file: Path
    prompt: str
    name: str
    at: datetime
    received: int
    """Characters of answers that have arrived."""

    def as_dict(self) -> dict[str, object]:
        at = self.at.isoformat(timespec="seconds").replace("+00:00", "Z")
        return {"prompt": self.prompt, "name": self.name or None, "at": at, "received": self.received}


@dataclass(slots=True)
class _Answer:
    text: list[str] = field(default_factory=list[str])
    reason: FinishReason | None = None


class Journal:
    """One generation's record, open for this program alone."""

    def __init__(self, file: Path, descriptor: int, lines: Sequence[Mapping[str, Any]]) -> None:
        self._file = file
        self._descriptor = descriptor
        self._answers: dict[str, list[_Answer]] = {}
        self._asked: dict[str, int] = {}
        self._marks: dict[str, str] = {}
        self._received = False
        for line in lines:
            self._read(line)

    @property
    def file(self) -> Path:
        return self._file

    def mark(self, name: str, value: str) -> None:
        """Notes how far it is, such as the name that was chosen."""
        self._marks[name] = value
        self._write({"mark": name, "value": value})

    def marked(self, name: str) -> str | None:
        return self._marks.get(name)

    @property
    def received(self) -> bool:
        """Whether anything of an answer has arrived."""
        return self._received or any(answer.text for answers in self._answers.values() for answer in answers)

    def recorded(self, key: str) -> _Answer | None:
        """The answer to the next request with this key, if it was asked before."""
        number = self._asked.get(key, 0)
        self._asked[key] = number + 1
        answers = self._answers.get(key, [])
        return answers[number] if number < len(answers) else None

    def ask(self, key: str) -> None:
        self._write({"asked": key})

    def receive(self, key: str, text: str) -> None:
        self._received = True
        self._write({"answer": key, "text": text})

    def end(self, key: str, reason: FinishReason) -> None:
        self._write({"ended": key, "reason": reason})

    def remove(self) -> None:
        """It has ended well, or is not wanted any more."""
        self._file.unlink(missing_ok=True)

    def close(self) -> None:
        os.close(self._descriptor)

    def _read(self, line: Mapping[str, Any]) -> None:
        match line:
            case {"asked": str(key)}:
                self._answers.setdefault(key, []).append(_Answer())
            case {"answer": str(key), "text": str(text)} if key in self._answers:
                self._answers[key][-1].text.append(text)
            case {"ended": str(key), "reason": reason} if key in self._answers:
                self._answers[key][-1].reason = reason
            case {"mark": str(name), "value": str(value)}:
                self._marks[name] = value
            case _:
                pass

    def _write(self, line: Mapping[str, object]) -> None:
        data = json.dumps(line).encode() + b"\n"
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError as error:
            raise JournalError(f"{self._file} cannot be written: {error.strerror}.") from error


def begin(folder: Path, prompt: str) -> Journal:
    """A new record. Raises JournalError."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = folder / f"{secrets.token_hex(8)}.jsonl"
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise JournalError(f"{folder} cannot be written: {error.strerror}.") from error
    journal = Journal(file, descriptor, [])
    journal.mark("at", datetime.now(UTC).isoformat(timespec="seconds"))
    journal.mark("prompt", prompt)
    return journal


def resume(begun: Begun) -> Journal:
    """The record of an unfinished generation. Raises GenerationBusyError where another program works on it."""
    try:
        descriptor = os.open(begun.file, os.O_RDWR | os.O_APPEND)
    except OSError as error:
        raise JournalError(f"{begun.file} cannot be read: {error.strerror}.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        content = begun.file.read_bytes()
        if content and not content.endswith(b"\n"):
            os.write(descriptor, b"\n")  # a torn line ends here, and the next one is whole
    except BlockingIOError:
        os.close(descriptor)
        raise GenerationBusyError(f"{begun.prompt[:60]!r} is being written right now.") from None
    except OSError as error:
        os.close(descriptor)
        raise JournalError(f"{begun.file} cannot be read: {error.strerror}.") from error
    return Journal(begun.file, descriptor, list(_lines(content)))


@contextmanager
def kept(journal: Journal) -> Generator[None]:
    """Keeps the record to go on with, unless nothing arrived, or what did is of no use; closes it."""
    useless = False
    try:
        yield
    except (GenerationError, GenerationTooLargeError):
        useless = True
        raise
    finally:
        if useless or not journal.received:
            journal.remove()
        journal.close()


@contextmanager
def until_ended(journal: Journal) -> Generator[None]:
    """As `kept`; once the block has ended well, the record is gone."""
    with kept(journal):
        yield
        journal.remove()


def unfinished(folder: Path) -> tuple[Begun, ...]:
    """All generations that have begun and not ended, the newest last."""
    found = [begun for file in folder.glob("*.jsonl") if (begun := _begun(file))]
    return tuple(sorted(found, key=lambda begun: begun.at))


def _begun(file: Path) -> Begun | None:
    marks: dict[str, str] = {}
    received = 0
    with suppress(OSError, ValueError):
        for line in _lines(file.read_bytes()):
            match line:
                case {"mark": str(name), "value": str(value)}:
                    marks[name] = value
                case {"text": str(text)}:
                    received += len(text)
                case _:
                    pass
        at = datetime.fromisoformat(marks.get("at", "")).astimezone(UTC)
        if "prompt" in marks:
            return Begun(file, marks["prompt"], marks.get("name", ""), at, received)
    return None


def _lines(content: bytes) -> Iterator[Mapping[str, Any]]:
    for line in content.split(b"\n"):
        try:
            parsed: object = json.loads(line)
        except ValueError:
            continue
        if isinstance(parsed, dict):
            yield cast("dict[str, Any]", parsed)


class JournaledModel:
    """See `ChatModel`; an answer that was received before is not asked for again.

    One of which only a part was received ends with `length`, as if the model's limit had been reached: whoever asks
    goes on from there.
    """

    def __init__(self, model: ChatModel, journal: Journal) -> None:
        self._model = model
        self._journal = journal

    @property
    def id(self) -> str:
        return self._model.id

    @property
    def context(self) -> int | None:
        return self._model.context

    async def answer(
        self, messages: Sequence[ChatMessage], *, max_tokens: int | None = None
    ) -> AsyncGenerator[TextDelta | Finished]:
        key = _key(messages, max_tokens)
        answer = self._journal.recorded(key)
        if answer is not None and (answer.text or answer.reason):
            for text in answer.text:
                yield TextDelta(text)
            yield Finished(answer.reason or "length")
            return
        self._journal.ask(key)
        async with aclosing(self._model.answer(messages, max_tokens=max_tokens)) as pieces:
            async for piece in pieces:
                if isinstance(piece, TextDelta):
                    self._journal.receive(key, piece.text)
                else:
                    self._journal.end(key, piece.reason)
                yield piece


def _key(messages: Sequence[ChatMessage], max_tokens: int | None) -> str:
    said = json.dumps([[(message.role, message.content) for message in messages], max_tokens])
    return hashlib.sha256(said.encode()).hexdigest()[:32]
