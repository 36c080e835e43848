"""The server on loopback, over a fake engine, and clients of it."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from cluster.config import ClusterConfig
from cluster.engines import Engines
from launcher.serve.access import Access, ServeFolder, open_access
from launcher.serve.address import Address
from launcher.serve.ai import Ai, Connected
from launcher.serve.app import application
from launcher.serve.build import surroundings_of
from launcher.serve.limits import Bucket
from launcher.serve.server import listen, serving
from launcher.serve.streams import Streams
from launcher.serve.surroundings import Surroundings
from templates.catalog import Catalog
from templates.errors import VibeCodeError
from templates.generation.verification import Effort
from templates.models.errors import NoKeyError
from templates.project import Manifest, Project, ProjectFile
from templates.rum import Rum
from tests.fakes.chat_model import ScriptedModel
from tests.fakes.engine import FakeEngine

SHOP = Project(
    Manifest(title="Shop", template="python-fastapi", ports=(8000,)), (ProjectFile("README.md", b"# Shop\n"),)
)


@dataclass(frozen=True)
class Served:
    """A running server; `http` has the token, `anybody` nothing."""

    given: Surroundings
    token: str
    http: httpx.AsyncClient
    anybody: httpx.AsyncClient

    @property
    def access(self) -> Access:
        return self.given.access

    @property
    def url(self) -> str:
        return self.given.address.url

    @property
    def authority(self) -> str:
        return self.url.removeprefix("http://")

    async def done(self, answer: httpx.Response) -> dict[str, Any]:
        """The job that an answer names, once it has ended."""
        assert answer.status_code == 202, answer.text
        document = answer.json()
        events = await self.http.get(document["events"])
        assert events.status_code == 200
        return (await self.http.get(document["events"].removesuffix("/events"))).json()


Serve = Callable[..., AbstractAsyncContextManager[Served]]


@dataclass(frozen=True, slots=True)
class Sent:
    """One server-sent event."""

    number: int | None
    name: str
    data: Any


async def events_of(response: httpx.Response) -> AsyncIterator[Sent]:
    """The events of a stream as they come, comments left out."""
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            number = int(fields["id"]) if "id" in fields else None
            yield Sent(number, fields["event"], json.loads(fields["data"]))
            fields = {}


async def none() -> None: ...


def ai_with(model: ScriptedModel | None, folder: Path) -> Ai:
    """The scripted model, or that none is set up."""

    @asynccontextmanager
    async def connect(workspace: str) -> AsyncIterator[Connected]:
        assert model is not None
        yield Connected(model, lambda: None)

    async def obstacle() -> VibeCodeError | None:
        return NoKeyError("Nobody has signed in.") if model is None else None

    return Ai(connect, obstacle, folder / "generations", folder / "formats.json", Effort(seconds=60, repairs=1))


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    return FakeEngine(ClusterConfig(home=tmp_path / "engine"), running=True)


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Serve:
    """Starts a server over these engines, and with this language model or none."""

    @asynccontextmanager
    async def start(
        *engines: FakeEngine,
        streams: Streams | None = None,
        model: ScriptedModel | None = None,
        changes: Bucket | None = None,
        rum: Rum | None = None,
        catalog: Catalog | None = None,
    ) -> AsyncIterator[Served]:
        folder = ServeFolder(tmp_path_factory.mktemp("serve"))
        access = open_access(folder)
        listeners = listen("127.0.0.1", 0)
        address = Address("http", ("127.0.0.1", "localhost"), listeners[0].getsockname()[1])
        token = folder.token.read_text().strip()
        async with (
            surroundings_of(
                Engines(engines, none),
                access,
                address,
                "1.2.3",
                ai_with(model, folder.path),
                catalog=catalog or Catalog(),
                streams=streams,
                rum=rum,
            ) as given,
            serving(application(given, changes), given.streams, listeners),
            httpx.AsyncClient(base_url=address.url, headers={"Authorization": f"Bearer {token}"}) as http,
            httpx.AsyncClient(base_url=address.url) as anybody,
        ):
            yield Served(given, token, http, anybody)

    return start


@pytest.fixture
async def server(serve: Serve, engine: FakeEngine) -> AsyncIterator[Served]:
    async with serve(engine) as served:
        yield served
