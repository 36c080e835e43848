"""The files that a model has finished, put into the workspace while it still writes the others."""

from collections.abc import Mapping, Sequence

from templates.errors import FilesConflictError
from templates.project import ProjectFile
from templates.workspace_files import ABSENT, Change, Delete, WorkspaceFiles, Write, sha256


class Placement:
    """Knows what it has put there, so that what anybody else has changed is never overwritten."""

    def __init__(self, workspace: WorkspaceFiles, base: Sequence[ProjectFile]) -> None:
        self._workspace = workspace
        self._there = contents_of(base)

    async def place(self, wanted: Mapping[str, bytes], removed: set[str]) -> None:
        """Makes the files those that are wanted; what an earlier attempt had placed is left as it is.

        Raises FilesConflictError for files that are neither as they were nor as they are wanted.
        """
        changes = changes_of(self._there, wanted, removed)
        while changes:
            try:
                await self._workspace.apply(changes)
                break
            except FilesConflictError as error:
                placed = _placed_already(changes, error)
                if len(placed) < len(error.conflicts):
                    raise
                changes = tuple(change for change in changes if change.path not in placed)
        self._there = {path: content for path, content in self._there.items() if path not in removed} | dict(wanted)


def contents_of(files: Sequence[ProjectFile]) -> dict[str, bytes]:
    return {file.path: b"".join(file.chunks()) for file in files if file.link is None}


def changes_of(there: Mapping[str, bytes], wanted: Mapping[str, bytes], removed: set[str]) -> tuple[Change, ...]:
    """What makes of the files that are `there` those that are wanted; each for what is there, and nothing else."""
    writes = [
        Write(path, content, base=sha256(there[path]) if path in there else ABSENT)
        for path, content in wanted.items()
        if there.get(path) != content
    ]
    return (*writes, *(Delete(path, base=sha256(there[path])) for path in sorted(removed) if path in there))


def _placed_already(changes: Sequence[Change], error: FilesConflictError) -> set[str]:
    new = {change.path: sha256(change.content) if isinstance(change, Write) else ABSENT for change in changes}
    return {conflict.path for conflict in error.conflicts if conflict.found == new.get(conflict.path)}
