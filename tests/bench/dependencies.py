"""The install command of a template in the second workspace against the first: what the shared package cache saves."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from cluster.config import ClusterConfig
from cluster.dependencies.installation import Installation
from cluster.engine import Engine
from cluster.kind.engine import KindEngine
from cluster.kind.ports import free_port
from cluster.local.engine import LocalEngine
from templates.catalog import Catalog
from templates.render import render
from tests.bench.harness import Result, timed
from tests.bench.running import configuration

TEMPLATES = ("python-fastapi", "vite-react")
IN_A_CLUSTER = (*TEMPLATES, "go-http", "java-spring")
"""With toolchains that this machine may lack; Maven's repository is shared on a cluster alone."""
GOAL = "at most 0.33"
CLUSTER = "vibecode-bench-dependencies"


async def measure(runs: int = 3) -> list[Result]:
    """Each run begins with an empty cache, which a new home has."""
    taken: dict[str, list[tuple[float, float]]] = {template: [] for template in TEMPLATES}
    for _ in range(runs):
        with TemporaryDirectory(prefix="vc") as home:
            async with _engine(LocalEngine(ClusterConfig(Path(home), http_port=free_port()))) as engine:
                for template, series in taken.items():
                    series.append(await _both(engine, template))
    return _results("local", taken)


async def measure_in_a_cluster(runs: int = 1) -> list[Result]:
    """In clusters of its own, with the image of ours: each has an empty cache, and pods must reach the registries."""
    taken: dict[str, list[tuple[float, float]]] = {template: [] for template in IN_A_CLUSTER}
    for _ in range(runs):
        with TemporaryDirectory(prefix="vc") as home:
            config = configuration(os.environ, Path(home), CLUSTER, "")
            async with _engine(KindEngine(replace(config, memory="2Gi"))) as engine:
                for template, series in taken.items():
                    series.append(await _both(engine, template))
    return _results("kind", taken)


def _results(engine: str, taken: dict[str, list[tuple[float, float]]]) -> list[Result]:
    results: list[Result] = []
    for template, series in taken.items():
        first, second = (tuple(one[index] for one in series) for index in (0, 1))
        what = f"{engine}: {template} in the second workspace"
        results.append(Result("dependencies", what, second, GOAL, "in the first", first))
    return results


@asynccontextmanager
async def _engine(engine: Engine) -> AsyncGenerator[Engine]:
    async for _ in engine.up():
        pass
    try:
        yield engine
    finally:
        async for _ in engine.down():
            pass
        await engine.close()


async def _both(engine: Engine, template: str) -> tuple[float, float]:
    """Seconds in the first workspace of this template, and in another while the first is there."""
    first = await _install(engine, template, f"{template}-1")
    return first, await _install(engine, template, f"{template}-2")


async def _install(engine: Engine, template: str, name: str) -> float:
    project = render(Catalog().load(template), {"name": name})
    without = replace(project, manifest=replace(project.manifest, extensions=()))
    async for _ in engine.create(name, without):
        pass
    return await timed(_followed(Installation(engine, name, project.manifest.install)))


async def _followed(installation: Installation) -> None:
    async for _ in installation.follow():
        pass
