"""What follows a change: the open browser shows it, and Git keeps it where the person wants that."""

import shlex
from collections.abc import Sequence

from templates.workspace_files import Ran, WorkspaceFiles

EDITOR_SECONDS = 15
GIT_SECONDS = 60


async def show_in_editor(files: WorkspaceFiles, path: str, line: int) -> None:
    """Has the open browser tab show the file at a line; nobody waits for it, and where there is no tab nothing happens.

    `code-server -r` talks to the running editor by its socket: https://coder.com/docs/code-server/FAQ.
    """
    place = shlex.quote(f"./{path}:{line}")
    await files.run(f"(code-server -r {place} </dev/null >/dev/null 2>&1 &)", seconds=EDITOR_SECONDS)


async def commit(files: WorkspaceFiles, paths: Sequence[str], message: str) -> Ran:
    """Commits these files alone, as they are now; what else is staged stays staged."""
    names = " ".join(shlex.quote(path) for path in paths)
    subject = " ".join(message.split())[:72] or "Change"
    script = f"git add --all -- {names} && git commit --quiet --only --message={shlex.quote(subject)} -- {names}"
    return await files.run(script, seconds=GIT_SECONDS)
