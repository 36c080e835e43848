"""A few lines in the person's own editor, on this terminal."""

import asyncio
import shlex
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from launcher.errors import TextEditorError

USUAL = ("nano", "vim", "vi")


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """`$VISUAL`, `$EDITOR`, else the first usual one that is there. Raises TextEditorError."""
    try:
        chosen = shlex.split(environ.get("VISUAL", "").strip() or environ.get("EDITOR", "").strip())
    except ValueError as error:
        raise TextEditorError(f"$VISUAL or $EDITOR cannot be read: {error}.") from None
    if chosen:
        return chosen
    found = next((one for one in USUAL if shutil.which(one, path=environ.get("PATH"))), None)
    if found is None:
        raise TextEditorError(f"Neither $VISUAL nor $EDITOR is set, and there is none of {', '.join(USUAL)}.")
    return [found]


async def edited(lines: Sequence[str], path: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The lines as the person leaves them; the file's name ends as that of `path`, for the editor's colours.

    Raises TextEditorError where the editor does not start, or ends with an exit code that says not to use them.
    """
    command = editor_command(environ)
    with tempfile.TemporaryDirectory(prefix="vibecode-") as folder:
        file = Path(folder, f"change{PurePosixPath(path).suffix}")
        file.touch(mode=0o600)
        file.write_text("".join(f"{line}\n" for line in lines), "utf-8", newline="")
        try:
            process = await asyncio.create_subprocess_exec(*command, str(file))
        except OSError as error:
            raise TextEditorError(f"{command[0]}: {error.strerror}.") from None
        if code := await process.wait():
            raise TextEditorError(f"{command[0]} ended with exit code {code}; its lines are not taken.")
        text = file.read_text("utf-8", "replace").replace("\r\n", "\n")
    return tuple(text.removesuffix("\n").split("\n")) if text else ()
