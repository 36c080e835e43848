"""`new` of the `local` engine on a warm machine against code-server started by hand, both until the editor is there."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from cluster import ready
from cluster.config import ClusterConfig
from cluster.kind.ports import free_port
from cluster.local.engine import LocalEngine
from cluster.manifests.workspace import Address
from launcher import paths
from templates.catalog import Catalog
from templates.events import StepDone
from templates.project import Project
from templates.render import render
from tests.bench.code_server import code_server
from tests.bench.harness import VIBECODE, Result, in_turns, program, timed

TEMPLATE = "static-site"


async def measure(runs: int = 7) -> list[Result]:
    with TemporaryDirectory(prefix="vc") as home:
        environment = {"VIBECODE_HOME": home, "VIBECODE_ENGINE": "local", "VIBECODE_HTTP_PORT": str(free_port())}
        config = ClusterConfig(paths.find(environment).data, http_port=int(environment["VIBECODE_HTTP_PORT"]))
        async with _warm(config) as engine:

            async def create(_: int) -> float:
                start, seconds = perf_counter(), 0.0
                async for event in engine.create("engine", _project("engine")):
                    if isinstance(event, StepDone) and event.step == "ready":
                        seconds = perf_counter() - start
                await _delete(engine, "engine")
                return seconds

            async def by_hand(_: int) -> float:
                with TemporaryDirectory(prefix="vc") as folder:
                    return await _by_hand(Path(folder))

            async def whole(_: int) -> float:
                command = (VIBECODE, "new", TEMPLATE, "whole", "--json", "--no-open")
                seconds = await timed(program(*command, env=environment))
                await _delete(engine, "whole")
                return seconds

            ours, bare, process = await in_turns(runs, create, by_hand, whole, warm_up=True)
    against = "code-server by hand"
    return [
        Result("local", "the engine's create", ours, "at most 1.3", against, bare),
        Result("local", "vibecode new, the whole program", process, "", against, bare),
    ]


@asynccontextmanager
async def _warm(config: ClusterConfig) -> AsyncGenerator[LocalEngine]:
    """The engine with its host running."""
    engine = LocalEngine(config)
    async for _ in engine.up():
        pass
    try:
        yield engine
    finally:
        async for _ in engine.down():
            pass


async def _by_hand(home: Path) -> float:
    """Puts the same files in place and starts code-server with nothing but its folder and port."""
    address = Address("bare", "vibecode.localhost", free_port())
    start = perf_counter()
    for file in _project("bare").files:
        path = home / "project" / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(file.chunks()))
    async with code_server(home, "--bind-addr", f"127.0.0.1:{address.http_port}", home / "project"):
        await ready.editor_ready(address, progress=lambda _: None)
        return perf_counter() - start


def _project(name: str) -> Project:
    return render(Catalog().load(TEMPLATE), {"name": name})


async def _delete(engine: LocalEngine, name: str) -> None:
    async for _ in engine.delete(name):
        pass
