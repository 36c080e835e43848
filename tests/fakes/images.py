"""Stands in for what gives images to a cluster's node."""

from cluster.errors import ImagePullError
from templates.events import Step


class FakeImages:
    """Has every image but those in `absent`; `brought` are those that were asked for."""

    def __init__(self) -> None:
        self.absent: set[str] = set()
        self.brought: list[str] = []

    async def bring(self, image: str, _: Step) -> None:
        if image in self.absent:
            raise ImagePullError(f"{image}: there is none.")
        self.brought.append(image)
