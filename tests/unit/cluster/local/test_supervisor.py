import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cluster.errors import WorkspaceFailedError, WorkspaceStoppedError
from cluster.local.editor import command, environment
from cluster.local.folders import Sockets, WorkspaceFolder
from cluster.local.limits import Confinement, Limits
from cluster.local.processes import lives
from cluster.local.recipe import Recipe
from cluster.local.records import Record, change_wanted, read_process, write_record
from cluster.local.session import PipedSession
from cluster.local.supervisor import Editor, tail
from cluster.manifests.workspace import Address

UNLIMITED = Confinement(Limits(2**30), None, None, None, "")
Make = Callable[..., Editor]


@pytest.fixture
def sockets(tmp_path: Path) -> Sockets:
    (tmp_path / "s").mkdir(mode=0o700)
    return Sockets(tmp_path / "s")


@pytest.fixture
async def make(tmp_path: Path, code_server: Path, sockets: Sockets) -> AsyncIterator[Make]:
    """An editor under supervision; all are stopped in the end."""
    made: list[Editor] = []

    def make(name: str = "shop", *, base: str = "vibecode.localhost", pauses: tuple[float, ...] = (0, 0, 0)) -> Editor:
        folder = WorkspaceFolder(tmp_path / name)
        if not folder.path.exists():
            folder.path.mkdir()
            write_record(folder, Record("abc", datetime.now(UTC), seeded=True))
        line = command(code_server, folder, sockets, Address(name, base, 8080))
        recipe = Recipe(folder, sockets, line, environment(folder, sockets, os.environ), UNLIMITED)
        made.append(Editor(recipe, pauses=pauses))
        return made[-1]

    yield make
    for one in made:
        await one.stop()


def process(tmp_path: Path) -> int:
    found = read_process(WorkspaceFolder(tmp_path / "shop"))
    assert found is not None
    return found.identity.pid


async def test_it_listens_where_the_proxy_is_told(make: Make, sockets: Sockets) -> None:
    editor = make()
    assert editor.socket is None

    await editor.listening()

    assert (editor.state, editor.socket) == ("running", sockets.editor("shop"))
    assert await editor.well()


async def test_one_that_ends_again_and_again_is_given_up_and_explained(make: Make, tmp_path: Path) -> None:
    editor = make("dies", pauses=(0, 0, 0, 0, 0))

    with pytest.raises(WorkspaceFailedError, match="it has no port to listen on") as raised:
        await editor.listening()

    assert "3 times" in raised.value.detail
    assert (editor.state, editor.socket, await editor.well()) == ("failed", None, False)
    assert (
        tail(tmp_path / "dies/editor.log", 9)
        == (
            "code-server starts dies",
            "it has no port to listen on",
        )
        * 3
    )


async def test_one_that_ran_is_started_again_until_the_pauses_are_used_up(make: Make, tmp_path: Path) -> None:
    editor = make(pauses=(0, 0))
    seen = set[int]()
    for _ in range(3):
        await editor.listening()
        seen.add(pid := process(tmp_path))
        os.kill(pid, signal.SIGKILL)
        while editor.state == "running":
            await asyncio.sleep(0)

    with pytest.raises(WorkspaceFailedError, match="exit code -9"):
        await editor.listening()
    assert len(seen) == 3


async def test_one_that_was_ended_on_purpose_is_not_started_again(make: Make, tmp_path: Path) -> None:
    editor = make()
    await editor.listening()
    change_wanted(WorkspaceFolder(tmp_path / "shop"), "stopped")

    os.kill(process(tmp_path), signal.SIGKILL)
    while editor.state == "running":
        await asyncio.sleep(0)

    with pytest.raises(WorkspaceStoppedError, match="shop was stopped while it was being started"):
        await editor.listening()


async def test_one_that_is_not_wanted_any_more_is_not_started(make: Make, tmp_path: Path) -> None:
    folder = WorkspaceFolder(tmp_path / "shop")
    folder.path.mkdir()
    write_record(folder, Record("abc", datetime.now(UTC), seeded=True, wanted="stopped"))

    with pytest.raises(WorkspaceStoppedError, match="shop was stopped while it was being started"):
        await make().listening()

    assert not folder.log.exists()


async def test_an_editor_that_cannot_be_noted_does_not_run(make: Make, tmp_path: Path) -> None:
    (tmp_path / "shop/process.json/in the way").mkdir(parents=True)
    write_record(WorkspaceFolder(tmp_path / "shop"), Record("abc", datetime.now(UTC), seeded=True))

    with pytest.raises(WorkspaceFailedError, match="cannot be started"):
        await make().listening()

    assert tail(tmp_path / "shop/editor.log", 1) == ()
    (tmp_path / "shop/process.json/in the way").rmdir()
    (tmp_path / "shop/process.json").rmdir()


