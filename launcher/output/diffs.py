"""Proposals as text: hunks with their lines around, colours where they are wanted."""

from collections.abc import Iterator

from launcher.output.text import styled
from templates.chat.proposal import Proposal
from templates.edits.hunks import FileDiff, shown_lines
from templates.text import plain

_SIGNS = {"context": " ", "removed": "-", "added": "+"}
_STYLES = {"removed": "red", "added": "green"}
_KINDS = {"added": "new file", "changed": "changed", "deleted": "deleted"}
LONGEST = 400
"""Characters of a line that are shown."""


def title(file: FileDiff, colours: bool) -> str:
    return f"{styled(plain(file.path), 'bold', colours)}  {styled(_KINDS[file.kind], 'dim', colours)}"


def hunk_lines(file: FileDiff, index: int, colours: bool) -> Iterator[str]:
    """One hunk with the numbers of its lines; a file that goes has none to show."""
    for line in shown_lines(file, index) if file.hunks else ():
        number = line.new if line.new is not None else line.old
        text = f"{number:>5} {_SIGNS[line.kind]} {plain(line.text.expandtabs(4))[:LONGEST]}"
        yield styled(text, _STYLES[line.kind], colours) if line.kind in _STYLES else text


def proposal_lines(proposal: Proposal, colours: bool) -> Iterator[str]:
    """All files with all hunks, then what did not fit and what did only nearly."""
    for file in proposal.files:
        yield ""
        yield title(file, colours)
        for index in range(len(file.hunks)):
            if index:
                yield styled("      ⋮", "dim", colours)
            yield from hunk_lines(file, index, colours)
    yield from note_lines(proposal, colours)


def note_lines(proposal: Proposal, colours: bool) -> Iterator[str]:
    for note in proposal.inexact:
        yield ""
        yield styled(f"⚠ {plain(note.path)}: the lines that the model gave are not quite the file's", "yellow", colours)
        for theirs, ours in note.difference:
            yield f"    it wrote  {plain(theirs)[:LONGEST]}"
            yield f"    there is  {plain(ours)[:LONGEST]}"
    for failure in proposal.failures:
        yield ""
        yield styled(f"✗ {plain(failure.path)}: an edit does not fit, {plain(failure.reason)}", "red", colours)
