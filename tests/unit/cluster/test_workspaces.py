"""Workspaces through a fake API server: creation, faults in the middle of it, and convergence when called again."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cluster import seed
from cluster.config import ClusterConfig
from cluster.engine import ExecSession
from cluster.errors import (
    ApiError,
    ClusterUnreachableError,
    ImagePullError,
    VolumeFullError,
    WorkspaceExistsError,
    WorkspaceNameError,
    WorkspaceNotFoundError,
    WorkspaceStoppedError,
)
from cluster.kube.api import Kube
from cluster.lease import creating
from cluster.workspaces import KubernetesWorkspaces
from templates.events import Event, Step, StepDone, StepFailed, StepProgress, StepStarted, stream
from templates.project import Manifest, Project, ProjectFile
from templates.toolchains import ToolchainName
from tests.fakes.editor import FakeEditor
from tests.fakes.images import FakeImages
from tests.fakes.kube_server import Cut, FakeKubeServer, Refuse, Silence

NAMESPACE = "vibecode-workspaces"


def project(text: bytes = b"hello", **manifest: object) -> Project:
    files = (ProjectFile("README.md", text), ProjectFile("src/main.py", b"print()\n", mode=0o755))
    return Project(replace(Manifest("Shop", template="shop", ports=(8000,)), **manifest), files)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[FakeKubeServer]:
    async with FakeKubeServer(tmp_path / "volumes") as server:
        yield server


@pytest.fixture
async def editor() -> AsyncIterator[FakeEditor]:
    async with FakeEditor() as editor:
        yield editor


@pytest.fixture
async def kube(server: FakeKubeServer) -> AsyncIterator[Kube]:
    kube = Kube(server.connection, timeout=1.5, patience=3)
    await kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    yield kube
    await kube.close()


@pytest.fixture
def mended() -> list[str]:
    """What `mend_image` was asked for, each with what it said."""
    return []


@pytest.fixture
def workspaces(
    kube: Kube, editor: FakeEditor, server: FakeKubeServer, mended: list[str], tmp_path: Path
) -> KubernetesWorkspaces:
    async def mend_image(toolchains: Sequence[ToolchainName], _: Step) -> bool:
        mended.append(" ".join(("asked", *toolchains)))
        server.controller.waiting = None
        return True

    config = ClusterConfig(home=tmp_path, base_domain="x.test")
    return KubernetesWorkspaces(kube, config, "kind", "our/image:1", editor.port, mend_image, FakeImages().bring)


async def create(workspaces: KubernetesWorkspaces, made: Project, name: str = "shop") -> list[Event]:
    return [event async for event in stream(lambda steps: workspaces.create(name, made, steps))]


def files(server: FakeKubeServer, name: str = "shop") -> dict[str, bytes]:
    folder = server.root / NAMESPACE / name / "project"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


WHOLE = {"README.md": b"hello", "src/main.py": b"print()\n"}


async def test_a_workspace_is_made_filled_and_listed(
    workspaces: KubernetesWorkspaces, server: FakeKubeServer, editor: FakeEditor
) -> None:
    events = await create(workspaces, project())
    assert [event.step for event in events if isinstance(event, StepDone)][-1] == "ready"
    assert files(server) == WHOLE
    [found] = await workspaces.list()
    assert (found.name, found.state, found.template, found.engine) == ("shop", "running", "shop", "kind")
    assert found.url == f"http://shop.x.test:{editor.port}/"
    assert found.ports == {8000: f"http://8000-shop.x.test:{editor.port}/"}
    assert found.created is not None
    assert found.idle_since is None
    assert await workspaces.get("shop") == found


async def test_idle_since_is_when_the_editor_last_heard_from_a_browser(
    workspaces: KubernetesWorkspaces, editor: FakeEditor
) -> None:
    await create(workspaces, project())
    editor.last_heartbeat = 1_750_000_000_000
    assert (await workspaces.get("shop")).idle_since == datetime.fromtimestamp(1_750_000_000, UTC)


async def test_stop_start_and_delete(workspaces: KubernetesWorkspaces, server: FakeKubeServer) -> None:
    await create(workspaces, project())
    await create(workspaces, project(), "other")
    for _ in range(2):
        async for _ in stream(lambda steps: workspaces.stop("shop", steps)):
            pass
        assert (await workspaces.get("shop")).state == "stopped"
    with pytest.raises(WorkspaceStoppedError):
        await workspaces.exec("shop", ["true"])
    async for _ in stream(lambda steps: workspaces.start("shop", steps)):
        pass
    assert (await workspaces.get("shop")).state == "running"
    async for _ in stream(lambda steps: workspaces.delete("shop", steps)):
        pass
    assert [one.name for one in await workspaces.list()] == ["other"]
    left = {key[2] for key in server.store.objects if key[1] == NAMESPACE and key[0] != "pods"}
    assert left == {"other", "packages.cache"}  # what all share stays
    with pytest.raises(WorkspaceNotFoundError):
        await workspaces.get("shop")


async def test_an_evicted_pod_that_is_left_over_does_not_keep_a_workspace_from_ending(
    workspaces: KubernetesWorkspaces, server: FakeKubeServer, kube: Kube
) -> None:
    await create(workspaces, project())
    [pod] = await kube.list("Pod", NAMESPACE)
    own = {key: pod["metadata"][key] for key in ("namespace", "labels")}
    evicted = {"apiVersion": "v1", "kind": "Pod", "metadata": {**own, "name": "evicted"}, "spec": pod["spec"]}
    await kube.create(evicted)
    await kube.patch("Pod", "evicted", NAMESPACE, {"status": {"phase": "Failed"}}, subresource="status")
    async with asyncio.timeout(10):
        async for _ in stream(lambda steps: workspaces.delete("shop", steps)):
            pass
    assert await kube.list("Pod", NAMESPACE) == []


@pytest.mark.parametrize(
    "fault", [Refuse(429, retry_after=0), Refuse(500), Refuse(503), Cut(None), Silence()], ids=lambda one: repr(one)
)
@pytest.mark.parametrize("request_number", [0, 2, 4, 6])
async def test_a_server_that_stumbles_once_does_not_stop_a_creation(
    workspaces: KubernetesWorkspaces, server: FakeKubeServer, kube: Kube, fault: object, request_number: int
) -> None:
    """Creates are not repeated blindly, so those may fail with a name; called again, the same call completes."""
    server.faults.extend([None] * request_number)  # pyright: ignore[reportArgumentType]
    server.faults.append(fault)  # pyright: ignore[reportArgumentType]
    try:
        await create(workspaces, project())
    except (ApiError, ClusterUnreachableError):
        server.faults.clear()
        await kube.delete("Lease", "create-shop", NAMESPACE)  # else its expiry would be waited for
        await create(workspaces, project())
    assert files(server) == WHOLE
    assert (await workspaces.get("shop")).state == "running"


async def test_a_server_that_says_nothing_ends_in_a_named_error(
    workspaces: KubernetesWorkspaces, server: FakeKubeServer
) -> None:
    server.faults.extend([Silence()] * 50)
    with pytest.raises(ClusterUnreachableError):
        await create(workspaces, project())


async def test_a_full_volume_is_named_and_the_same_call_completes_once_there_is_room(
    workspaces: KubernetesWorkspaces, server: FakeKubeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = tmp_path / "full/tar"
    full.parent.mkdir()
    full.write_text("#!/bin/sh\nhead -c 512 >/dev/null\necho 'tar: No space left on device' >&2\nexit 2\n")
    full.chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(full.parent), prepend=":")
        with pytest.raises(VolumeFullError):
            await create(workspaces, project())
    assert files(server) == {}
    assert (await workspaces.get("shop")).state == "creating"
    await create(workspaces, project())
    assert files(server) == WHOLE


async def test_a_connection_lost_while_files_are_sent_leaves_nothing_half(
    workspaces: KubernetesWorkspaces, server: FakeKubeServer
) -> None:
    server.exec_faults.cut_after = 1000
    with pytest.raises(ClusterUnreachableError):
        await create(workspaces, project())
    assert files(server) == {}
    await create(workspaces, project())
    assert files(server) == WHOLE


@pytest.mark.parametrize("step", ["workspace", "pod", "seed", "ready"])
@pytest.mark.parametrize("event", [StepStarted, StepDone])
async def test_a_creation_that_was_cancelled_anywhere_goes_on_when_called_again(
    workspaces: KubernetesWorkspaces, server: FakeKubeServer, step: str, event: type[Event]
) -> None:
    async with aclosing(stream(lambda steps: workspaces.create("shop", project(), steps))) as events:
        async for one in events:
            if isinstance(one, event) and one.step == step:
                break
    assert (await workspaces.list())[0].state == "creating" if step != "workspace" or event is StepDone else True
    await create(workspaces, project())
    assert files(server) == WHOLE
    assert (await workspaces.get("shop")).state == "running"


async def test_a_finished_name_is_taken(workspaces: KubernetesWorkspaces, server: FakeKubeServer) -> None:
    await create(workspaces, project())
    with pytest.raises(WorkspaceExistsError, match="shop"):
        await create(workspaces, project())
    assert files(server) == WHOLE


async def test_an_unfinished_name_is_not_taken_over_by_another_project(
    workspaces: KubernetesWorkspaces, server: FakeKubeServer
) -> None:
    server.exec_faults.cut_after = 1000
    with pytest.raises(ClusterUnreachableError):
        await create(workspaces, project())
    with pytest.raises(WorkspaceExistsError, match="begun from something else"):
        await create(workspaces, project(b"another"))


@pytest.mark.parametrize("name", ["Shop", "auth", "1", "../x"])
async def test_a_bad_name_makes_nothing(workspaces: KubernetesWorkspaces, server: FakeKubeServer, name: str) -> None:
    before = set(server.store.objects)
    with pytest.raises(WorkspaceNameError):
        await create(workspaces, project(), name)
    assert set(server.store.objects) == before


async def test_a_living_creator_keeps_its_name_and_a_dead_one_does_not(kube: Kube) -> None:
    step = Step("workspace", lambda event: None)
    async with creating(kube, "shop", step):
        with pytest.raises(WorkspaceExistsError):
            async with creating(kube, "shop", step, expires=3):  # longer than two renewals are apart
                pytest.fail("two create the same workspace")
    async with creating(kube, "shop", step):
        holder = await kube.get("Lease", "create-shop", NAMESPACE)
    assert holder is not None
    dead = {**holder, "metadata": {"name": "create-shop", "namespace": NAMESPACE, "labels": {}}}
    await kube.create(dead)
    async with creating(kube, "shop", step, expires=0.1):
        assert await kube.get("Lease", "create-shop", NAMESPACE) is not None
    assert await kube.get("Lease", "create-shop", NAMESPACE) is None


async def test_an_image_that_the_node_lost_is_given_to_it_once(
    workspaces: KubernetesWorkspaces, server: FakeKubeServer, mended: list[str]
) -> None:
    server.controller.waiting = ("ImagePullBackOff", "not found")
    await create(workspaces, project())
    assert mended == ["asked"]
    assert files(server) == WHOLE


async def test_a_lost_image_is_mended_with_its_toolchains_when_made_and_when_started(
    workspaces: KubernetesWorkspaces, server: FakeKubeServer, mended: list[str]
) -> None:
    server.controller.waiting = ("ImagePullBackOff", "not found")
    await create(workspaces, project(toolchains=("go", "java")))
    async for _ in stream(lambda steps: workspaces.stop("shop", steps)):
        pass
    server.controller.waiting = ("ImagePullBackOff", "not found")
    async for _ in stream(lambda steps: workspaces.start("shop", steps)):
        pass
    assert mended == ["asked go java"] * 2


async def test_a_pod_that_is_replaced_once_its_files_are_there_is_waited_for(
    workspaces: KubernetesWorkspaces, server: FakeKubeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def send_and_lose(session: ExecSession, files: seed.Seed, step: Step) -> None:
        await sent(session, files, step)
        [pod] = await workspaces.kube.list("Pod", NAMESPACE)
        server.controller.waiting = ("ContainerCreating", "")
        await workspaces.kube.delete("Pod", pod["metadata"]["name"], NAMESPACE)

    sent = seed.send
    monkeypatch.setattr(seed, "send", send_and_lose)
    words: list[str] = []
    async for event in stream(lambda steps: workspaces.create("shop", project(), steps)):
        if isinstance(event, StepProgress) and event.step == "ready":
            words.append(event.text)
        if words[-1:] == ["preparing the container"] and server.controller.waiting is not None:
            server.controller.waiting = None
            await workspaces.kube.patch("Deployment", "shop", NAMESPACE, {"metadata": {"labels": {"looked": "at"}}})
    assert words == ["the pod was replaced; opening the page of the new one", "preparing the container"]
    assert (await workspaces.get("shop")).state == "running"


async def test_an_image_that_nobody_has_is_an_error_with_the_reason(
    workspaces: KubernetesWorkspaces, server: FakeKubeServer
) -> None:
    async def cannot(_: Sequence[ToolchainName], __: Step) -> bool:
        return False

    server.controller.waiting = ("ImagePullBackOff", "no such image")
    events: list[Event] = []

    async def run() -> None:
        mine = replace(workspaces, mend_image=cannot)
        async for event in stream(lambda steps: mine.create("shop", project(), steps)):
            events.append(event)

    with pytest.raises(ImagePullError, match="no such image"):
        await run()
    assert next(event.step for event in events if isinstance(event, StepFailed)) == "pod"
    assert (await workspaces.get("shop")).state == "failed"


async def test_a_port_is_opened_beside_those_that_are(
    workspaces: KubernetesWorkspaces, server: FakeKubeServer, editor: FakeEditor
) -> None:
    await create(workspaces, project())
    opened = await asyncio.gather(workspaces.open_port("shop", 9000), workspaces.open_port("shop", 9001))
    assert opened == [f"http://{port}-shop.x.test:{editor.port}/" for port in (9000, 9001)]
    assert sorted((await workspaces.get("shop")).ports) == [8000, 9000, 9001]
    ingress = server.store.get(("ingresses", NAMESPACE, "shop"))
    hosts = [rule["host"] for rule in ingress["spec"]["rules"]]
    assert hosts == ["shop.x.test", "8000-shop.x.test", "9000-shop.x.test", "9001-shop.x.test"]


async def test_an_extension_that_cannot_be_had_is_named_and_skipped(
    workspaces: KubernetesWorkspaces, server: FakeKubeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, script in {
        "curl": "exit 6",
        "code-server": 'echo "$2" >>"$HOME/installed"; case $2 in *bad*) echo "corrupt" >&2; exit 1;; esac',
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    events = await create(workspaces, project(extensions=("some.theme", "./good.vsix", "./bad.vsix")))
    [done] = [event for event in events if isinstance(event, StepDone) and event.step == "extensions"]
    assert done.note is not None
    assert "some.theme" in done.note
    assert "./bad.vsix was skipped: corrupt" in done.note
    assert (server.root / NAMESPACE / "shop/installed").read_text().split() == ["./good.vsix", "./bad.vsix"]
