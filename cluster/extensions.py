"""A template's extensions: from Open VSX where it is reachable, or from a .vsix of the project; kept on the volume."""

import shlex
from collections.abc import Awaitable, Callable, Sequence

from cluster.engine import ExecSession
from templates.events import Step

GALLERY = "https://open-vsx.org"
REACHABLE = f"curl --silent --head --max-time 5 --output /dev/null {GALLERY}"


async def install_extensions(
    run: Callable[[str, Sequence[str]], Awaitable[ExecSession]], name: str, extensions: Sequence[str], step: Step
) -> None:
    """Installs each in the workspace; one that cannot be had is named in the step's note and skipped."""
    files = [one for one in extensions if one.endswith(".vsix")]
    named = [one for one in extensions if not one.endswith(".vsix")]
    notes: list[str] = []
    if named:
        code, _ = await _run(run, name, REACHABLE)
        if code != 0:
            notes.append(f"Open VSX is not reachable, so these were skipped: {', '.join(named)}")
            named = []
    for extension in (*files, *named):
        step.progress(extension)
        code, said = await _run(run, name, f"code-server --install-extension {shlex.quote(extension)}")
        if code != 0:
            why = said.strip().splitlines()
            notes.append(f"{extension} was skipped: {why[-1] if why else f'exit code {code}'}")
    step.note = "; ".join(notes) or None


async def _run(run: Callable[[str, Sequence[str]], Awaitable[ExecSession]], name: str, command: str) -> tuple[int, str]:
    session = await run(name, ("sh", "-c", command))
    try:
        await session.close_stdin()
        said = [data async for _, data in session.output()]
    finally:
        await session.close()
    return session.exit_code, b"".join(said).decode("utf-8", "replace")
