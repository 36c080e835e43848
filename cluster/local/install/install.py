"""Installing code-server once: from its release where that can be fetched and checked, else from its npm package."""

import platform
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from cluster import process
from cluster.config import ClusterConfig
from cluster.errors import ClusterBusyError, CodeServerChecksumError, CodeServerInstallError, ProgramInstallError
from cluster.local.files import private_folder, told
from cluster.local.install.npm import from_npm
from cluster.local.install.program import installed
from cluster.local.install.release import release
from cluster.local.locks import locked
from cluster.local.trees import remove_tree
from templates.events import Step

WAITS_WITHIN = 1800.0
"""Seconds that another's installation may take."""

Way = Callable[[Path, Path, Step], Awaitable[None]]
"""Puts code-server at the second path; what it fetched stays in the first until it is whole."""

WAYS: Sequence[Way] = (release, from_npm)


async def install_code_server(config: ClusterConfig, step: Step, *, ways: Sequence[Way] = WAYS) -> Path:
    """code-server, whole and tried out; stopped at any point and called again, it goes on with what has arrived.

    Raises CodeServerInstallError with what stopped each way, CodeServerChecksumError, VolumeFullError,
    HomeUnusableError.
    """
    private_folder(config.home)

    def busy() -> Exception:
        return ClusterBusyError("Another VibeCode has been installing code-server for too long.")

    async with locked(config.home / "code-server.lock", within=WAITS_WITHIN, busy=busy):
        if (there := installed(config.home)) is not None:
            step.note = "another VibeCode has just installed it"
            return there
        folder = private_folder(config.home / "code-server.partial")
        tree = folder / "tree"
        reasons: list[str] = []
        for way in ways:
            try:
                await way(folder, tree, step)
                await _try_out(tree / "bin" / "code-server", private_folder(folder / "home"))
            except CodeServerChecksumError:  # somebody changes downloads: another way would be no safer
                raise
            except ProgramInstallError as error:
                reasons.append(error.detail)
                step.progress(error.detail)
                continue
            with told(config.home):
                tree.rename(config.home / "code-server")
                remove_tree(folder)
            program = installed(config.home)
            assert program is not None
            return program
        raise CodeServerInstallError(" ".join(reasons), hint=_next_step(reasons))


async def _try_out(program: Path, home: Path) -> None:
    """Runs it once; it writes its configuration into a home that is not the person's own.

    Raises CodeServerInstallError where it does not run here: built for another libc, or a folder without `exec`.
    """
    try:
        ended = await process.run(str(program), "--version", env={"HOME": str(home), "XDG_CONFIG_HOME": str(home)})
    except OSError as error:
        detail = f"{program} cannot be run: {error.strerror}. Is its file system mounted with `noexec`?"
        raise CodeServerInstallError(detail) from error
    if ended.code != 0:
        last = ended.stderr[-1] if ended.stderr else f"exit code {ended.code}"
        raise CodeServerInstallError(f"What was installed does not run here: {last}")


def _next_step(reasons: Sequence[str]) -> str:
    if any("noexec" in reason for reason in reasons):
        return "Choose a folder from which programs may run: `export VIBECODE_HOME=/a/folder/of/yours`."
    if any("cannot be reached" in reason or "did not answer" in reason for reason in reasons):
        return (
            "Check your connection (behind a proxy: `export HTTPS_PROXY=http://its-address:port`), then run it again."
        )
    if platform.machine().lower() not in ("x86_64", "amd64", "aarch64", "arm64"):
        return "Use Docker on this kind of machine: `VIBECODE_ENGINE=kind vibecode up`."
    return "Install it yourself (https://coder.com/docs/code-server/install), so that it is on PATH; then run it again."
