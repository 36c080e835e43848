"""The edits of one answer in the files they are for: new contents, and what could not be placed and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from templates.edits.align import Nowhere, Rung
from templates.edits.edit import DeleteFile, Edit, Malformed, SearchReplace, WholeFile
from templates.edits.elision import elides
from templates.edits.lines import Text, split_text
from templates.edits.place import Placed, place
from templates.errors import UnsafePathError
from templates.paths import check_path
from templates.workspace_files import FileContent

AROUND = 4
"""Lines of the file that are shown around the place that is most like what was searched."""

SHOWN = 60
"""Lines of the file that a failure shows at most."""


@dataclass(frozen=True, slots=True)
class Inexact:
    """An edit that was placed though its lines were not exactly there; `difference` has both versions of lines."""

    path: str
    rung: Rung
    difference: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class EditedFile:
    """A file before and after; None where it is not there. `mode` is the file's, where it was there."""

    path: str
    before: str | None
    after: str | None
    base: str | None = None
    mode: int | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """An edit that has no place; `actual` is what the file has instead, with the number of its first line."""

    edit: Edit | Malformed
    reason: str
    first: int = 0
    actual: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return self.edit.path


@dataclass(frozen=True)
class Outcome:
    """What becomes of the files, by path; only files that change are in it."""

    files: tuple[EditedFile, ...]
    failures: tuple[Failure, ...] = ()
    inexact: tuple[Inexact, ...] = ()
    placed: int = 0


@dataclass(frozen=True, slots=True)
class _Work:
    """A file while edits are made in it; `text` is None once it is gone or not there yet."""

    original: FileContent | None
    text: Text | None
    inexact: tuple[Inexact, ...] = field(default=())


def place_edits(contents: Mapping[str, FileContent], edits: Iterable[Edit | Malformed]) -> Outcome:
    """Makes each edit in the file as the ones before it left it; an edit that is repeated counts once.

    `contents` has the files that are there, of those that the edits name.
    """
    work: dict[str, _Work] = {}
    failures: list[Failure] = []
    seen: list[Edit] = []
    placed = 0
    for edit in edits:
        if isinstance(edit, Malformed):
            failures.append(Failure(edit, edit.reason))
            continue
        if edit in seen:
            continue
        seen.append(edit)
        before = work.get(edit.path) or _opened(contents.get(edit.path))
        done = _refused(edit, before) or _edited(before, edit)
        if isinstance(done, Failure):
            failures.append(done)
        else:
            work[edit.path] = done
            placed += 1
    files = tuple(file for path, one in sorted(work.items()) if (file := _file(path, one)) is not None)
    inexact = tuple(note for one in work.values() for note in one.inexact)
    return Outcome(files, tuple(failures), inexact, placed)


def _opened(original: FileContent | None) -> _Work:
    text = _text(original)
    return _Work(original, split_text(text) if text is not None else None)


def _text(original: FileContent | None) -> str | None:
    try:
        return original.content.decode("utf-8") if original is not None else None
    except UnicodeDecodeError:
        return None


def _refused(edit: Edit, before: _Work) -> Failure | None:
    try:
        check_path(edit.path)
    except UnsafePathError as error:
        return Failure(edit, f"the path is refused: {error.detail}")
    if before.original is not None and _text(before.original) is None and not isinstance(edit, DeleteFile):
        return Failure(edit, "the file is not text in UTF-8")
    return None


def _edited(before: _Work, edit: Edit) -> _Work | Failure:
    match edit:
        case DeleteFile():
            if before.original is None and before.text is None:
                return Failure(edit, "there is no such file to delete")
            return replace(before, text=None)
        case WholeFile():
            text = before.text or split_text("")
            if (line := elides(edit.lines, text.lines)) is not None:
                return Failure(edit, f"the file is not written out whole: {line.strip()!r}")
            return replace(before, text=text.with_lines(0, len(text.lines), edit.lines))
        case SearchReplace():
            return _placed(before, edit)


def _placed(before: _Work, edit: SearchReplace) -> _Work | Failure:
    text = before.text or split_text("")
    nowhere: list[tuple[Sequence[str], Nowhere]] = []
    found: list[Placed] = []
    for searched, written in edit.readings:
        if before.text is None and searched:
            return Failure(edit, "there is no such file")
        result = place(text, searched, written)
        if isinstance(result, Nowhere):
            nowhere.append((written, result))
        else:
            found.append(result)
    if len(found) == 1:
        note = Inexact(edit.path, found[0].rung, found[0].difference)
        inexact = (*before.inexact, note) if found[0].rung in ("near", "anchored", "elided") else before.inexact
        return _Work(before.original, found[0].text, inexact)
    if found:
        return Failure(edit, "a line `=======` in the block can be read in two ways")
    return _failure(edit, text, *nowhere[0])


def _failure(edit: SearchReplace, text: Text, written: Sequence[str], nowhere: Nowhere) -> Failure:
    reason = nowhere.reason
    wanted = [line.strip() for line in written if line.strip()]
    there = [line.strip() for line in text.lines if line.strip()]
    if wanted and any(there[at : at + len(wanted)] == wanted for at in range(len(there))):
        reason += "; the new lines are in the file already"
    if nowhere.nearest is None and len(text.lines) > SHOWN:
        return Failure(edit, reason)
    start, stop = nowhere.nearest or (0, len(text.lines))
    first = max(0, start - AROUND)
    return Failure(edit, reason, first + 1, text.lines[first : min(stop + AROUND, first + SHOWN)])


def _file(path: str, work: _Work) -> EditedFile | None:
    before = _text(work.original)
    after = work.text.joined() if work.text is not None else None
    if work.original is None:
        return EditedFile(path, None, after) if after is not None else None
    if before == after and before is not None:
        return None
    return EditedFile(path, before, after, work.original.sha256, work.original.mode)
