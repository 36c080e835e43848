"""The files of a project that is being written: which there are to be, how far each is, and its text until now."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from templates.generation.draft import FileCut, FileDone, FileMissing, FileRefused, FileRemoved, FileStarted
from templates.generation.generate import GenerationEvent
from templates.generation.plan import Plan

FileState = Literal["planned", "writing", "done", "removed", "refused", "missing"]
LONGEST = 64 * 1024
"""Characters of a file that are kept to be shown: its end."""


@dataclass(frozen=True, slots=True)
class Files:
    """Each file's state by its path; `current` is the one that is being written, or was last."""

    states: Mapping[str, FileState] = field(default_factory=dict[str, FileState])
    current: str = ""

    def of(self, state: FileState) -> tuple[str, ...]:
        return tuple(path for path, one in self.states.items() if one == state)


def planned(plan: Plan) -> Files:
    return Files({one.path: "planned" for one in plan.files})


def after(files: Files, event: GenerationEvent) -> Files:
    """The files after one more event; most events change nothing."""
    match event:
        case FileStarted(path=path):
            return Files({**files.states, path: "writing"}, path)
        case FileDone(path=path):
            return _with(files, path, "done")
        case FileCut(path=path):
            return _with(files, path, "writing")
        case FileRemoved(path=path):
            return _with(files, path, "removed")
        case FileRefused(path=path):
            return _with(files, path, "refused")
        case FileMissing(path=path):
            return _with(files, path, "missing")
        case _:
            return files


def _with(files: Files, path: str, state: FileState) -> Files:
    return replace(files, states={**files.states, path: state})


class Texts:
    """What was written of each file; grows with every piece, and is joined when somebody looks."""

    def __init__(self) -> None:
        self._pieces: dict[str, list[str]] = {}

    def begin(self, path: str, *, goes_on: bool) -> None:
        """The file is written from its start, unless it goes on after a cut."""
        if not goes_on:
            self._pieces[path] = []

    def add(self, path: str, text: str) -> None:
        self._pieces.setdefault(path, []).append(text)

    def of(self, path: str) -> str:
        text = "".join(self._pieces.get(path, ()))[-LONGEST:]
        self._pieces[path] = [text]
        return text
