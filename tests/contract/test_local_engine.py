"""The engine contract, on real code-servers: it needs `code-server` on PATH, and no Docker."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.engine import Engine
from cluster.kind.ports import free_port
from cluster.local.engine import LocalEngine
from tests.contract.test_engine_contract import EngineContract, EngineLifecycleContract, done

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("this machine")]


class TestLocalEngine(EngineContract):
    @pytest.fixture(scope="class")
    def config(self, tmp_path_factory: pytest.TempPathFactory) -> ClusterConfig:
        return ClusterConfig(home=tmp_path_factory.mktemp("local"), http_port=free_port())

    @pytest.fixture(scope="class")
    async def engine(self, config: ClusterConfig) -> AsyncIterator[Engine]:
        engine = LocalEngine(config)
        yield engine
        await done(engine.down())


class TestLocalEngineLifecycle(EngineLifecycleContract):
    @pytest.fixture
    async def engine(self, tmp_path: Path) -> AsyncIterator[Engine]:
        engine = LocalEngine(ClusterConfig(home=tmp_path, http_port=free_port()))
        yield engine
        await done(engine.down())
