"""The workspace image: built by Docker once, then given to the cluster's node as an archive.

`docker` does the long work as a program, not through its SDK: `kind` needs the program anyway, it takes the same
context, builder and credentials as a person's own `docker build`, and it ends when it is told to.
"""

import asyncio
import hashlib
import json
import os
import re
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from textwrap import shorten
from time import monotonic
from typing import IO

from cluster import process
from cluster.config import ClusterConfig
from cluster.errors import (
    DockerDownError,
    DockerMissingError,
    ImageBuildError,
    ImageLoadError,
    ImagePullError,
    KindMissingError,
    VolumeFullError,
)
from cluster.host import install_docker, this_host
from cluster.kind.docker import connect, docker_command
from cluster.kind.download import find_kind
from cluster.kind.output import BuildProgress, PullProgress
from templates.events import Step

REPOSITORY = "localhost/vibecode/workspace"
"""Where our own image is named: `localhost/` is no registry's, so that nothing foreign can be pulled in its place."""
LOADED = "localhost/vibecode/loaded"
"""A second name that a loaded image gets in the node; its tag is the image's id in Docker.

The two ids cannot be compared: with Docker's containerd store, Docker's is a manifest's digest, the node's a
configuration's.
"""
CHUNK = 1 << 20
KEPT_LINES = 30
ANSWERED_WITHIN = 60.0
"""Seconds that Docker has for what takes it no work."""
LISTED_WITHIN = 20.0
"""Seconds until Kubernetes' side of containerd must list what was imported."""
SAVE_PLATFORM_SINCE = (1, 48)
"""The Engine API from which `docker save` takes `--platform` (https://docs.docker.com/reference/api/engine/)."""

_BUILD_ENVIRONMENT = {
    "BUILDKIT_PROGRESS": "plain",
    "BUILDX_NO_DEFAULT_ATTESTATIONS": "1",  # one manifest: an index with attestations cannot be imported by `ctr`
}
_PREFIX = re.compile(r"^(E: |ERROR: |Command Output: |Error response from daemon: )*")
_KIND_ENVIRONMENT = {"KIND_EXPERIMENTAL_PROVIDER": "docker"}


@dataclass(frozen=True, slots=True)
class _Image:
    """An image in Docker; `size` is in bytes, about those of its archive."""

    id: str
    platform: str
    size: int


@dataclass(frozen=True, slots=True)
class _NodeImage:
    """An image in the node, with all its names."""

    id: str
    names: tuple[str, ...]


def workspace_image(config: ClusterConfig) -> str:
    """The image that workspaces run: the person's own, else ours, named after what it is built from."""
    if config.images.workspace:
        return config.images.workspace
    recipe = hashlib.sha256(b"\0".join((_dockerfile(), config.images.code_server.encode())))
    return f"{REPOSITORY}:{recipe.hexdigest()[:12]}"


async def build(config: ClusterConfig, step: Step) -> None:
    """Builds our image where Docker does not have it yet; a person's own is left as it is.

    Raises ImagePullError if the base image cannot be had, ImageBuildError, and the errors of a Docker that does
    not answer; `step.log` then holds Docker's last lines.
    """
    image, base = workspace_image(config), config.images.code_server
    if config.images.workspace:
        step.note = f"{image} is used as it is"
        return
    if await _in_docker(image):
        step.note = "was built before"
        return
    begun = 0.0
    if not await _in_docker(base):
        await _pull(base, step)
        begun = 0.5
    await _build(image, base, step, begun)


async def load(config: ClusterConfig, node: str, step: Step) -> None:
    """Gives the image to the node where the node does not have this very image.

    A person's own image that Docker does not have is left to the node to pull. Raises ImageLoadError,
    KindMissingError, and the errors of a Docker that does not answer; `step.log` then holds the last lines.
    """
    image = workspace_image(config)
    found = await _in_docker(image)
    if config.images.workspace and (found is None or "@" in image):  # an archive does not keep a digest as a name
        step.note = f"the node itself pulls {image}"
        return
    if found is None:
        raise ImageLoadError(f"Docker no longer has {image}.")
    mark = f"{LOADED}:{found.id.rpartition(':')[2]}"
    present = await _in_node(node, image)
    if present and mark in present.names:
        step.note = "was there already"
        return
    await _transfer(config, node, image, found, step)
    arrived = await _listed(node, image)
    if arrived is None:
        raise ImageLoadError(f"`kind load` ended well, and the node does not list {image}.")
    tagged = await _docker("exec", node, "ctr", "--namespace=k8s.io", "images", "tag", "--force", arrived.id, mark)
    if tagged.code != 0:
        await _fail_if_docker_is_down()
        step.log = tagged.stderr
        raise ImageLoadError(f"The node could not name {image} a second time.")


