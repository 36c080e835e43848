"""The `kind` engine does what every engine must."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from cluster.config import ClusterConfig, Images
from cluster.engine import Engine
from cluster.kind.engine import KindEngine
from tests.contract import test_engine_contract as contract
from tests.e2e.conftest import CLUSTER, remove_leftovers

pytestmark = pytest.mark.e2e


# httpcore 1.0 leaves a socket to the garbage collector where it is cancelled in the middle of a TLS handshake.
@pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <(socket.socket|function _SelectorTransport):pytest.PytestUnraisableExceptionWarning"
)
class TestKindEngine(contract.EngineContract):
    @pytest.fixture(autouse=True)
    def collected(self) -> Iterator[None]:
        yield
        gc.collect()

    @pytest.fixture
    async def engine(self, config: ClusterConfig) -> AsyncIterator[Engine]:
        engine = KindEngine(config)
        yield engine
        await engine.close()

    @pytest.fixture(scope="class")
    def standing(self, config: ClusterConfig) -> Iterator[str]:
        name = f"contract-{uuid4().hex[:8]}"

        async def make() -> None:
            engine = KindEngine(config)
            await contract.done(engine.create(name, contract.PROJECT))
            await engine.close()

        async def remove() -> None:
            engine = KindEngine(config)
            await contract.done(engine.delete(name))
            await engine.close()

        asyncio.run(make())
        yield name
        asyncio.run(remove())


class TestKindEngineLifecycle(contract.EngineLifecycleContract):
    """On a cluster of its own, with the image that ours is built on: one that a person brings."""

    @pytest.fixture
    async def engine(self, tmp_path: Path) -> AsyncIterator[Engine]:
        remove_leftovers(CLUSTER)
        images = Images(node=os.environ.get("VIBECODE_NODE_IMAGE", ""), workspace=Images().code_server)
        engine = KindEngine(ClusterConfig(home=tmp_path, cluster=CLUSTER, images=images))
        yield engine
        await engine.close()
        remove_leftovers(CLUSTER)
