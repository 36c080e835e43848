"""An image for workspaces is built by Docker, once."""

import asyncio
from collections import deque

from cluster import process
from cluster.config import ClusterConfig
from cluster.errors import ImageBuildError
from cluster.kind.image import (
    KEPT_LINES,
    Recipe,
    docker_program,
    fail_if_docker_is_down,
    hint_of_full_disk,
    in_docker,
    reason,
    workspace_image,
    workspace_recipe,
)
from cluster.kind.image_pull import pull
from cluster.kind.output import BuildProgress
from templates.events import Step
from templates.text import plain

_ENVIRONMENT = {
    "BUILDKIT_PROGRESS": "plain",
    "BUILDX_NO_DEFAULT_ATTESTATIONS": "1",  # one manifest: an index with attestations cannot be imported by `ctr`
}


async def build(config: ClusterConfig, step: Step) -> None:
    """Builds our image where Docker does not have it yet; a person's own is left as it is.

    Raises ImagePullError if the base image cannot be had, ImageBuildError, and the errors of a Docker that does
    not answer; `step.log` then holds Docker's last lines.
    """
    base = config.images.code_server
    if config.images.workspace:
        step.note = f"{workspace_image(config)} is used as it is"
        return
    if await in_docker(workspace_image(config)):
        step.note = "was built before"
        return
    begun = 0.0
    if not await in_docker(base):
        await pull(base, step, setting="VIBECODE_CODE_SERVER_IMAGE")
        begun = 0.5
    await run_build(workspace_recipe(config), step, begun)


async def run_build(recipe: Recipe, step: Step, begun: float = 0.0) -> None:
    """`docker build` with the Dockerfile alone as its context; `begun` is the fraction that is done before.

    Raises ImageBuildError, and the errors of a Docker that does not answer; `step.log` then holds its last lines.
    """
    progress, tail = BuildProgress(), deque[str](maxlen=KEPT_LINES)
    arguments = [word for name, value in recipe.arguments.items() for word in ("--build-arg", f"{name}={value}")]
    command = (docker_program(), "build", "--tag", recipe.image, *arguments, "-")
    async with process.process(
        *command, stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env=_ENVIRONMENT
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(recipe.dockerfile)
        child.stdin.close()
        async for raw in process.lines(child.stdout):
            line = plain(raw)  # the classic builder prints errors in red
            tail.append(line)
            if said := progress.read(line):
                step.progress(said[0], begun + said[1] * (1 - begun))
        code = await child.wait()
    if code == 0 and await in_docker(recipe.image):
        return
    await fail_if_docker_is_down()
    step.log = tuple(tail)
    if code == 0:  # a builder of the person's own, which keeps what it builds to itself
        raise ImageBuildError(
            "`docker build` ended well, and Docker does not have the image.",
            hint="`unset BUILDX_BUILDER; docker buildx use default`, then run the same command again.",
        )
    raise ImageBuildError(f"`docker build`: {reason(tail)}", hint=hint_of_full_disk(tail))