async def _pull(image: str, step: Step) -> None:
    step.progress(f"fetching {image}")
    progress, tail = PullProgress(), deque[str](maxlen=KEPT_LINES)
    async with process.process(_program(), "pull", image, stderr=asyncio.subprocess.STDOUT) as child:
        assert child.stdout is not None
        async for line in process.lines(child.stdout):
            tail.append(line)
            if said := progress.read(line):
                step.progress(f"fetching {image}: {said[0]}", said[1] / 2)
        code = await child.wait()
    if code == 0:
        return
    await _fail_if_docker_is_down()
    step.log = tuple(tail)
    raise ImagePullError(
        f"{image}: {_reason(tail)}",
        hint=_room(tail) or "Check its name and your connection; `VIBECODE_CODE_SERVER_IMAGE` can name a mirror's.",
    )


async def _build(image: str, base: str, step: Step, begun: float) -> None:
    """`docker build` with the Dockerfile alone as its context; `begun` is the fraction that is done before."""
    progress, tail = BuildProgress(), deque[str](maxlen=KEPT_LINES)
    command = (_program(), "build", "--tag", image, "--build-arg", f"BASE={base}", "-")
    async with process.process(
        *command, stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env=_BUILD_ENVIRONMENT
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(_dockerfile())
        child.stdin.close()
        async for line in process.lines(child.stdout):
            tail.append(line)
            if said := progress.read(line):
                step.progress(said[0], begun + said[1] * (1 - begun))
        code = await child.wait()
    if code == 0 and await _in_docker(image):
        return
    await _fail_if_docker_is_down()
    step.log = tuple(tail)
    if code == 0:  # a builder of the person's own, which keeps what it builds to itself
        raise ImageBuildError(
            "`docker build` ended well, and Docker does not have the image.",
            hint="`unset BUILDX_BUILDER; docker buildx use default`, then run the same command again.",
        )
    raise ImageBuildError(f"`docker build`: {_reason(tail)}", hint=_room(tail))


async def _transfer(config: ClusterConfig, node: str, image: str, found: _Image, step: Step) -> None:
    """`docker save | kind load image-archive`: neither runs far ahead of the other, and no file is left behind."""
    if (kind := find_kind(config)) is None:
        raise KindMissingError("`kind` is neither on PATH nor among VibeCode's own programs.")
    platform = ("--platform", found.platform) if await _saves_platforms() else ()
    load = (str(kind), "load", "image-archive", "/dev/stdin", "--name", config.cluster, "--nodes", node)
    async with (
        _pipe() as (archive, entrance),
        process.process(_program(), "save", *platform, image, stdout=entrance.fileno()) as source,
        process.process(
            *load, stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env=_KIND_ENVIRONMENT
        ) as sink,
    ):
        entrance.close()
        assert source.stderr is not None
        assert sink.stdin is not None
        assert sink.stdout is not None
        said = [asyncio.ensure_future(_tail(stream)) for stream in (source.stderr, sink.stdout)]
        try:
            whole = await _copy(archive, sink.stdin, found.size, step)
            step.progress("the node unpacks it")
            if await sink.wait() == 0:
                return
            tail = await (said[0] if whole and await source.wait() != 0 else said[1])
        finally:
            if not sink.stdin.is_closing():  # what `kind` started reads from it too, and ends with it
                sink.stdin.transport.abort()
            for task in said:
                task.cancel()
    await _fail_if_docker_is_down()
    step.log = tuple(tail)
    raise ImageLoadError(f"{image}: {_reason(tail)}", hint=_room(tail))


@asynccontextmanager
async def _pipe() -> AsyncGenerator[tuple[asyncio.StreamReader, IO[bytes]]]:
    """A pipe; unlike a program's own, it can be left unread, and whoever writes to it then ends."""
    way_out, way_in = os.pipe()
    reader = asyncio.StreamReader(limit=CHUNK)
    with os.fdopen(way_in, "wb") as entrance:
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(way_out, "rb")
        )
        try:
            yield reader, entrance
        finally:
            transport.close()


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter, size: int, step: Step) -> bool:
    """Hands on the archive, about `size` bytes; False if the reader went away before its end."""
    step.progress("Docker writes the archive")
    sent = told = 0
    try:
        while chunk := await source.read(CHUNK):
            sink.write(chunk)
            await sink.drain()
            sent += len(chunk)
            if sent - told >= size / 100:
                told = sent
                step.progress(f"{sent / 1e6:.0f} of about {size / 1e6:.0f} MB", min(sent / max(size, 1), 1.0))
    except (BrokenPipeError, ConnectionResetError):
        return False
    sink.close()
    return True


