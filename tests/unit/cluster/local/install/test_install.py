import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.errors import CodeServerChecksumError, CodeServerInstallError
from cluster.local.install.install import Way, install_code_server
from cluster.local.install.program import find_program
from templates.events import Step


@pytest.fixture
def config(tmp_path: Path) -> ClusterConfig:
    return ClusterConfig(home=tmp_path / "a home ü")


@pytest.fixture
def step() -> Step:
    return Step("code-server", lambda _: None)


def writes(script: str, mode: int = 0o755) -> Way:
    """A way that puts this script in place."""

    async def way(_: Path, tree: Path, __: Step) -> None:
        (tree / "bin").mkdir(parents=True, exist_ok=True)
        (tree / "bin/code-server").write_text(script)
        (tree / "bin/code-server").chmod(mode)

    return way


def fails(error: Exception) -> Callable[[Path, Path, Step], Awaitable[None]]:
    async def way(*_: object) -> None:
        raise error

    return way


WORKS = writes("#!/bin/sh\necho 4.0.0\n")


async def test_the_first_way_that_works_is_taken(config: ClusterConfig, step: Step) -> None:
    program = await install_code_server(config, step, ways=(fails(CodeServerInstallError("no network")), WORKS))

    assert program == find_program(config.home, {"PATH": ""})
    assert sorted(one.name for one in config.home.iterdir()) == ["code-server", "code-server.lock"]


async def test_trying_it_out_leaves_nothing_in_the_persons_home(
    config: ClusterConfig, step: Step, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home := tmp_path / "person").mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    writing = writes('#!/bin/sh\ntouch "$HOME/config" "$XDG_CONFIG_HOME/config.yaml"\n')

    await install_code_server(config, step, ways=(writing,))

    assert list(home.iterdir()) == []


async def test_one_that_does_not_run_here_is_not_kept(config: ClusterConfig, step: Step) -> None:
    broken = writes("#!/bin/sh\necho 'no such libc' >&2\nexit 1\n")

    with pytest.raises(CodeServerInstallError, match="does not run here: no such libc"):
        await install_code_server(config, step, ways=(broken,))

    assert find_program(config.home, {"PATH": ""}) is None


async def test_a_folder_without_exec_is_told_with_what_helps(config: ClusterConfig, step: Step) -> None:
    with pytest.raises(CodeServerInstallError, match="noexec") as raised:
        await install_code_server(config, step, ways=(writes("#!/bin/sh\n", mode=0o600),))

    assert "VIBECODE_HOME" in raised.value.hint


async def test_every_reason_is_told(config: ClusterConfig, step: Step) -> None:
    ways = (fails(CodeServerInstallError("x cannot be reached.")), fails(CodeServerInstallError("npm is not well.")))

    with pytest.raises(CodeServerInstallError, match=r"x cannot be reached\. npm is not well\.") as raised:
        await install_code_server(config, step, ways=ways)

    assert "HTTPS_PROXY" in raised.value.hint


async def test_a_changed_download_is_not_gone_around(config: ClusterConfig, step: Step) -> None:
    with pytest.raises(CodeServerChecksumError):
        await install_code_server(config, step, ways=(fails(CodeServerChecksumError("changed")), WORKS))

    assert find_program(config.home, {"PATH": ""}) is None


async def test_of_two_at_once_one_installs(config: ClusterConfig) -> None:
    steps = [Step("code-server", lambda _: None) for _ in range(2)]

    one, other = await asyncio.gather(*(install_code_server(config, step, ways=(WORKS,)) for step in steps))

    assert one == other
    assert [step.note is None for step in steps].count(True) == 1


def _program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_path_comes_first(config: ClusterConfig, tmp_path: Path) -> None:
    _program(config.home / "code-server/bin/code-server")
    own = _program(tmp_path / "programs/code-server")

    assert find_program(config.home, {"PATH": str(tmp_path / "programs")}) == own


def test_the_helper_in_a_workspaces_terminal_is_no_code_server(config: ClusterConfig, tmp_path: Path) -> None:
    _program(tmp_path / "remote-cli/code-server")

    assert find_program(config.home, {"PATH": str(tmp_path / "remote-cli")}) is None
