"""The engine with its real host, proxy and processes; only code-server is a fake."""

import asyncio
import json
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cluster import ready
from cluster.config import ClusterConfig
from cluster.engine import Engine
from cluster.errors import (
    HomeUnusableError,
    PortTakenError,
    VolumeFullError,
    WorkspaceFailedError,
    WorkspaceStoppedError,
)
from cluster.kind.ports import free_port
from cluster.local.contact import read_contact
from cluster.local.editor import MARKER
from cluster.local.engine import LocalEngine
from cluster.local.folders import SOCKET_PATH, LocalFolder, WorkspaceFolder
from cluster.local.locks import try_lock
from cluster.local.processes import Identity, belonging, identify, lives
from cluster.local.records import EditorProcess, read_process
from templates.events import StepProgress
from templates.project import Manifest, Project, ProjectFile
from tests.contract.test_engine_contract import PROJECT, EngineContract, EngineLifecycleContract, done, run
from tests.fakes.code_server import write_code_server


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder with the fake code-server, first on PATH."""
    with pytest.MonkeyPatch.context() as patch:
        folder = write_code_server(tmp_path_factory.mktemp("programs")).parent
        patch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        yield folder


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> ClusterConfig:
    return ClusterConfig(home=tmp_path_factory.mktemp("local") / "a home ü", http_port=free_port())


@pytest.fixture(scope="module")
async def engine(config: ClusterConfig, programs: Path) -> AsyncIterator[LocalEngine]:
    """One for all, as a host takes a while to start; each test has a workspace of its own."""
    engine = LocalEngine(config)
    yield engine
    await done(engine.down())


@pytest.fixture
async def fresh(tmp_path: Path, programs: Path) -> AsyncIterator[LocalEngine]:
    """One that nothing was ever made in, with its home at `tmp_path`."""
    engine = LocalEngine(ClusterConfig(home=tmp_path, http_port=free_port()))
    yield engine
    await done(engine.down())


@pytest.fixture
def folder(config: ClusterConfig) -> LocalFolder:
    return LocalFolder(config.home)


@pytest.fixture
async def shop(engine: LocalEngine, folder: LocalFolder) -> AsyncIterator[WorkspaceFolder]:
    await done(engine.create("shop", PROJECT))
    yield folder.workspace("shop")
    if folder.workspace("shop").path.exists():
        await done(engine.delete("shop"))


@pytest.fixture
def stranger() -> Iterator["subprocess.Popen[bytes]"]:
    """A process that is none of ours."""
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as process:
        yield process
        process.kill()


def host_of(folder: LocalFolder) -> Identity:
    contact = read_contact(folder)
    assert contact is not None
    return contact.identity


def editor_of(shop: WorkspaceFolder) -> Identity:
    process = read_process(shop)
    assert process is not None
    return process.identity


class TestLocalEngine(EngineContract):
    """The contract's tests have names of their own, so that one engine does for all."""

    @pytest.fixture
    def engine(self, engine: LocalEngine) -> Engine:
        return engine


class TestLocalEngineLifecycle(EngineLifecycleContract):
    @pytest.fixture
    def engine(self, fresh: LocalEngine) -> Engine:
        return fresh


async def test_what_it_lacks_is_told(engine: LocalEngine) -> None:
    assert set(engine.lacks) == {"network-isolation", "autoscaling", "datadog-cluster-agent"}
    assert all(engine.lacks.values())


async def test_the_address_with_a_ticket_lets_in_once_and_no_list_has_it(
    engine: LocalEngine, shop: WorkspaceFolder
) -> None:
    address = await engine.entrance("shop")
    host, port = address.split("/")[2], int(address.split(":")[2].split("/")[0])
    plain = (await engine.workspace("shop")).url

    first, headers, _ = await ready.get(port, host, address)
    second, _, _ = await ready.get(port, host, address)
    without, _, _ = await ready.get(port, host, plain)

    assert (first, second, without) == (302, 401, 401)
    assert headers["location"] == plain
    assert "ticket" not in plain
    assert "vibecode-pass=" in headers["set-cookie"]


async def test_idle_since_is_what_the_editor_tells(engine: LocalEngine, shop: WorkspaceFolder) -> None:
    idle_since = (await engine.workspace("shop")).idle_since

    assert idle_since is not None
    assert idle_since.timestamp() == 1_700_000_000


