"""An image is pulled by Docker."""

import asyncio
from collections import deque

from cluster import process
from cluster.errors import ImagePullError
from cluster.kind.image import KEPT_LINES, docker_program, fail_if_docker_is_down, hint_of_full_disk, reason
from cluster.kind.output import PullProgress
from templates.events import Step


async def pull(image: str, step: Step, *, setting: str) -> None:
    """The step's first half. `setting` is the variable that can name another image.

    Raises ImagePullError, and the errors of a Docker that does not answer; `step.log` then holds Docker's last lines.
    """
    step.progress(f"fetching {image}")
    progress, tail = PullProgress(), deque[str](maxlen=KEPT_LINES)
    async with process.process(docker_program(), "pull", image, stderr=asyncio.subprocess.STDOUT) as child:
        assert child.stdout is not None
        async for line in process.lines(child.stdout):
            tail.append(line)
            if said := progress.read(line):
                step.progress(f"fetching {image}: {said[0]}", said[1] / 2)
        code = await child.wait()
    if code == 0:
        return
    await fail_if_docker_is_down()
    step.log = tuple(tail)
    raise ImagePullError(
        f"{image}: {reason(tail)}",
        hint=hint_of_full_disk(tail) or f"Check its name and your connection; `{setting}` can name a mirror's.",
    )
