"""The OpenAPI document against the server: whatever fits it is answered as it says, and what does not is refused."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from cluster.config import ClusterConfig
from launcher.serve.limits import Bucket
from tests.fakes.engine import FakeEngine
from tests.unit.launcher.serve.conftest import SHOP, Serve, serve

__all__ = ["serve"]

EXAMPLES = 6
"""Requests that are made up for each operation, beside those of the document."""
STREAMS = ["/api/events", "/api/jobs/{job_id}/events", "/api/workspaces/{name}/logs"]
"""They do not end by themselves; tests/unit/launcher/serve/test_work.py reads them."""
BEYOND_THE_DOCUMENT = [positive_data_acceptance, negative_data_rejection]
"""What fits may still be refused, as a path that leaves the project is, and fields that nobody knows are ignored."""


@dataclass(frozen=True)
class Running:
    url: str
    token: str


@pytest.fixture(scope="module")
def running(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server on a thread of its own, since schemathesis asks as a blocking client does."""
    found: list[Running] = []
    listens, leave = threading.Event(), threading.Event()

    async def main() -> None:
        engine = FakeEngine(ClusterConfig(home=tmp_path_factory.mktemp("engine")))
        engine.put("shop", SHOP)
        async with serve(engine, changes=Bucket(10_000, 10_000)) as server:
            found.append(Running(server.url, server.token))
            listens.set()
            await asyncio.to_thread(leave.wait)

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    assert listens.wait(30)
    yield found[0]
    leave.set()
    thread.join(30)


@pytest.fixture(scope="module")
def api(running: Running) -> schemathesis.BaseSchema:
    headers = {"Authorization": f"Bearer {running.token}"}
    return schemathesis.openapi.from_url(f"{running.url}/api/openapi.json", headers=headers)


schema = schemathesis.pytest.from_fixture("api").exclude(path=STREAMS)


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_answers_as_it_says(case: Case, running: Running) -> None:
    headers = {"Authorization": f"Bearer {running.token}"}
    case.call_and_validate(headers=headers, excluded_checks=BEYOND_THE_DOCUMENT)
