"""The contract of workspace files, over Kubernetes' exec: a fake API server whose commands really run."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.engine import Engine
from cluster.files import EngineFiles
from cluster.kube.api import Kube
from cluster.manifests.labels import WORKSPACES_NAMESPACE
from cluster.workspaces import KubernetesWorkspaces
from templates.events import Event, Step, stream
from templates.project import Project
from tests.contract.test_workspace_files import WorkspaceFilesContract
from tests.fakes.editor import FakeEditor
from tests.fakes.images import FakeImages
from tests.fakes.kube_server import FakeKubeServer


class Side:
    """An engine over the fake API server: what the contract needs of one."""

    def __init__(self, all_of_them: KubernetesWorkspaces) -> None:
        self._all = all_of_them
        self.workspace, self.exec = all_of_them.get, all_of_them.exec
        self.logs, self.activity = all_of_them.logs, all_of_them.activity

    def create(self, name: str, project: Project) -> AsyncIterator[Event]:
        return stream(lambda steps: self._all.create(name, project, steps))

    def stop(self, name: str) -> AsyncIterator[Event]:
        return stream(lambda steps: self._all.stop(name, steps))

    def delete(self, name: str) -> AsyncIterator[Event]:
        return stream(lambda steps: self._all.delete(name, steps))


class TestOverKubernetes(WorkspaceFilesContract):
    @pytest.fixture
    async def engine(self, tmp_path: Path) -> AsyncIterator[Engine]:
        async def no_image(_: Step) -> bool:
            return False

        async with FakeEditor() as editor, FakeKubeServer(tmp_path) as server:
            kube = Kube(server.connection, timeout=2, patience=5)
            await kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": WORKSPACES_NAMESPACE}})
            config = ClusterConfig(home=tmp_path, base_domain="x.test")
            workspaces = KubernetesWorkspaces(
                kube, config, "kind", "image:1", editor.port, no_image, FakeImages().bring
            )
            yield Side(workspaces)  # type: ignore[misc]
            await kube.close()

    async def test_the_log_has_lines(self, files: EngineFiles) -> None:
        """The fake's containers say nothing."""
        assert await files.logs(1) == ()
