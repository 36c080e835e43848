"""What follows a change: the open browser shows it, and Git keeps it where the person wants that."""

import shlex
from collections.abc import Sequence

from templates.workspace_files import Ran, WorkspaceFiles

GIT_SECONDS = 60


async def show_in_editor(files: WorkspaceFiles, path: str, line: int) -> None:
    """Has the open browser tab show the file at a line; nobody waits for it, and where there is no tab nothing happens.

    `code-server -r FILE:LINE` talks to the running editor by its socket (https://coder.com/docs/code-server/FAQ). It is
    tried again, since a tab can be told some seconds after it shows; from /dev/null it does nothing, so it has a pipe.
    """
    tell = f": | code-server -r {shlex.quote(f'./{path}:{line}')}"
    await files.run(f"(for _ in 1 2 3 4; do {tell} && break; sleep 3; done >/dev/null 2>&1 &)", seconds=5)


async def commit(files: WorkspaceFiles, paths: Sequence[str], message: str) -> Ran:
    """Commits these files alone, as they are now; what else is staged stays staged."""
    names = " ".join(shlex.quote(path) for path in paths)
    subject = " ".join(message.split())[:72] or "Change"
    script = f"git add --all -- {names} && git commit --quiet --only --message={shlex.quote(subject)} -- {names}"
    return await files.run(script, seconds=GIT_SECONDS)
