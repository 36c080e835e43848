"""What is kept on this machine about one cluster, all private: how to reach it, its ports, and who works on it.

Nothing about workspaces is here: the cluster is the store of truth, and this folder can be made anew from it.
"""

import asyncio
import fcntl
import json
import os
import shutil
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import Literal

from cluster.config import ClusterConfig
from cluster.errors import ClusterBusyError

Phase = Literal["creating", "created"]
LOOK_EVERY = 0.2


@dataclass(frozen=True, slots=True)
class State:
    """`creating` until `kind` has ended well once; then the cluster may hold workspaces and is never remade."""

    phase: Phase
    http_port: int
    https_port: int


@dataclass(frozen=True, slots=True)
class Record:
    """The private folder of one cluster."""

    folder: Path

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    def read(self) -> State | None:
        try:
            return State(**json.loads((self.folder / "state.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, state: State) -> None:
        self._make()
        partial = self.folder / "state.json.partial"
        partial.touch(0o600)
        partial.write_text(json.dumps(asdict(state)), encoding="utf-8")
        partial.replace(self.folder / "state.json")

    def forget(self) -> None:
        """Removes all but the lock, which another copy may be holding."""
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if path.name != "lock":
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    @asynccontextmanager
    async def locked(self, progress: Callable[[str], None], *, within: float = 600.0) -> AsyncGenerator[int]:
        """Holds the cluster for this program; yields the lock's descriptor.

        A program that is given the descriptor keeps the lock for as long as it lives, so that `kind` still
        counts as being at work where VibeCode itself was killed. Raises ClusterBusyError after `within` seconds.
        """
        self._make()
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            await _acquire(descriptor, progress, within)
            yield descriptor
        finally:
            os.close(descriptor)

    def _make(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def record_of(config: ClusterConfig) -> Record:
    return Record(config.home / "clusters" / config.cluster)


async def _acquire(descriptor: int, progress: Callable[[str], None], within: float) -> None:
    start = monotonic()
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if monotonic() - start > within:
            raise ClusterBusyError(f"It has been at work for more than {within:.0f} s.")
        progress("another VibeCode, or the `kind` that it started, is at work on this cluster")
        await asyncio.sleep(LOOK_EVERY)
