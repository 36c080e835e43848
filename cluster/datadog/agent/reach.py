"""The Agent in the cluster as this machine reaches it: through the API server, so that no port is opened for it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from cluster.datadog.agent.names import AGENT_PODS, NAMESPACE, TRACES_PORT
from cluster.datadog.agent.pods import is_ready
from cluster.datadog.errors import AgentNotReadyError
from cluster.kube.api import Kube


async def ready_agent(kube: Kube) -> str:
    """The name of a pod whose Agent takes traces; raises AgentNotReadyError."""
    pods = await kube.list("Pod", NAMESPACE, labels=AGENT_PODS)
    ready = sorted(pod["metadata"]["name"] for pod in pods if is_ready(pod))
    if not ready:
        words = "does not run yet" if pods else "is not there"
        raise AgentNotReadyError(f"The Agent in the cluster {words}.")
    return ready[0]


@asynccontextmanager
async def reached_agent(kube: Kube) -> AsyncGenerator[Path]:
    """A Unix socket that leads to its port for traces, for this account alone; raises AgentNotReadyError."""
    pod = await ready_agent(kube)
    with TemporaryDirectory(prefix="vibecode-") as folder:
        socket = Path(folder) / "traces"
        async with kube.forwarded(pod, NAMESPACE, TRACES_PORT, socket):
            yield socket
