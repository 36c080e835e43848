"""What a model proposes in one turn: plain data to review, before anything is written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from templates.edits.hunks import FileDiff
from templates.edits.outcome import Failure, Inexact
from templates.workspace_files import Change


@dataclass(frozen=True)
class Proposal:
    """`answer` is what the model wrote, prose and edits, with secrets hidden; `failures` are edits without a place.

    `commands` are shell commands that it wants to be run; they run only if the person agrees.
    """

    instruction: str
    answer: str
    files: tuple[FileDiff, ...]
    failures: tuple[Failure, ...] = ()
    inexact: tuple[Inexact, ...] = ()
    commands: tuple[str, ...] = ()
    placed: int = 0
    misplaced: int = 0
    """How many edits found their place, and how many did not, at the first attempt."""

    @property
    def hunks(self) -> int:
        """How many there are to decide on; a file that goes counts as one."""
        return sum(max(1, len(file.hunks)) for file in self.files)


@dataclass(frozen=True)
class Review:
    """A person's decisions on a proposal: the hunks taken, by path and index; a file without hunks has index 0."""

    proposal: Proposal
    taken: Mapping[str, frozenset[int]]

    @classmethod
    def none(cls, proposal: Proposal) -> "Review":
        return cls(proposal, {file.path: frozenset() for file in proposal.files})

    @classmethod
    def all(cls, proposal: Proposal) -> "Review":
        return cls(proposal, {file.path: frozenset(_indices(file)) for file in proposal.files})

    def take(self, path: str, index: int) -> "Review":
        return replace(self, taken={**self.taken, path: self.taken[path] | {index}})

    def leave(self, path: str, index: int) -> "Review":
        return replace(self, taken={**self.taken, path: self.taken[path] - {index}})

    def edit(self, path: str, index: int, lines: Collection[str]) -> "Review":
        """Takes the hunk with new lines that the person wrote."""
        files = tuple(one.with_hunk(index, tuple(lines)) if one.path == path else one for one in self.proposal.files)
        return replace(self, proposal=replace(self.proposal, files=files)).take(path, index)

    def changes(self) -> tuple[Change, ...]:
        """What is to be written: all of it, or none."""
        made: list[Change] = []
        for file in self.proposal.files:
            taken = self.taken[file.path]
            change = file.change(taken if file.hunks or not taken else None)
            if change is not None:
                made.append(change)
        return tuple(made)

    def places(self) -> tuple[tuple[str, int], ...]:
        """The files that are written, each with the number of its first line that changes."""
        return tuple(
            (file.path, file.hunks[min(taken)].start + 1 if file.hunks else 1)
            for file in self.proposal.files
            if (taken := self.taken[file.path]) and file.kind != "deleted"
        )


def _indices(file: FileDiff) -> range:
    return range(max(1, len(file.hunks)))
