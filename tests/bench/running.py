"""The cluster that the parts share, and what a bare tool must know to use it."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cluster.config import ClusterConfig
from cluster.kind.engine import KindEngine
from cluster.kind.lifecycle import Lifecycle
from cluster.kind.ports import free_port
from cluster.kube.api import Kube
from cluster.pods import current_pod
from cluster.waiting import pods
from launcher import __version__, paths, settings
from templates.catalog import Catalog
from templates.render import render
from tests.bench.harness import program

CLUSTER = "vibecode-bench"


@dataclass(frozen=True, slots=True)
class Running:
    """A cluster that is up: the engine and the API as the product uses them, the kubeconfig for bare tools."""

    config: ClusterConfig
    engine: KindEngine
    kube: Kube
    http_port: int
    kubeconfig: Path
    environment: Mapping[str, str]

    async def kubectl(self, *arguments: str | Path, stdin: str | None = None) -> str:
        return await program("kubectl", "--kubeconfig", self.kubeconfig, *arguments, stdin=stdin)

    async def version(self) -> str:
        nodes = await self.kube.list("Node")
        return nodes[0]["status"]["nodeInfo"]["kubeletVersion"]


def environment(config: ClusterConfig, home: Path) -> dict[str, str]:
    """What makes the `vibecode` program work with this configuration, in this home."""
    return {
        "VIBECODE_HOME": str(home),
        "VIBECODE_CLUSTER": config.cluster,
        "VIBECODE_HTTP_PORT": str(config.http_port),
        "VIBECODE_HTTPS_PORT": str(config.https_port),
        "VIBECODE_WORKSPACE_IMAGE": config.images.workspace,
    }


def configuration(environ: Mapping[str, str], home: Path, cluster: str, workspace_image: str) -> ClusterConfig:
    """The person's own images, with another one for workspaces; ports that nobody uses; the rest as it comes."""
    images = settings.cluster_config(settings.load(Path("/nowhere"), environ).values, home, __version__).images
    return ClusterConfig(
        home=paths.find({"VIBECODE_HOME": str(home)}).data,
        cluster=cluster,
        http_port=free_port(),
        https_port=free_port(),
        images=replace(images, workspace=workspace_image),
        version=__version__,
    )


@asynccontextmanager
async def running_cluster(environ: Mapping[str, str], home: Path, *, keep: bool) -> AsyncGenerator[Running]:
    """A cluster whose workspaces run code-server as it is published, so that no image of ours must be built first.

    With `keep` it stays for the next run.
    """
    config = configuration(environ, home, CLUSTER, "codercom/code-server:4.139.1")
    engine = KindEngine(config)
    async for _ in engine.up():
        pass
    known = Lifecycle(config).known()
    assert known is not None
    connection, state = known
    kube = Kube(connection)
    kubeconfig = Lifecycle(config).record.kubeconfig
    try:
        yield Running(config, engine, kube, state.http_port, kubeconfig, environment(config, home))
    finally:
        await kube.close()
        if not keep:
            async for _ in engine.down():
                pass
        await engine.close()


@asynccontextmanager
async def workspace(there: Running, name: str) -> AsyncGenerator[str]:
    """A workspace that runs, as its pod's name."""
    async for _ in there.engine.create(name, render(Catalog().load("static-site"), {"name": name})):
        pass
    try:
        pod = current_pod(await pods(there.kube, name))
        assert pod is not None
        yield pod["metadata"]["name"]
    finally:
        async for _ in there.engine.delete(name):
            pass
