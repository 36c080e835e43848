"""The HTTP API against what it stands on: an engine's own listing, seeding, a bare Starlette route."""

import asyncio
import json
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import randbytes
from tempfile import TemporaryDirectory
from time import perf_counter

import httpx
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from cluster.config import ClusterConfig
from cluster.editor import home_files
from cluster.engine import Engine
from cluster.engines import Engines
from cluster.local.engine import LocalEngine
from cluster.local.folders import LocalFolder
from cluster.local.records import Record, write_record
from cluster.seed import Seed, send
from launcher.serve.access import ServeFolder, open_access, read_token
from launcher.serve.address import Address
from launcher.serve.app import application
from launcher.serve.build import surroundings_of
from launcher.serve.server import listen, serving
from launcher.serve.streams import Streams
from templates.catalog import Catalog
from templates.events import Step
from templates.project import Manifest, Project, ProjectFile
from tests.bench.harness import Result, in_turns, timed
from tests.fakes.engine import FakeEngine
from tests.unit.launcher.serve.conftest import ai_with

WORKSPACES = 500
FILES = 1000
REQUESTS, CONNECTIONS = 3000, 16
STEP = Step("seed", lambda _: None)


async def measure(runs: int = 7) -> list[Result]:
    with TemporaryDirectory() as folder:
        return [
            await _listing(Path(folder) / "listing", runs),
            await _sync(Path(folder) / "sync", runs),
            await _status(Path(folder) / "status", runs),
        ]


async def _listing(folder: Path, runs: int) -> Result:
    """The local engine's, whose records are files; in the cluster the API server takes most of the time."""
    engine = LocalEngine(ClusterConfig(home=folder))
    for number in range(WORKSPACES):
        workspace = LocalFolder(folder).workspace(f"workspace-{number:03}")
        workspace.path.mkdir(parents=True)
        write_record(workspace, Record("digest", datetime.now(UTC), "static-site", (8000,), seeded=True))
    async with _api(engine, folder) as client:

        async def ours(_: int) -> float:
            return await timed(client.get(f"/api/workspaces?limit={WORKSPACES}"))

        async def bare(_: int) -> float:
            return await timed(engine.workspaces())

        series = await in_turns(runs, ours, bare, warm_up=True)
    return Result("serve", f"list {WORKSPACES} workspaces", series[0], "at most 1.3", "the engine's own", series[1])


async def _sync(folder: Path, runs: int) -> Result:
    """Into a folder of this machine, as both then have the same shell and the same disk."""
    engine = FakeEngine(ClusterConfig(home=folder))
    engine.put("shop", Project(Manifest("Shop"), ()))
    contents = {f"folder-{number // 50:02}/file-{number:03}": randbytes(5_000).hex() for number in range(FILES)}
    files = [{"path": path, "content": content} for path, content in contents.items()]
    body = json.dumps({"workspaceId": "shop", "files": files}).encode()
    async with _api(engine, folder) as client:
        client.headers["Content-Type"] = "application/json"

        async def ours(run: int) -> float:
            for path in (folder / "shop").iterdir():
                shutil.rmtree(path)
            start = perf_counter()
            answer = await client.post("/api/files/sync", content=body)
            assert answer.status_code == 200, answer.text
            return perf_counter() - start

        async def bare(run: int) -> float:
            files = tuple(ProjectFile(path, content.encode()) for path, content in contents.items())
            project = Project(Manifest(f"run {run}"), files)
            shutil.rmtree(folder / ".homes", ignore_errors=True)
            start = perf_counter()
            seed = Seed(project.files, home_files(project), project.digest)
            session = await engine.exec("shop", seed.command())
            await send(session, seed, STEP)
            await session.close()
            return perf_counter() - start

        series = await in_turns(runs, ours, bare, warm_up=True)
    return Result("serve", f"sync {FILES:,} files of 10 KB", series[0], "at most 1.2", "seeding", series[1])


async def _status(folder: Path, runs: int) -> Result:
    """Ours, with the guard and an ETag, and a route that answers a constant; the client is the same for both."""
    engine = FakeEngine(ClusterConfig(home=folder), running=True)

    async def constant(_: object) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async with _api(engine, folder) as client, _served(Starlette(routes=[Route("/api/status", constant)])) as port:
        authorization = client.headers["Authorization"]
        own_port = client.base_url.port
        assert own_port is not None

        async def ours(_: int) -> float:
            return REQUESTS / await timed(_ask(own_port, authorization))

        async def bare(_: int) -> float:
            return REQUESTS / await timed(_ask(port, authorization))

        series = await in_turns(runs, ours, bare, warm_up=True)
    return Result(
        "serve", "status requests", series[0], "at least 0.3", "a bare Starlette route", series[1], unit="1/s"
    )


async def _ask(port: int, authorization: str) -> None:
    head = f"GET /api/status HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {authorization}\r\n\r\n".encode()

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(REQUESTS // CONNECTIONS):
            writer.write(head)
            answer = (await reader.readuntil(b"\r\n\r\n")).lower()
            assert answer.startswith(b"http/1.1 200")
            await reader.readexactly(int(answer.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
        writer.close()

    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))


@asynccontextmanager
async def _served(app: ASGIApp) -> AsyncGenerator[int]:
    listeners = listen("127.0.0.1", 0)
    async with serving(app, Streams(), listeners):
        yield listeners[0].getsockname()[1]


@asynccontextmanager
async def _api(engine: Engine, folder: Path) -> AsyncGenerator[httpx.AsyncClient]:
    async def nothing() -> None: ...

    kept = ServeFolder(folder / "serve")
    access, listeners = open_access(kept), listen("127.0.0.1", 0)
    address = Address("http", ("127.0.0.1",), listeners[0].getsockname()[1])
    headers = {"Authorization": f"Bearer {read_token(kept)}"}
    async with (
        surroundings_of(
            Engines((engine,), nothing), access, address, "bench", ai_with(None, folder), catalog=Catalog()
        ) as given,
        serving(application(given), given.streams, listeners),
        httpx.AsyncClient(base_url=address.url, headers=headers, timeout=60, trust_env=False) as client,
    ):
        yield client
