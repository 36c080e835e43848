"""Workspaces as they change: their objects are watched, and what changes together is told together."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing

from cluster.engine import Workspace
from cluster.errors import ClusterUnreachableError
from cluster.kube.api import Kube, WatchEvent
from cluster.kube.kinds import Object
from cluster.manifests.labels import EDITORS, MANAGED_BY, WORKSPACE_LABEL, WORKSPACES_NAMESPACE

TOGETHER = 0.02
"""Seconds in which a Deployment and its pod, or many workspaces, change as one."""

BEAT = 5.0
"""Seconds between two questions whether the server is there: a silent connection does not tell."""

KINDS = {"Deployment": EDITORS, "Pod": MANAGED_BY}
"""With the labels of those that tell of workspaces: the editors, and the pods of services beside them too."""

Make = Callable[[Object, Sequence[Object]], Workspace]


class View:
    """The workspaces as their objects were last seen; `make` is asked anew only about those that changed."""

    def __init__(self, make: Make) -> None:
        self._make = make
        self._listed: set[str] = set()
        self._objects: dict[str, dict[str, dict[str, Object]]] = {}
        self._changed: set[str] = set()
        self._made: dict[str, Workspace] = {}

    def learn(self, kind: str, batch: Iterable[WatchEvent]) -> None:
        self._listed.add(kind)
        for event in batch:
            metadata = event.object["metadata"]
            name = metadata["labels"].get(WORKSPACE_LABEL, "")
            known = self._objects.setdefault(name, {one: {} for one in KINDS})[kind]
            if event.type == "DELETED":
                known.pop(metadata["name"], None)
            else:
                known[metadata["name"]] = event.object
            self._changed.add(name)

    def workspaces(self) -> tuple[Workspace, ...] | None:
        """Sorted by name; None until all kinds were listed."""
        if len(self._listed) < len(KINDS):
            return None
        while self._changed:
            name = self._changed.pop()
            deployments, pods = (list(self._objects[name][kind].values()) for kind in KINDS)
            if deployments:
                self._made[name] = self._make(deployments[0], pods)
            else:
                self._made.pop(name, None)
            if not (deployments or pods):
                del self._objects[name]
        return tuple(self._made[name] for name in sorted(self._made))


async def watched(kube: Kube, make: Make, *, beat: float = BEAT) -> AsyncGenerator[tuple[Workspace, ...]]:
    """All workspaces, at once and again after each change, until closed.

    Raises what the API client raises, and ClusterUnreachableError where the server no longer says that it is ready.
    """
    view, changed = View(make), asyncio.Event()

    async def follow(kind: str) -> None:
        async with aclosing(kube.watch_batches(kind, WORKSPACES_NAMESPACE, labels=KINDS[kind])) as batches:
            async for batch in batches:
                view.learn(kind, batch)
                changed.set()

    work = [asyncio.ensure_future(one) for one in (*map(follow, KINDS), _beats(kube, beat))]
    for one in work:
        one.add_done_callback(lambda _: changed.set())
    told: tuple[Workspace, ...] | None = None
    try:
        while True:
            await changed.wait()
            await asyncio.sleep(TOGETHER)
            changed.clear()
            for one in work:
                if one.done():
                    one.result()
            now = view.workspaces()
            if now is not None and now != told:
                told = now
                yield now
    finally:
        for one in work:
            one.cancel()
        await asyncio.gather(*work, return_exceptions=True)


async def _beats(kube: Kube, beat: float) -> None:
    """Goes on for as long as the server answers."""
    while True:
        await asyncio.sleep(beat)
        if not await kube.ready():
            raise ClusterUnreachableError("Its API server does not say that it is ready.")
