"""What a Git repository holds now, as files alone: nothing of it runs here, and nothing of Git is left.

No hooks, submodules, filters or questions; a limit for time, bytes and files; all of it, or nothing.
"""

import asyncio
import os
import re
import shutil
import signal
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from templates.sources.errors import FetchError, GitMissingError
from templates.sources.url import PROTOCOLS
from templates.text import plain, size_in_words

LOOK_EVERY = 0.2
"""Seconds between two looks at how much has come."""

_TOLD = 20
"""Lines that are kept of what Git says."""

_SAFE = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "submodule.recurse": "false",
    "fetch.fsckObjects": "true",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "30",
    "advice.detachedHead": "false",
}
_ATTRIBUTES = "* -text -crlf -filter -ident !eol !working-tree-encoding\n"
"""The repository's own would let it choose among the filters, which are programs, of the person's configuration."""

_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "SSH_ASKPASS_REQUIRE": "never",
    "GCM_INTERACTIVE": "never",
    "GIT_ALLOW_PROTOCOL": ":".join(PROTOCOLS),
    "GIT_LFS_SKIP_SMUDGE": "1",
    "LC_ALL": "C",
}
_LOCAL = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE", "GIT_TEMPLATE_DIR")
"""Of a repository that we may be called in."""


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What a fetch may take: seconds, and on the disk bytes and files, those of Git among them."""

    seconds: float = 120.0
    bytes: int = 200 << 20
    files: int = 20_000


LIMITS = FetchLimits()

Progress = Callable[[str], None]


async def fetch(url: str, into: Path, progress: Progress, limits: FetchLimits = LIMITS) -> str:
    """Fills the folder, which must be empty, with the newest files; the commit's hash.

    Stopped or failed, it leaves nothing. Raises GitMissingError, FetchError.
    """
    git = shutil.which("git")
    if git is None:
        raise GitMissingError("There is no `git` on PATH, which fetches templates.")
    try:
        async with asyncio.timeout(limits.seconds):
            commit = await _fetched(git, url, into, progress, limits)
    except TimeoutError:
        await asyncio.to_thread(shutil.rmtree, into, ignore_errors=True)
        raise FetchError(f"It was not done within {limits.seconds:.0f} s.") from None
    except BaseException:
        await asyncio.shield(asyncio.to_thread(shutil.rmtree, into, ignore_errors=True))
        raise
    return commit


async def _fetched(git: str, url: str, into: Path, progress: Progress, limits: FetchLimits) -> str:
    config = [word for key, value in _SAFE.items() for word in ("-c", f"{key}={value}")]

    async def run(*words: str) -> str:
        return await _run((git, *config, *words), into, progress, limits)

    await run(
        *("clone", "--progress", "--template=", "--depth=1", "--single-branch", "--no-tags", "--no-checkout"),
        *("--", url, str(into)),
    )
    info = into / ".git" / "info"
    await asyncio.to_thread(info.mkdir, exist_ok=True)
    await asyncio.to_thread((info / "attributes").write_text, _ATTRIBUTES, encoding="utf-8")
    commit = await run("-C", str(into), "rev-parse", "--verify", "HEAD^{commit}")
    await run("-C", str(into), "checkout", "--quiet", "--force", "--detach", "HEAD")
    await asyncio.to_thread(shutil.rmtree, into / ".git")
    return commit.strip()


async def _run(command: tuple[str, ...], into: Path, progress: Progress, limits: FetchLimits) -> str:
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=_environment(os.environ),
        start_new_session=True,  # without a terminal, ssh cannot ask either
    )
    assert child.stdout is not None
    assert child.stderr is not None
    told: deque[str] = deque(maxlen=_TOLD)

    async def listen(stream: asyncio.StreamReader) -> None:
        async for line in _lines(stream):
            told.append(line)
            progress(line)

    watch = asyncio.ensure_future(_watch(into, limits))
    work = asyncio.gather(child.stdout.read(1 << 16), listen(child.stderr), child.wait())
    try:
        await asyncio.wait((watch, work), return_when=asyncio.FIRST_COMPLETED)
        if watch.done():
            watch.result()
        said, _, code = await work
    finally:
        watch.cancel()
        work.cancel()
        if child.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            await child.wait()
        await asyncio.gather(watch, work, return_exceptions=True)
    if code != 0:
        raise _refused(told)
    _check(into, limits)
    return said.decode("utf-8", "replace")


async def _watch(into: Path, limits: FetchLimits) -> None:
    """Raises FetchError once it takes more than it may."""
    while True:
        await asyncio.sleep(LOOK_EVERY)
        await asyncio.to_thread(_check, into, limits)


def _check(into: Path, limits: FetchLimits) -> None:
    size = count = 0
    for folder, _, names in os.walk(into):
        for name in names:
            count += 1
            with suppress(OSError):
                size += os.lstat(f"{folder}/{name}").st_size
        if size > limits.bytes or count > limits.files:
            most = f"{size_in_words(limits.bytes)} or {limits.files:,} files"
            hint = "Keep templates in a repository of their own."
            raise FetchError(f"The repository has more than {most}.", hint=hint)


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """What Git says; a progress line ends with a carriage return."""
    rest = b""
    while data := await stream.read(4096):
        *whole, rest = re.split(rb"[\r\n]", rest + data)
        for line in whole:
            if text := _told(line):
                yield text
        rest = rest[-4096:]
    if text := _told(rest):
        yield text


def _told(line: bytes) -> str:
    text = plain(line.decode("utf-8", "replace")).strip()
    return re.sub(r"://[^/\s@]+@", "://…@", text)[:300]


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in environ.items() if key not in _LOCAL} | _ENVIRONMENT


def _refused(told: deque[str]) -> FetchError:
    words = [line for line in told if line.startswith(("fatal:", "error:", "remote:", "ssh:"))] or list(told)
    detail = " ".join(words[-3:]) or "Git said nothing."
    hint = None
    if re.search(r"could not read (Username|Password)|Authentication failed", detail):
        hint = "It asks who you are: keep that with Git (`git help credentials`), or use the repository's ssh address."
    elif "Permission denied" in detail or "Host key verification" in " ".join(told):
        hint = "It is asked without questions: see to your ssh key and the host's (`ssh -T git@HOST` asks once)."
    return FetchError(detail, hint=hint)
