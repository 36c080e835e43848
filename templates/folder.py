"""A folder on this machine as a project."""

from pathlib import Path

from templates.collect import collect
from templates.errors import FolderError
from templates.gitignore import ignores_above
from templates.guess import guess_manifest
from templates.limits import LIMITS, Limits
from templates.project import Project
from templates.reading import read_start
from templates.text import has_controls


def project_from_folder(
    folder: Path, *, include_ignored: bool = False, include_secrets: bool = False, limits: Limits = LIMITS
) -> Project:
    """The folder's files, which are not read yet, and a manifest guessed from them.

    What Git ignores and what may hold secrets stays behind unless asked for; `.git`, `node_modules` and virtual
    environments always do. `Project.left_out` names what stays behind. Blocks for as long as the walk takes: seconds
    at most, whatever the folder. Raises FolderError, UnsafePathError, SpecialFileError and TooLargeError.
    """
    try:
        root = folder.expanduser().resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise FolderError(f"{folder} cannot be opened: {getattr(error, 'strerror', None) or error}.") from None
    if not root.is_dir():
        raise FolderError(f"{folder} is a file, not a folder.")
    files, left_out = collect(
        root,
        ignores=ignores_above(root),
        include_ignored=include_ignored,
        include_secrets=include_secrets,
        limits=limits,
    )
    title = root.name if root.name and not has_controls(root.name) else "project"
    sources = {file.path: file.source for file in files if file.source is not None}

    def read(path: str) -> str:
        return read_start(sources[path]).decode("utf-8", "replace") if path in sources else ""

    return Project(guess_manifest(title, sources, read), files, left_out)
