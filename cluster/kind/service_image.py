"""The image of a service is given to the cluster's node: from Docker, which pulls it where it does not have it."""

from cluster.config import ClusterConfig
from cluster.errors import ImageLoadError
from cluster.kind.image import in_docker
from cluster.kind.image_load import give, in_node
from cluster.kind.image_pull import pull
from templates.events import Step


async def bring(config: ClusterConfig, image: str, node: str, step: Step) -> None:
    """Nothing is done where the node has an image of this name. Raises ImagePullError, ImageLoadError."""
    if "@" in image or await in_node(node, image):  # an archive does not keep a digest as a name; the node pulls it
        return
    if (found := await in_docker(image)) is None:
        await pull(image, step, setting=_setting(config, image))
        found = await in_docker(image)
    if found is None:
        raise ImageLoadError(f"Docker no longer has {image}.")
    step.progress(f"giving {image} to the cluster")
    await give(config, image, found, node, step)


def _setting(config: ClusterConfig, image: str) -> str:
    return "VIBECODE_REDIS_IMAGE" if image == config.images.redis else "VIBECODE_POSTGRESQL_IMAGE"
