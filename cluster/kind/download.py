"""The `kind` program: where it is, and how a release of it is fetched."""

import hashlib
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from time import time
from typing import IO, TYPE_CHECKING

from cluster.config import ClusterConfig
from cluster.errors import KindChecksumError, KindDownloadError, KindUnpublishedError
from templates.events import Step

if TYPE_CHECKING:
    from httpx import AsyncClient, HTTPError, Response

VERSION = "v0.33.0"
RELEASES = "https://github.com/kubernetes-sigs/kind/releases/download"
"""Each release has its programs and beside each a SHA-256 (kind v0.33, hack/release/build/cross.sh)."""

ANSWER_WITHIN = 15.0

MAX_BYTES = 200 * 2**20
"""Far more than a release, which has about 10 MB: what is longer is something else."""

_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_PARTIAL = ".kind-"
_ABANDONED = 3600.0
"""Seconds without a byte after which a partial file is of a download that was killed."""


def find_kind(config: ClusterConfig) -> Path | None:
    """Our own copy if there is one, since it is fetched only where PATH has none or one too old; else PATH's."""
    own = _own(config)
    if os.access(own, os.X_OK):
        return own
    found = shutil.which("kind")
    return Path(found) if found else None


def asset_name(system: str, machine: str) -> str:
    """The release's file for a `sys.platform` and a `platform.machine()`; KindUnpublishedError where there is none."""
    if system not in ("linux", "darwin") or machine.lower() not in _MACHINES:
        raise KindUnpublishedError(f"kind {VERSION} is not published for {system} on {machine}.")
    return f"kind-{system}-{_MACHINES[machine.lower()]}"


async def download_kind(
    config: ClusterConfig, step: Step, *, releases: str = RELEASES, answer_within: float = ANSWER_WITHIN
) -> Path:
    """Fetches the release and its published SHA-256, and puts the program in place once they agree.

    Fails after `answer_within` seconds without a byte. Killed at any point, or called twice at once, it leaves a
    whole program or none. Raises KindDownloadError, KindChecksumError, KindUnpublishedError.
    """
    import httpx

    own = _own(config)
    address = f"{releases}/{VERSION}/{asset_name(sys.platform, platform.machine())}"
    try:
        async with httpx.AsyncClient(follow_redirects=True, timeout=answer_within) as client:
            published = await _published(client, f"{address}.sha256sum")
            with _partial(own.parent) as file:
                found = await _fetch(client, address, file, step)
                if found != published:
                    raise KindChecksumError(f"{address} has the SHA-256 {found}; {published} was published.")
                file.flush()
                os.fchmod(file.fileno(), 0o700)
                os.fsync(file.fileno())
                Path(file.name).replace(own)
    except httpx.HTTPError as error:
        raise _explain(error, answer_within) from error
    except OSError as error:
        raise KindDownloadError(
            f"It cannot be put at {own}: {error.strerror or error}.",
            hint=f"See to it that {own.parent} can be written and that there is room (`df -h`), then run it again.",
        ) from error
    return own


def _own(config: ClusterConfig) -> Path:
    return config.home / "bin" / "kind"


async def _published(client: "AsyncClient", address: str) -> str:
    """The SHA-256 that the release names, in lower-case hexadecimal: `<sum>  <file>`, as sha256sum writes it."""
    async with _get(client, address) as response:
        text = ""
        async for part in response.aiter_text():
            text += part
            if len(text) > 4096:
                break
    if not (match := re.match(r"([0-9a-fA-F]{64})\s", f"{text}\n")):
        raise KindDownloadError(f"{address} holds no SHA-256.")
    return match[1].lower()


async def _fetch(client: "AsyncClient", address: str, file: IO[bytes], step: Step) -> str:
    """Writes what is there to the file, and returns its SHA-256."""
    digest, done = hashlib.sha256(), 0
    async with _get(client, address) as response:
        total = int(response.headers.get("content-length") or 0)
        async for chunk in response.aiter_bytes():
            file.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            if max(done, total) > MAX_BYTES:
                raise KindDownloadError(f"{address} is longer than {_mb(MAX_BYTES)}, so it is not a release of kind.")
            step.progress(f"{_mb(done)} of {_mb(total)}" if total else _mb(done), done / total if total else None)
    return digest.hexdigest()


@asynccontextmanager
async def _get(client: "AsyncClient", address: str) -> AsyncGenerator["Response"]:
    async with client.stream("GET", address) as response:
        if response.status_code == 404:
            raise KindUnpublishedError(f"There is nothing at {address}.")
        if not response.is_success:
            raise KindDownloadError(f"{address} was answered with {response.status_code} {response.reason_phrase}.")
        yield response


@contextmanager
def _partial(folder: Path) -> Generator[IO[bytes]]:
    """A file of its own in the folder, gone at the end unless it was renamed; also removes what others abandoned."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in folder.glob(f"{_PARTIAL}*"):
        if time() - left.stat().st_mtime > _ABANDONED:
            left.unlink(missing_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=_PARTIAL, delete=False) as file:
        try:
            yield file
        finally:
            Path(file.name).unlink(missing_ok=True)


def _explain(error: "HTTPError", answer_within: float) -> KindDownloadError:
    import httpx

    host = error.request.url.host
    if isinstance(error, httpx.RemoteProtocolError):
        return KindDownloadError(f"{host} ended the connection before all had arrived.")
    if isinstance(error, httpx.TimeoutException):
        reason = f"{host} did not answer within {answer_within:g} s."
    else:
        reason = f"{host} cannot be reached: {error or type(error).__name__}."
    return KindDownloadError(
        reason,
        hint="Check your connection (behind a proxy: `export HTTPS_PROXY=http://its-address:port`), then "
        "`vibecode doctor --fix` again; or install `kind` from https://kind.sigs.k8s.io.",
    )


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
