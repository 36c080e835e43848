"""The contract of workspace files, in a real local workspace: it needs `code-server` on PATH, and no Docker."""

from collections.abc import AsyncIterator

import pytest

from cluster.config import ClusterConfig
from cluster.engine import Engine
from cluster.kind.ports import free_port
from cluster.local.engine import LocalEngine
from tests.contract.test_engine_contract import done
from tests.contract.test_workspace_files import WorkspaceFilesContract

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("this machine")]


class TestOnTheLocalEngine(WorkspaceFilesContract):
    @pytest.fixture(scope="class")
    def config(self, tmp_path_factory: pytest.TempPathFactory) -> ClusterConfig:
        return ClusterConfig(home=tmp_path_factory.mktemp("local"), http_port=free_port())

    @pytest.fixture(scope="class")
    async def engine(self, config: ClusterConfig) -> AsyncIterator[Engine]:
        engine = LocalEngine(config)
        yield engine
        await done(engine.down())
