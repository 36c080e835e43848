"""`vibecode up` against `kind create cluster` and `kubectl apply`, both until Traefik answers at the published port."""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from cluster import ready
from cluster.config import ClusterConfig
from cluster.kind.command import cluster_configuration
from cluster.manifests.system import namespaces, system_objects
from tests.bench.harness import VIBECODE, Result, in_turns, program, timed
from tests.bench.running import configuration, environment

NOT_IN_DOCKER = "localhost/vibecode/bench:none"
"""An image that is neither built nor loaded, as a person's own that the node pulls when a workspace needs it."""


async def measure(environ: Mapping[str, str], runs: int = 5) -> list[Result]:
    async def ours(_: int) -> float:
        with TemporaryDirectory() as folder:
            config = configuration(environ, Path(folder), "vibecode-bench-ours", NOT_IN_DOCKER)
            own = environment(config, Path(folder))
            try:
                return await timed(program(VIBECODE, "up", "--json", env=own))
            finally:
                await program(VIBECODE, "down", "--yes", env=own)

    async def bare(_: int) -> float:
        with TemporaryDirectory() as folder:
            config = configuration(environ, Path(folder), "vibecode-bench-bare", NOT_IN_DOCKER)
            try:
                return await timed(_bare(config, Path(folder)))
            finally:
                await program("kind", "delete", "cluster", "--name", config.cluster, "--kubeconfig", f"{folder}/config")

    times = await in_turns(runs, ours, bare, warm_up=True)
    against = "kind create cluster, kubectl apply"
    return [Result("up", "vibecode up", times[0], "at most 1.05", against, times[1])]


async def _bare(config: ClusterConfig, folder: Path) -> None:
    kubeconfig = folder / "config"
    cluster = json.dumps(cluster_configuration(config, config.http_port, config.https_port))
    await program("kind", "create", "cluster", "--config", "-", "--kubeconfig", kubeconfig, stdin=cluster)
    items = [*namespaces(config), *system_objects(config)]
    objects = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    await program("kubectl", "--kubeconfig", kubeconfig, "apply", "--filename", "-", stdin=objects)
    await ready.ingress_ready(config.http_port)
