"""Moving between two engines whose workspaces are real folders and whose commands really run."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.errors import MoveError, WorkspaceNotFoundError
from cluster.kube.api import Kube
from cluster.manifests.labels import WORKSPACES_NAMESPACE
from cluster.move import move
from cluster.workspaces import KubernetesWorkspaces
from templates.events import Event, Step, StepDone, stream
from templates.project import Manifest, Project, ProjectFile
from tests.fakes.editor import FakeEditor
from tests.fakes.images import FakeImages
from tests.fakes.kube_server import FakeKubeServer


class Side:
    """An engine over a fake API server: what `move` needs of one."""

    def __init__(self, name: str, kube: Kube, editor: FakeEditor, folder: Path, server: FakeKubeServer) -> None:
        async def no_image(_: Step) -> bool:
            return False

        config = ClusterConfig(home=folder, base_domain="x.test")
        self.name = name
        self.server = server
        self._all = KubernetesWorkspaces(kube, config, "kind", "image:1", editor.port, no_image, FakeImages().bring)
        self.workspaces, self.workspace, self.exec = self._all.list, self._all.get, self._all.exec

    def create(self, name: str, project: Project) -> AsyncGenerator[Event]:
        return stream(lambda steps: self._all.create(name, project, steps))

    def delete(self, name: str) -> AsyncIterator[Event]:
        return stream(lambda steps: self._all.delete(name, steps))

    def home(self, name: str) -> Path:
        return self.server.root / WORKSPACES_NAMESPACE / name


@pytest.fixture
async def sides(tmp_path: Path) -> AsyncIterator[tuple[Side, Side]]:
    found: list[Side] = []
    async with FakeEditor() as editor, FakeKubeServer(tmp_path / "a") as one, FakeKubeServer(tmp_path / "b") as two:
        kubes = [Kube(server.connection, timeout=2, patience=5) for server in (one, two)]
        for name, kube, server in zip(("local", "kind"), kubes, (one, two), strict=True):
            namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": WORKSPACES_NAMESPACE}}
            await kube.create(namespace)
            found.append(Side(name, kube, editor, tmp_path, server))
        yield found[0], found[1]
        for kube in kubes:
            await kube.close()


PROJECT = Project(
    Manifest("Shop", template="shop", ports=(8000,), run="run it", tags=("a", "b")),
    (ProjectFile("README.md", b"# Shop\n"), ProjectFile("bin/go.sh", b"#!/bin/sh\n", mode=0o755)),
)


async def run(source: Side, target: Side) -> list[Event]:
    return [event async for event in stream(lambda steps: move(source, target, "shop", steps))]  # pyright: ignore[reportArgumentType]


async def test_files_settings_and_manifest_arrive_and_the_source_is_gone(sides: tuple[Side, Side]) -> None:
    source, target = sides
    async for _ in source.create("shop", PROJECT):
        pass
    home = source.home("shop")
    large = hashlib.sha256(b"seed").digest() * 40_000
    (home / "project/data.bin").write_bytes(large)
    (home / "project/link").symlink_to("README.md")
    for left in ("node_modules/x/index.js", ".venv/bin/python"):
        (home / "project" / left).parent.mkdir(parents=True)
        (home / "project" / left).write_text("of this place")
    settings = home / ".local/share/code-server/User/settings.json"
    settings.write_text('{"theirs": true}')

    await run(source, target)

    there = target.home("shop")
    assert (there / "project/README.md").read_bytes() == b"# Shop\n"
    assert (there / "project/data.bin").read_bytes() == large
    assert (there / "project/bin/go.sh").stat().st_mode & 0o777 == 0o755
    assert (there / "project/link").readlink() == Path("README.md")
    assert not (there / "project/node_modules").exists()
    assert not (there / "project/.venv").exists()
    assert (there / ".local/share/code-server/User/settings.json").read_text() == '{"theirs": true}'
    moved = await target.workspace("shop")
    assert (moved.template, sorted(moved.ports), moved.state) == ("shop", [8000], "running")
    with pytest.raises(WorkspaceNotFoundError):
        await source.workspace("shop")


async def test_nothing_is_deleted_where_what_is_there_differs(sides: tuple[Side, Side]) -> None:
    source, target = sides
    for side in sides:
        async for _ in side.create("shop", PROJECT):
            pass
    (target.home("shop") / "project/README.md").write_text("another")
    with pytest.raises(MoveError):
        await run(source, target)
    assert (await source.workspace("shop")).state == "running"
    assert (source.home("shop") / "project/README.md").read_bytes() == b"# Shop\n"


async def test_a_move_that_was_cut_off_before_the_end_goes_on(sides: tuple[Side, Side]) -> None:
    source, target = sides
    for side in sides:
        async for _ in side.create("shop", PROJECT):
            pass
    await run(source, target)
    assert [one.name for one in await target.workspaces()] == ["shop"]
    assert await source.workspaces() == ()


async def test_files_that_changed_since_a_move_was_cut_off_are_those_that_arrive(sides: tuple[Side, Side]) -> None:
    source, target = sides
    async for _ in source.create("shop", PROJECT):
        pass
    begun = target.create("shop", PROJECT)
    async for event in begun:
        if isinstance(event, StepDone) and event.step == "workspace":
            break
    await begun.aclose()
    assert (await target.workspace("shop")).state == "creating"
    (source.home("shop") / "project/README.md").write_text("written since")

    await run(source, target)

    assert (target.home("shop") / "project/README.md").read_text() == "written since"
    assert await source.workspaces() == ()


async def test_a_workspace_with_data_in_a_service_stays_where_it_is(sides: tuple[Side, Side]) -> None:
    source, target = sides
    async for _ in source.create("shop", replace(PROJECT, manifest=replace(PROJECT.manifest, services=("redis",)))):
        pass
    with pytest.raises(MoveError, match="data in Redis"):
        await run(source, target)
    assert (await source.workspace("shop")).state == "running"
    assert await target.workspaces() == ()
