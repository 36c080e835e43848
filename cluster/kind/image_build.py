"""The workspace image is built by Docker, once."""

import asyncio
from collections import deque

from cluster import process
from cluster.config import ClusterConfig
from cluster.errors import ImageBuildError
from cluster.kind.image import (
    KEPT_LINES,
    docker_program,
    dockerfile,
    fail_if_docker_is_down,
    hint_of_full_disk,
    in_docker,
    reason,
    workspace_image,
)
from cluster.kind.image_pull import pull
from cluster.kind.output import BuildProgress
from templates.events import Step

_ENVIRONMENT = {
    "BUILDKIT_PROGRESS": "plain",
    "BUILDX_NO_DEFAULT_ATTESTATIONS": "1",  # one manifest: an index with attestations cannot be imported by `ctr`
}


async def build(config: ClusterConfig, step: Step) -> None:
    """Builds our image where Docker does not have it yet; a person's own is left as it is.

    Raises ImagePullError if the base image cannot be had, ImageBuildError, and the errors of a Docker that does
    not answer; `step.log` then holds Docker's last lines.
    """
    image, base = workspace_image(config), config.images.code_server
    if config.images.workspace:
        step.note = f"{image} is used as it is"
        return
    if await in_docker(image):
        step.note = "was built before"
        return
    begun = 0.0
    if not await in_docker(base):
        await pull(base, step, setting="VIBECODE_CODE_SERVER_IMAGE")
        begun = 0.5
    await _run_build(image, base, step, begun)


async def _run_build(image: str, base: str, step: Step, begun: float) -> None:
    """`docker build` with the Dockerfile alone as its context; `begun` is the fraction that is done before."""
    progress, tail = BuildProgress(), deque[str](maxlen=KEPT_LINES)
    command = (docker_program(), "build", "--tag", image, "--build-arg", f"BASE={base}", "-")
    async with process.process(
        *command, stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env=_ENVIRONMENT
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(dockerfile())
        child.stdin.close()
        async for line in process.lines(child.stdout):
            tail.append(line)
            if said := progress.read(line):
                step.progress(said[0], begun + said[1] * (1 - begun))
        code = await child.wait()
    if code == 0 and await in_docker(image):
        return
    await fail_if_docker_is_down()
    step.log = tuple(tail)
    if code == 0:  # a builder of the person's own, which keeps what it builds to itself
        raise ImageBuildError(
            "`docker build` ended well, and Docker does not have the image.",
            hint="`unset BUILDX_BUILDER; docker buildx use default`, then run the same command again.",
        )
    raise ImageBuildError(f"`docker build`: {reason(tail)}", hint=hint_of_full_disk(tail))