async def _in_docker(image: str) -> _Image | None:
    shown = await _docker("image", "inspect", image)
    if shown.code != 0:
        await _fail_if_docker_is_down()
        return None
    (found,) = json.loads(shown.stdout)
    platform = "/".join(filter(None, (found["Os"], found["Architecture"], found.get("Variant"))))
    return _Image(found["Id"], platform, found["Size"])


async def _in_node(node: str, image: str) -> _NodeImage | None:
    shown = await _docker("exec", node, "crictl", "inspecti", image)
    if shown.code != 0:
        return None
    status = json.loads(shown.stdout)["status"]
    return _NodeImage(status["id"], tuple(status.get("repoTags") or ()))


async def _listed(node: str, image: str) -> _NodeImage | None:
    """The image, once the node lists it: containerd tells Kubernetes' side of what `ctr` imports a moment later."""
    start = monotonic()
    while (found := await _in_node(node, image)) is None and monotonic() - start < LISTED_WITHIN:
        await asyncio.sleep(0.1)
    return found


async def _saves_platforms() -> bool:
    shown = await _docker("version", "--format", "{{.Client.APIVersion}}")
    major, _, minor = shown.stdout.strip().partition(".")
    return major.isdigit() and minor.isdigit() and (int(major), int(minor)) >= SAVE_PLATFORM_SINCE


async def _docker(*arguments: str) -> process.Output:
    """A short command; DockerDownError if it takes longer than any should."""
    try:
        async with asyncio.timeout(ANSWERED_WITHIN):
            return await process.run(_program(), *arguments)
    except TimeoutError:
        raise DockerDownError(f"`docker {arguments[0]}` took more than {ANSWERED_WITHIN:.0f} s.") from None


async def _tail(stream: asyncio.StreamReader) -> Sequence[str]:
    kept = deque[str](maxlen=KEPT_LINES)
    async for line in process.lines(stream):
        kept.append(line)
    return kept


async def _fail_if_docker_is_down() -> None:
    """Raises why Docker does not answer, where that is what was the matter."""
    await asyncio.to_thread(lambda: connect().close())


def _program() -> str:
    if (found := docker_command()) is None:
        raise DockerMissingError("There is no `docker` command on PATH.", hint=install_docker(this_host()))
    return str(found)


def _dockerfile() -> bytes:
    return files("cluster").joinpath("image", "Dockerfile").read_bytes()


def _reason(tail: Sequence[str]) -> str:
    """The last line that tells of an error, without what apt, Docker and kind put before it."""
    said = [line.strip() for line in tail if line.strip()] or ["it said nothing"]
    told = [line for line in said if line.startswith(("E: ", "Command Output: ")) or "error" in line.lower()]
    return shorten(_PREFIX.sub("", (told or said)[-1]), 240)


def _room(tail: Sequence[str]) -> str | None:
    """The hint for a full disk, where that is what stopped it."""
    full = any("no space left on device" in line.lower() for line in tail)
    return VolumeFullError.hint if full else None
