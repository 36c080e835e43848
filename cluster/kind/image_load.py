"""An image of Docker, such as that of the workspaces, is given to the cluster's node as an archive."""

import asyncio
import json
import os
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import IO

from cluster import process
from cluster.config import ClusterConfig
from cluster.errors import ImageLoadError, KindMissingError
from cluster.kind.download import find_kind
from cluster.kind.image import (
    KEPT_LINES,
    DockerImage,
    docker,
    docker_program,
    fail_if_docker_is_down,
    hint_of_full_disk,
    in_docker,
    reason,
    workspace_image,
)
from templates.events import Step

LOADED = "localhost/vibecode/loaded"
"""A second name that a loaded image gets in the node; its tag is the image's id in Docker.

The two ids cannot be compared: with Docker's containerd store, Docker's is a manifest's digest, the node's a
configuration's.
"""
CHUNK = 1 << 20
LISTED_WITHIN = 20.0
"""Seconds until Kubernetes' side of containerd must list what was imported."""
SAVE_PLATFORM_SINCE = (1, 48)
"""The Engine API from which `docker save` takes `--platform` (https://docs.docker.com/reference/api/engine/)."""

_KIND_ENVIRONMENT = {"KIND_EXPERIMENTAL_PROVIDER": "docker"}


@dataclass(frozen=True, slots=True)
class NodeImage:
    """An image in the node, with all its names."""

    id: str
    names: tuple[str, ...]


async def load(config: ClusterConfig, node: str, step: Step) -> None:
    """Gives the workspace image to the node as `load_image` does.

    A person's own image that Docker does not have is left to the node to pull.
    """
    image = workspace_image(config)
    if config.images.workspace and ("@" in image or await in_docker(image) is None):  # archives keep no digest as name
        step.note = f"the node itself pulls {image}"
        return
    await load_image(config, image, node, step)


async def load_image(config: ClusterConfig, image: str, node: str, step: Step) -> None:
    """Gives an image of Docker's to the node where the node does not have this very image.

    Raises ImageLoadError, KindMissingError, and the errors of a Docker that does not answer; `step.log` then holds the
    last lines.
    """
    if (found := await in_docker(image)) is None:
        raise ImageLoadError(f"Docker no longer has {image}.")
    present = await in_node(node, image)
    if present and _mark(found) in present.names:
        step.note = "was there already"
        return
    await give(config, image, found, node, step)


async def give(config: ClusterConfig, image: str, found: DockerImage, node: str, step: Step) -> None:
    """Transfers the image and marks it in the node; raises as `load` does."""
    await _transfer(config, node, image, found, step)
    arrived = await _listed(node, image)
    if arrived is None:
        raise ImageLoadError(f"`kind load` ended well, and the node does not list {image}.")
    tagged = await docker(
        "exec", node, "ctr", "--namespace=k8s.io", "images", "tag", "--force", arrived.id, _mark(found)
    )
    if tagged.code != 0:
        await fail_if_docker_is_down()
        step.log = tagged.stderr
        raise ImageLoadError(f"The node could not name {image} a second time.")


def _mark(found: DockerImage) -> str:
    return f"{LOADED}:{found.id.rpartition(':')[2]}"


async def _transfer(config: ClusterConfig, node: str, image: str, found: DockerImage, step: Step) -> None:
    """`docker save | kind load image-archive`: neither runs far ahead of the other, and no file is left behind."""
    if (kind := find_kind(config)) is None:
        raise KindMissingError("`kind` is neither on PATH nor among VibeCode's own programs.")
    platform = ("--platform", found.platform) if await _saves_platforms() else ()
    load = (str(kind), "load", "image-archive", "/dev/stdin", "--name", config.cluster, "--nodes", node)
    async with (
        _pipe() as (archive, entrance),
        process.process(docker_program(), "save", *platform, image, stdout=entrance.fileno()) as source,
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
    await fail_if_docker_is_down()
    step.log = tuple(tail)
    raise ImageLoadError(f"{image}: {reason(tail)}", hint=hint_of_full_disk(tail))


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


async def in_node(node: str, image: str) -> NodeImage | None:
    shown = await docker("exec", node, "crictl", "inspecti", image)
    if shown.code != 0:
        return None
    status = json.loads(shown.stdout)["status"]
    return NodeImage(status["id"], tuple(status.get("repoTags") or ()))


async def _listed(node: str, image: str) -> NodeImage | None:
    """The image, once the node lists it: containerd tells Kubernetes' side of what `ctr` imports a moment later."""
    start = monotonic()
    while (found := await in_node(node, image)) is None and monotonic() - start < LISTED_WITHIN:
        await asyncio.sleep(0.1)
    return found


async def _saves_platforms() -> bool:
    shown = await docker("version", "--format", "{{.Client.APIVersion}}")
    major, _, minor = shown.stdout.strip().partition(".")
    return major.isdigit() and minor.isdigit() and (int(major), int(minor)) >= SAVE_PLATFORM_SINCE


async def _tail(stream: asyncio.StreamReader) -> Sequence[str]:
    kept = deque[str](maxlen=KEPT_LINES)
    async for line in process.lines(stream):
        kept.append(line)
    return kept
