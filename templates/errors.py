"""The base of every error that a person may meet."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from templates.workspace_files import Conflict


class VibeCodeError(Exception):
    """An error told in a person's words: what happened, why, and an action that can work.

    A subclass sets `code` (stable, kebab-case), `title` and, where one action always fits, `hint`.
    """

    code: ClassVar[str] = "unexpected"
    title: ClassVar[str] = "Something unexpected went wrong"
    hint: str = "Run the command again; if it fails again, the log file has the details."

    def __init__(self, detail: str, *, hint: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        if hint is not None:
            self.hint = hint

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "title": self.title, "detail": self.detail, "hint": self.hint}


class UnexpectedError(VibeCodeError):
    """A defect of ours that reached a boundary; the log file has the traceback."""


class CancelledError(VibeCodeError):
    """The person stopped the work."""

    code = "cancelled"
    title = "Stopped"
    hint = "Run the same command again to go on where it stopped."


class UnsafePathError(VibeCodeError):
    """A file's path that must not be written into a workspace."""

    code = "unsafe-path"
    title = "A file has a path that cannot go into a workspace"
    hint = "Rename or remove the file that is named, and try again."


class TooLargeError(VibeCodeError):
    """More files, or more bytes, than a workspace is seeded with."""

    code = "project-too-large"
    title = "The project is too large to seed"
    hint = "List what can stay behind in .gitignore, and try again."


class FilesConflictError(VibeCodeError):
    """Files that are not what a change was made for; `conflicts` has the hashes, and nothing was changed."""

    code = "files-changed"
    title = "Files have changed meanwhile"
    hint = "Nothing was written. Look at the files that are named, then ask again."

    def __init__(self, conflicts: "Sequence[Conflict]", *, hint: str | None = None) -> None:
        super().__init__("\n".join(map(_conflict, conflicts)), hint=hint)
        self.conflicts = tuple(conflicts)


class RecordsConflictError(FilesConflictError):
    """The same for what we keep beside the project: another VibeCode was quicker."""

    code = "records-changed"
    title = "Another VibeCode has changed something in this workspace meanwhile"
    hint = "Nothing was written. Run the same command again."


def _conflict(one: "Conflict") -> str:
    if one.found == "absent":
        return f"{one.path} is not there any more."
    if one.expected == "absent":
        return f"{one.path} is there already (sha256 {one.found[:12]})."
    return f"{one.path} has changed: expected {one.expected[:12]}, found {one.found[:12]} (sha256)."


class TemplateError(VibeCodeError):
    """A template that does not exist or whose manifest is not valid."""

    code = "template-invalid"
    title = "The template cannot be used"
    hint = "`vibecode templates` lists what there is."


class TemplateNotFoundError(TemplateError):
    """No template has this id."""

    code = "template-not-found"
    title = "There is no such template"


class VariableError(VibeCodeError):
    """A value that a template's variable does not take."""

    code = "variable-invalid"
    title = "A template's variable cannot have this value"
    hint = "`vibecode templates show ID` lists the variables of a template and what each takes."


class FolderError(VibeCodeError):
    """A folder that cannot be imported."""

    code = "folder-unusable"
    title = "The folder cannot be imported"
    hint = "Name a folder that exists and that you may read."


class SpecialFileError(FolderError):
    """A pipe, a socket or a device, which has no bytes to copy."""

    code = "special-file"
    title = "A special file cannot be imported"
    hint = "Remove the file that is named, or list it in .gitignore, and try again."
