"""The images that workspaces run: what they are built from, their names, and what Docker says of them.

`docker` does the long work as a program, not through its SDK: `kind` needs the program anyway, it takes the same
context, builder and credentials as a person's own `docker build`, and it ends when it is told to.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from textwrap import shorten

from cluster import process
from cluster.config import ClusterConfig
from cluster.errors import DockerDownError, DockerMissingError, VolumeFullError
from cluster.host import install_docker, this_host
from cluster.kind.docker import connect, docker_command

REPOSITORY = "localhost/vibecode/workspace"
"""Where our own image is named: `localhost/` is no registry's, so that nothing foreign can be pulled in its place."""
KEPT_LINES = 30
ANSWERED_WITHIN = 60.0
"""Seconds that Docker has for what takes it no work."""

_PREFIX = re.compile(r"^(E: |ERROR: |Command Output: |Error response from daemon: )*")


@dataclass(frozen=True, slots=True)
class DockerImage:
    """An image in Docker; `size` is in bytes, about those of its archive."""

    id: str
    platform: str
    size: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an image of ours is built from: a Dockerfile, and the arguments that it takes."""

    repository: str
    dockerfile: bytes
    arguments: Mapping[str, str]

    @property
    def image(self) -> str:
        """Its name, which follows from all that it is built from."""
        parts = (self.dockerfile, *(value.encode() for value in self.arguments.values()))
        tag = hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]
        return f"{self.repository}:{tag}"


def workspace_image(config: ClusterConfig) -> str:
    """The image that workspaces run: the person's own, else ours."""
    return config.images.workspace or workspace_recipe(config).image


def workspace_recipe(config: ClusterConfig) -> Recipe:
    return Recipe(REPOSITORY, dockerfile("Dockerfile"), {"BASE": config.images.code_server})


async def in_docker(image: str) -> DockerImage | None:
    shown = await docker("image", "inspect", image)
    if shown.code != 0:
        await fail_if_docker_is_down()
        return None
    (found,) = json.loads(shown.stdout)
    platform = "/".join(filter(None, (found["Os"], found["Architecture"], found.get("Variant"))))
    return DockerImage(found["Id"], platform, found["Size"])


async def docker(*arguments: str) -> process.Output:
    """A short command; DockerDownError if it takes longer than any should."""
    try:
        async with asyncio.timeout(ANSWERED_WITHIN):
            return await process.run(docker_program(), *arguments)
    except TimeoutError:
        raise DockerDownError(f"`docker {arguments[0]}` took more than {ANSWERED_WITHIN:.0f} s.") from None


async def fail_if_docker_is_down() -> None:
    """Raises why Docker does not answer, where that is what was the matter."""
    await asyncio.to_thread(lambda: connect().close())


def docker_program() -> str:
    if (found := docker_command()) is None:
        raise DockerMissingError("There is no `docker` command on PATH.", hint=install_docker(this_host()))
    return str(found)


def dockerfile(name: str) -> bytes:
    return files("cluster").joinpath("image", name).read_bytes()


def reason(tail: Sequence[str]) -> str:
    """The last line that tells of an error, without what apt, Docker and kind put before it."""
    said = [line.strip() for line in tail if line.strip()] or ["it said nothing"]
    told = [line for line in said if line.startswith(("E: ", "Command Output: ")) or "error" in line.lower()]
    return shorten(_PREFIX.sub("", (told or said)[-1]), 240)


def hint_of_full_disk(tail: Sequence[str]) -> str | None:
    """The hint for a full disk, where that is what stopped it."""
    full = any("no space left on device" in line.lower() for line in tail)
    return VolumeFullError.hint if full else None
