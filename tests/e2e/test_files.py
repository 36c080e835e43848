"""The contract of workspace files, in a real pod."""

from collections.abc import AsyncIterator

import pytest

from cluster.config import ClusterConfig
from cluster.engine import Engine
from cluster.kind.engine import KindEngine
from tests.contract.test_workspace_files import WorkspaceFilesContract

pytestmark = pytest.mark.e2e


class TestOnTheKindEngine(WorkspaceFilesContract):
    @pytest.fixture
    async def engine(self, config: ClusterConfig) -> AsyncIterator[Engine]:
        engine = KindEngine(config)
        yield engine
        await engine.close()
