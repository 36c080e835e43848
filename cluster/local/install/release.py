"""A release of code-server: fetched, checked against the digest that is published with it, and unpacked.

GitHub publishes a digest with each asset of a release (REST API, "Get a release by tag name": `assets[].digest`).
"""

import asyncio
import hashlib
import json
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster.errors import CodeServerChecksumError, CodeServerInstallError
from cluster.local.files import told
from cluster.local.install.archive import unpack
from templates.events import Step

if TYPE_CHECKING:
    from httpx import AsyncClient, HTTPError

VERSION = "4.139.1"
RELEASES = "https://api.github.com/repos/coder/code-server/releases/tags"
ANSWER_WITHIN = 15.0
MAX_BYTES = 500 * 2**20
"""Far more than a release, which has about 120 MB: what is longer is something else."""

_SYSTEMS = {"linux": "linux", "darwin": "macos"}
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def asset_name(system: str, machine: str) -> str:
    """The release's archive for a `sys.platform` and a `platform.machine()`; CodeServerInstallError for none."""
    if system not in _SYSTEMS or machine.lower() not in _MACHINES:
        raise CodeServerInstallError(f"code-server {VERSION} is not published for {system} on {machine}.")
    return f"code-server-{VERSION}-{_SYSTEMS[system]}-{_MACHINES[machine.lower()]}.tar.gz"


async def release(
    folder: Path, tree: Path, step: Step, *, releases: str = RELEASES, answer_within: float = ANSWER_WITHIN
) -> None:
    """Puts the release at `tree`; what has arrived in `folder` is kept, so that a second call goes on there.

    Raises CodeServerInstallError, CodeServerChecksumError, VolumeFullError, HomeUnusableError.
    """
    import httpx

    name = asset_name(sys.platform, platform.machine())
    archive = folder / name
    try:
        async with httpx.AsyncClient(follow_redirects=True, timeout=answer_within) as client:
            address, digest, size = await _published(client, f"{releases}/v{VERSION}", name)
            with told(archive):
                await _fetch(client, address, archive, size, step)
    except httpx.HTTPError as error:
        raise CodeServerInstallError(_explain(error, answer_within)) from error
    step.progress("comparing it with the published digest")
    with told(archive):
        found = await asyncio.to_thread(_sha256, archive)
    if found != digest:
        archive.unlink()
        raise CodeServerChecksumError(f"{name} has the SHA-256 {found}; {digest} was published.")
    step.progress("unpacking")
    with told(tree):
        await unpack(archive, tree)
        archive.unlink()


async def _published(client: "AsyncClient", address: str, name: str) -> tuple[str, str, int]:
    """Where the asset is, its SHA-256 in hexadecimal and its size in bytes, as the release tells now."""
    response = await client.get(address, headers={"Accept": "application/vnd.github+json"})
    if not response.is_success:
        raise CodeServerInstallError(f"{address} was answered with {response.status_code} {response.reason_phrase}.")
    try:
        assets: list[dict[str, Any]] = json.loads(response.content)["assets"]
        found = next((one for one in assets if one["name"] == name), None)
        if found is None:
            raise CodeServerInstallError(f"The release {VERSION} has no {name}.")
        kind, _, digest = str(found.get("digest") or "").partition(":")
        place, size = str(found["browser_download_url"]), int(found["size"])
    except (ValueError, KeyError, TypeError) as error:
        raise CodeServerInstallError(f"{address} does not tell of a release.") from error
    if kind != "sha256" or len(digest) != 64:
        raise CodeServerInstallError(f"The release publishes no SHA-256 for {name}, so it cannot be checked.")
    if not 0 < size <= MAX_BYTES:
        raise CodeServerInstallError(f"{name} has {size} bytes, so it is not a release of code-server.")
    return place, digest.lower(), size


async def _fetch(client: "AsyncClient", address: str, archive: Path, size: int, step: Step) -> None:
    """Adds to the file what is missing of it; from the beginning where the server cannot go on."""
    done = archive.stat().st_size if archive.exists() else 0
    if done == size:
        return
    if done > size:
        archive.unlink()
        done = 0
    wanted = {"Range": f"bytes={done}-"} if done else {}
    async with client.stream("GET", address, headers=wanted) as response:
        if not response.is_success:
            raise CodeServerInstallError(
                f"{address} was answered with {response.status_code} {response.reason_phrase}."
            )
        goes_on = response.status_code == 206
        if not goes_on:
            done = 0
        with archive.open("ab" if goes_on else "wb") as file:
            async for chunk in response.aiter_raw():
                done += len(chunk)
                if done > size:
                    archive.unlink()
                    raise CodeServerInstallError(f"{address} is longer than the {size} bytes that were published.")
                file.write(chunk)
                step.progress(f"{done / 1e6:.1f} MB of {size / 1e6:.1f} MB", done / size)
    if done < size:
        raise CodeServerInstallError(f"{address} ended before all had arrived.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _explain(error: "HTTPError", answer_within: float) -> str:
    import httpx

    host = error.request.url.host
    if isinstance(error, httpx.RemoteProtocolError):
        return f"{host} ended the connection before all had arrived."
    if isinstance(error, httpx.TimeoutException):
        return f"{host} did not answer within {answer_within:g} s."
    return f"{host} cannot be reached: {error or type(error).__name__}."
