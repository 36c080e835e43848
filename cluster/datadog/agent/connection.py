"""The cluster that the Agent lives in: that of the engine `kind`."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from cluster.config import ClusterConfig
from cluster.errors import ClusterDownError
from cluster.kind.lifecycle import Lifecycle
from cluster.kube.api import Kube


@asynccontextmanager
async def agent_cluster(config: ClusterConfig) -> AsyncGenerator[Kube]:
    """Raises ClusterDownError where there is none, or none that answers."""
    known = Lifecycle(config).known()
    if known is None:
        hint = "`vibecode up` creates it; Datadog's Agent needs Docker and a cluster."
        raise ClusterDownError(f"There is no cluster {config.cluster!r} yet.", hint=hint)
    kube = Kube(known[0])
    try:
        if not await kube.ready():
            raise ClusterDownError(f"The cluster {config.cluster!r} does not answer.")
        yield kube
    finally:
        await kube.close()