async def test_a_command_has_the_workspaces_home_and_none_of_the_persons_secrets(
    engine: LocalEngine, shop: WorkspaceFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DD_API_KEY", "a secret")
    monkeypatch.setenv("VIBECODE_AI_KEY", "another")

    _, out, _ = await run(engine, "shop", "sh", "-c", 'echo "$HOME"; pwd; env')

    home, project, *variables = out.decode().splitlines()
    assert (home, project) == (str(shop.home), str(shop.project))
    assert not [line for line in variables if "secret" in line or "another" in line]
    [temporary] = [line.removeprefix("TMPDIR=") for line in variables if line.startswith("TMPDIR=")]
    assert Path(temporary).resolve() == shop.temporary
    assert len(temporary) + len("/node-cdp.4194304-01234567-0.sock") <= SOCKET_PATH  # what Node's debugger puts there


async def test_a_login_shell_keeps_the_path_of_the_editor(engine: LocalEngine, shop: WorkspaceFolder) -> None:
    """VS Code asks one for the environment of its terminals, and /etc/profile sets PATH anew."""
    _, inside, _ = await run(engine, "shop", "sh", "-c", 'echo "$PATH"')

    assert await run(engine, "shop", "bash", "-lc", 'echo "$PATH"') == (0, inside, b"")
    assert inside.decode().startswith(f"{shop.home}/.local/bin:")


async def test_what_a_person_could_read_of_it_is_for_them_alone(
    engine: LocalEngine, shop: WorkspaceFolder, folder: LocalFolder
) -> None:
    contact = read_contact(folder)
    assert contact is not None
    editor, control = contact.sockets.editor("shop"), contact.sockets.control
    for path in (folder.path, shop.path, shop.home, contact.sockets.path, contact.sockets.runtime("shop")):
        assert path.stat().st_mode & 0o077 == 0, path
    for path in (folder.host, folder.host_log, folder.keys, shop.record, shop.log, editor.parent / "x", control):
        assert not path.exists() or path.stat().st_mode & 0o077 == 0, path


async def test_a_host_that_was_killed_is_followed_by_one_that_adopts_its_editors(
    engine: LocalEngine, shop: WorkspaceFolder, folder: LocalFolder
) -> None:
    editor, url = editor_of(shop), (await engine.workspace("shop")).url
    os.kill(host_of(folder).pid, signal.SIGKILL)
    seen = await engine.workspace("shop")
    assert (seen.state, (await engine.status()).state) == ("stopped", "stopped")
    assert seen.reason is not None
    assert "vibecode start shop" in seen.reason

    await done(engine.up())
    await done(engine.start("shop"))

    found = await engine.workspace("shop")
    assert (found.state, found.url, editor_of(shop)) == ("running", url, editor)


async def test_another_setting_takes_another_host_and_keeps_the_editors(
    engine: LocalEngine, shop: WorkspaceFolder, folder: LocalFolder, config: ClusterConfig
) -> None:
    host, editor = host_of(folder), editor_of(shop)
    other = LocalEngine(replace(config, memory="1Gi"))

    await done(other.up())
    await done(other.start("shop"))

    assert host_of(folder) != host
    assert not lives(host)
    assert editor_of(shop) == editor
    assert "1024 MiB" in (await other.status()).parts["limits"]


async def test_of_many_at_once_one_starts_the_host(fresh: LocalEngine, tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path)

    await asyncio.gather(*(done(fresh.up()) for _ in range(4)))

    assert belonging(MARKER, str(folder.path)) == [host_of(folder)]


async def test_a_host_that_cannot_start_says_why(fresh: LocalEngine, tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path)
    folder.keys.mkdir(parents=True)

    with pytest.raises(HomeUnusableError, match="keys"):
        await done(fresh.up())

    folder.keys.rmdir()
    await done(fresh.up())


async def test_delete_without_a_host_leaves_nothing(
    engine: LocalEngine, shop: WorkspaceFolder, folder: LocalFolder
) -> None:
    editor = editor_of(shop)
    os.kill(host_of(folder).pid, signal.SIGKILL)

    await done(engine.delete("shop"))

    assert not lives(editor)
    assert not shop.path.exists()


async def test_a_workspace_that_is_deleted_while_its_host_starts_anew_stays_deleted(
    engine: LocalEngine, shop: WorkspaceFolder, folder: LocalFolder
) -> None:
    os.kill(host_of(folder).pid, signal.SIGKILL)

    await asyncio.gather(done(engine.delete("shop")), done(engine.up()))

    assert not belonging(MARKER, str(shop.path))
    assert not shop.path.exists()
    assert await engine.workspaces() == ()


async def test_a_start_ends_when_somebody_stops_the_workspace(engine: LocalEngine) -> None:
    async def stopped_by_another() -> None:
        async for event in engine.create("busy", PROJECT):
            if isinstance(event, StepProgress) and "503" in event.text:
                await done(engine.stop("busy"))

    with pytest.raises(WorkspaceStoppedError, match="busy was stopped while it was being started"):
        await stopped_by_another()

    await done(engine.delete("busy"))


async def test_a_creation_that_somebody_stops_says_so_while_it_copies_files_too(engine: LocalEngine) -> None:
    large = Project(Manifest("Large"), tuple(ProjectFile(f"{n}.bin", os.urandom(1 << 20)) for n in range(32)))

    async def stopped_by_another() -> None:
        async for event in engine.create("large", large):
            if isinstance(event, StepProgress) and event.text.endswith("MB sent"):
                await done(engine.stop("large"))

    with pytest.raises(WorkspaceStoppedError, match="large was stopped while it was being started"):
        await stopped_by_another()

    await done(engine.delete("large"))


async def test_an_editor_that_was_killed_is_started_again(engine: LocalEngine, shop: WorkspaceFolder) -> None:
    first = editor_of(shop)

    os.kill(first.pid, signal.SIGKILL)

    await until_another(shop, first)
    await done(engine.start("shop"))
    assert (await engine.workspace("shop")).state == "running"


async def test_one_that_cannot_start_is_explained_by_the_end_of_its_log(engine: LocalEngine) -> None:
    with pytest.raises(WorkspaceFailedError, match=r"exit code 3; the end of its log: it has no port to listen on"):
        await done(engine.create("dies-at-once", PROJECT))

    await done(engine.delete("dies-at-once"))


async def test_what_a_command_left_running_ends_with_its_workspace(
    engine: LocalEngine, shop: WorkspaceFolder, stranger: "subprocess.Popen[bytes]"
) -> None:
    """One that has lost its environment, too, would be found by its cgroup alone, which not every machine gives."""
    await run(engine, "shop", "sh", "-c", "setsid sleep 600 >/dev/null 2>&1 & sleep 600 >/dev/null 2>&1 &")
    before = belonging(MARKER, str(shop.path))
    assert len(before) >= 3

    await done(engine.stop("shop"))

    assert belonging(MARKER, str(shop.path)) == []
    assert not any(lives(one) for one in before)
    assert stranger.poll() is None


async def test_a_process_that_was_given_the_editors_number_is_left_alone(
    engine: LocalEngine, shop: WorkspaceFolder, stranger: "subprocess.Popen[bytes]", folder: LocalFolder
) -> None:
    record = read_process(shop)
    assert record is not None
    os.kill(host_of(folder).pid, signal.SIGKILL)
    os.kill(record.identity.pid, signal.SIGKILL)
    reused = EditorProcess(Identity(stranger.pid, record.identity.started), record.command)
    shop.process.write_bytes(reused.encode())

    await done(engine.start("shop"))
    assert editor_of(shop).pid != stranger.pid
    shop.process.write_bytes(reused.encode())
    await done(engine.delete("shop"))

    assert stranger.poll() is None


async def test_a_host_number_that_was_reused_is_left_alone(
    engine: LocalEngine, shop: WorkspaceFolder, stranger: "subprocess.Popen[bytes]", folder: LocalFolder
) -> None:
    os.kill(host_of(folder).pid, signal.SIGKILL)
    contact = json.loads(folder.host.read_text())
    contact["identity"]["pid"] = stranger.pid
    folder.host.write_text(json.dumps(contact))

    await done(engine.start("shop"))
    await done(engine.down())

    assert stranger.poll() is None


async def test_a_host_that_was_started_in_a_workspace_does_not_end_with_it(
    engine: LocalEngine, shop: WorkspaceFolder, folder: LocalFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.kill(host_of(folder).pid, signal.SIGKILL)
    monkeypatch.setenv(MARKER, str(shop.path))
    await done(engine.start("shop"))
    host = host_of(folder)

    await done(engine.delete("shop"))

    assert lives(host)


@pytest.mark.parametrize("content", [b"", b'{"digest": "abc", "crea', b"[]", b'{"created": 1}', b"\0\xff"])
async def test_a_damaged_record_loses_nobodys_work(
    engine: LocalEngine, shop: WorkspaceFolder, folder: LocalFolder, content: bytes
) -> None:
    (shop.project / "work.txt").write_text("kept")
    await done(engine.stop("shop"))
    shop.record.write_bytes(content)

    [found] = await engine.workspaces()
    assert (found.name, found.state, found.template, set(found.ports)) == ("shop", "stopped", "python-fastapi", {8000})
    await done(engine.start("shop"))

    assert await run(engine, "shop", "cat", "work.txt") == (0, b"kept", b"")


async def test_damaged_notes_about_processes_are_got_over(
    engine: LocalEngine, shop: WorkspaceFolder, folder: LocalFolder
) -> None:
    first, host = editor_of(shop), host_of(folder)
    shop.process.write_bytes(b'{"ident')
    folder.host.write_bytes(b"{")

    await done(engine.start("shop"))

    assert (await engine.workspace("shop")).state == "running"
    assert not lives(host)
    assert not lives(first)


async def test_a_host_waits_for_the_lock_of_one_that_was_killed(
    engine: LocalEngine, shop: WorkspaceFolder, folder: LocalFolder
) -> None:
    os.kill(host_of(folder).pid, signal.SIGKILL)
    while (lock := try_lock(folder.host_lock)) is None:
        await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(0.5, os.close, lock)

    await done(engine.start("shop"))

    assert (await engine.workspace("shop")).state == "running"


async def test_a_socket_that_was_left_over_is_replaced(
    engine: LocalEngine, shop: WorkspaceFolder, folder: LocalFolder
) -> None:
    contact = read_contact(folder)
    assert contact is not None
    await done(engine.stop("shop"))
    os.kill(host_of(folder).pid, signal.SIGKILL)
    assert contact.sockets.control.exists()
    left = contact.sockets.editor("shop")
    left.parent.mkdir(mode=0o700)
    left.write_text("no socket")

    await done(engine.start("shop"))

    assert (await engine.workspace("shop")).state == "running"


async def test_a_socket_that_was_removed_is_made_anew(
    engine: LocalEngine, shop: WorkspaceFolder, folder: LocalFolder
) -> None:
    contact = read_contact(folder)
    assert contact is not None
    contact.sockets.editor("shop").unlink()

    await done(engine.start("shop"))

    assert (await engine.workspace("shop")).state == "running"


async def test_a_home_with_a_long_path_has_its_sockets_elsewhere(programs: Path, tmp_path: Path) -> None:
    engine = LocalEngine(ClusterConfig(home=tmp_path / ("long" * 40), http_port=free_port()))
    await done(engine.create("shop", PROJECT))
    contact = read_contact(LocalFolder(tmp_path / ("long" * 40)))
    assert contact is not None
    assert not contact.sockets.path.is_relative_to(tmp_path)
    assert (await engine.workspace("shop")).state == "running"

    await done(engine.down())

    assert not contact.sockets.path.exists()


async def test_a_home_that_cannot_be_written_is_told(programs: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file where a folder should be")
    engine = LocalEngine(ClusterConfig(home=tmp_path / "file" / "home", http_port=free_port()))

    with pytest.raises(HomeUnusableError, match="Not a directory") as raised:
        await done(engine.create("shop", PROJECT))

    assert "VIBECODE_HOME" in raised.value.hint
    assert await engine.workspaces() == ()


async def test_a_disk_that_fills_up_while_files_arrive_is_told_and_got_over(
    engine: LocalEngine, programs: Path
) -> None:
    """The seam is PATH: a `tar` that says what the real one says then."""
    tar = programs / "tar"
    tar.write_text("#!/bin/sh\necho 'tar: README.md: Cannot write: No space left on device' >&2\nexit 2\n")
    tar.chmod(0o755)
    with pytest.raises(VolumeFullError) as raised:
        await done(engine.create("shop", PROJECT))
    assert "df -h" in raised.value.hint
    assert (await engine.workspace("shop")).state == "creating"
    tar.unlink()

    await done(engine.create("shop", PROJECT))

    assert await run(engine, "shop", "cat", "README.md") == (0, b"# A shop\n", b"")
    await done(engine.delete("shop"))


async def test_a_port_that_is_taken_is_told(programs: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        engine = LocalEngine(ClusterConfig(home=tmp_path / "home", http_port=server.getsockname()[1]))
        with pytest.raises(PortTakenError, match="is in use"):
            await done(engine.up())
    await done(engine.up())
    await done(engine.down())


async def test_down_leaves_nothing_even_where_the_notes_are_lost(fresh: LocalEngine, tmp_path: Path) -> None:
    await done(fresh.create("shop", PROJECT))
    folder = LocalFolder(tmp_path)
    shop = folder.workspace("shop")
    editor, host, contact = editor_of(shop), host_of(folder), read_contact(folder)
    assert contact is not None
    for path in (folder.host, shop.process, shop.record):
        path.unlink()

    await done(fresh.down())

    assert not lives(editor)
    assert not lives(host)
    assert not folder.path.exists()
    assert not contact.sockets.path.exists()


async def until_another(shop: WorkspaceFolder, first: Identity) -> None:
    async with asyncio.timeout(20):
        while (now := read_process(shop)) is None or now.identity == first or identify(now.identity.pid) is None:
            await asyncio.sleep(0.02)
