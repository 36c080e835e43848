"""The workspace image, built with nothing cached and given to the node: reported beside `up`, against nothing."""

from dataclasses import replace
from uuid import uuid4

from cluster.kind import image, image_build, image_load
from cluster.kind.node import node_name
from templates.events import Step
from tests.bench.harness import Result, in_turns, program, timed
from tests.bench.running import Running

FORGET = f'ctr -n k8s.io images ls -q | grep -F -e "$1" -e {image_load.LOADED} | xargs ctr -n k8s.io images rm'


async def measure(there: Running, runs: int = 1) -> list[Result]:
    node = node_name(there.config.cluster)
    base = "localhost/vibecode/bench"
    config = replace(there.config, images=replace(there.config.images, code_server=base, workspace=""))
    made = image.workspace_image(config)
    step = Step("image", lambda _: None)

    async def build(_: int) -> float:
        recipe = f"FROM {there.config.images.code_server}\nLABEL vibecode.dev/bench={uuid4().hex}\n"
        await program("docker", "build", "--tag", base, "-", stdin=recipe)
        return await timed(image_build.build(config, step))

    async def load(_: int) -> float:
        try:
            return await timed(image_load.load(config, node, step))
        finally:
            await program("docker", "exec", node, "sh", "-c", FORGET, "forget", made)
            await program("docker", "image", "rm", made, base)

    built, loaded = await in_turns(runs, build, load)
    return [
        Result("image", "building the workspace image, nothing cached", built),
        Result("image", "giving it to the cluster's node", loaded),
    ]