async def test_another_supervision_adopts_what_runs(make: Make, tmp_path: Path) -> None:
    first = make()
    await first.listening()
    before = process(tmp_path)
    await first.let_go()

    second = make()
    await second.listening()

    assert process(tmp_path) == before


async def test_a_new_start_spares_what_did_not_come_from_the_editor(
    make: Make, tmp_path: Path, sockets: Sockets
) -> None:
    """Files that are on their way, or a command that somebody runs in the workspace."""
    folder = WorkspaceFolder(tmp_path / "shop")
    first = make()
    await first.listening()
    await first.let_go()
    beside = await PipedSession.start(("cat",), folder.home, environment(folder, sockets, os.environ))
    try:
        await make(base="other.localhost").listening()
        await beside.write(b"still here")
        await beside.close_stdin()
        assert b"".join([data async for _, data in beside.output()]) == b"still here"
    finally:
        await beside.close()
    assert beside.exit_code == 0


async def test_what_was_started_otherwise_is_started_anew(make: Make, tmp_path: Path) -> None:
    first = make()
    await first.listening()
    before = read_process(WorkspaceFolder(tmp_path / "shop"))
    assert before is not None
    await first.let_go()

    await make(base="other.localhost").listening()

    assert not lives(before.identity)


async def test_a_long_log_is_begun_anew(make: Make, tmp_path: Path) -> None:
    log = tmp_path / "shop/editor.log"
    log.parent.mkdir()
    write_record(WorkspaceFolder(log.parent), Record("abc", datetime.now(UTC), seeded=True))
    log.write_bytes(b"old\n" * 3 * 2**20)

    await make().listening()

    assert tail(log, 9) == ("code-server starts shop",)
    assert tail(log.with_suffix(".log.1"), 1) == ("old",)


def test_a_line_without_end_is_cut(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(f"Error\n{'x' * 20_000}\n")
    assert tail(tmp_path / "log", 5) == ("Error", f"{'x' * 300}…")


def test_the_tail_of_a_log_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert tail(tmp_path / "log", 5) == ()


def test_what_a_workspace_inherits(tmp_path: Path, sockets: Sockets) -> None:
    environ = {
        "PATH": "/usr/bin",
        "LC_ALL": "C",
        "HTTPS_PROXY": "http://proxy",
        "PIP_INDEX_URL": "https://mirror",
        "HOME": "/home/me",
        "XDG_CONFIG_HOME": "/home/me/.config",
        "DD_API_KEY": "secret",
        "VIBECODE_AI_KEY": "secret",
        "SSH_AUTH_SOCK": "/agent",
        "NODE_OPTIONS": "--inspect",
    }
    folder = WorkspaceFolder(tmp_path / "shop")

    found = environment(folder, sockets, environ, "/ours/bin")

    path = f"{folder.home}/.local/bin:/usr/bin:/ours/bin"
    assert found == {
        "PATH": path,
        "VIBECODE_PATH": path,
        "LC_ALL": "C",
        "HTTPS_PROXY": "http://proxy",
        "PIP_INDEX_URL": "https://mirror",
        "SHELL": "/bin/sh",
        "HOME": str(folder.home),
        "TMPDIR": str(sockets.temporary("shop")),
        "XDG_RUNTIME_DIR": str(sockets.runtime("shop")),
        "VIBECODE_WORKSPACE": "shop",
        "VIBECODE_WORKSPACE_FOLDER": str(folder.path),
    }


def test_shared_caches_are_told_to_every_package_manager_unless_a_person_has_their_own(
    tmp_path: Path, sockets: Sockets
) -> None:
    folder = WorkspaceFolder(tmp_path / "shop")

    shared = environment(folder, sockets, {"UV_CACHE_DIR": "/mine", "GOMODCACHE": "/mine-too"}, packages="/shared")

    assert shared["VIBECODE_PACKAGES"] == "/shared"
    caches = {name: value for name, value in shared.items() if "CACHE" in name}
    assert caches == {
        "UV_CACHE_DIR": "/mine",
        "NPM_CONFIG_CACHE": "/shared/npm",
        "PIP_CACHE_DIR": "/shared/pip",
        "GOMODCACHE": "/mine-too",
        "GOCACHE": "/shared/go/build",
    }
    assert not any("CACHE" in name for name in environment(folder, sockets, {}))


def test_a_workspace_finds_rust_where_the_persons_rustup_has_it(tmp_path: Path, sockets: Sockets) -> None:
    folder, home = WorkspaceFolder(tmp_path / "shop"), tmp_path / "me"
    (home / ".rustup").mkdir(parents=True)

    assert environment(folder, sockets, {"HOME": str(home)})["RUSTUP_HOME"] == str(home / ".rustup")
    assert environment(folder, sockets, {"HOME": str(home), "RUSTUP_HOME": "/opt/rust"})["RUSTUP_HOME"] == "/opt/rust"
    assert "RUSTUP_HOME" not in environment(folder, sockets, {"HOME": str(tmp_path)})
