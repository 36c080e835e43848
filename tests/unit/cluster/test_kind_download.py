import asyncio
import os
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.errors import KindChecksumError, KindDownloadError, KindUnpublishedError
from cluster.kind.download import VERSION, asset_name, download_kind, find_kind
from templates.events import Event, Step, StepProgress
from tests.fakes.releases import Releases, serve_releases

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def releases() -> Iterator[Releases]:
    with serve_releases() as served:
        yield served


@pytest.fixture
def config(tmp_path: Path) -> ClusterConfig:
    return ClusterConfig(home=tmp_path / "home")


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def step(events: list[Event]) -> Step:
    return Step("kind", events.append)


def _kept(config: ClusterConfig) -> list[str]:
    """What there is in the folder of our own programs."""
    folder = config.home / "bin"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


async def test_the_release_is_put_in_place_and_can_run(
    config: ClusterConfig, releases: Releases, step: Step, events: list[Event]
) -> None:
    path = await download_kind(config, step, releases=releases.address)

    assert path == config.home / "bin" / "kind"
    assert path.read_bytes() == releases.program
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert _kept(config) == ["kind"]
    asset = f"/{VERSION}/{asset_name(sys.platform, os.uname().machine)}"
    assert releases.asked == [f"{asset}.sha256sum", asset]
    fractions = [event.fraction for event in events if isinstance(event, StepProgress)]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1


async def test_a_redirect_is_followed(config: ClusterConfig, releases: Releases, step: Step) -> None:
    releases.redirects = True

    await download_kind(config, step, releases=releases.address)

    assert _kept(config) == ["kind"]
    assert all(path.startswith("/cdn/") for path in releases.asked)


async def test_a_wrong_checksum_keeps_nothing(config: ClusterConfig, releases: Releases, step: Step) -> None:
    releases.checksum = "0" * 64

    with pytest.raises(KindChecksumError) as raised:
        await download_kind(config, step, releases=releases.address)

    assert "0" * 64 in raised.value.detail
    assert _kept(config) == []


async def test_a_failed_download_leaves_the_program_that_was_there(
    config: ClusterConfig, releases: Releases, step: Step
) -> None:
    older = await download_kind(config, step, releases=releases.address)
    before = older.read_bytes()
    releases.program, releases.checksum = b"something else", "0" * 64

    with pytest.raises(KindChecksumError):
        await download_kind(config, step, releases=releases.address)

    assert older.read_bytes() == before


@pytest.mark.parametrize("checksum", ["", "<html>not found</html>", "abc123"])
async def test_a_checksum_that_is_none_is_told_before_anything_is_fetched(
    config: ClusterConfig, releases: Releases, step: Step, checksum: str
) -> None:
    releases.checksum = checksum

    with pytest.raises(KindDownloadError, match="holds no SHA-256"):
        await download_kind(config, step, releases=releases.address)

    assert len(releases.asked) == 1


async def test_a_truncated_body_is_told_as_such(config: ClusterConfig, releases: Releases, step: Step) -> None:
    releases.sent = 100_000

    with pytest.raises(KindDownloadError, match="ended the connection before all had arrived"):
        await download_kind(config, step, releases=releases.address)

    assert _kept(config) == []


async def test_what_is_far_too_long_is_not_fetched(config: ClusterConfig, releases: Releases, step: Step) -> None:
    releases.claimed = 10**12

    with pytest.raises(KindDownloadError, match="so it is not a release of kind"):
        await download_kind(config, step, releases=releases.address)

    assert _kept(config) == []


async def test_a_release_that_is_not_there(config: ClusterConfig, releases: Releases, step: Step) -> None:
    releases.status = 404

    with pytest.raises(KindUnpublishedError, match=r"There is nothing at http://127\.0\.0\.1"):
        await download_kind(config, step, releases=releases.address)


async def test_a_server_in_trouble(config: ClusterConfig, releases: Releases, step: Step) -> None:
    releases.status = 503

    with pytest.raises(KindDownloadError, match="503 Service Unavailable"):
        await download_kind(config, step, releases=releases.address)


async def test_no_network(config: ClusterConfig, step: Step) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(KindDownloadError) as raised:
        await download_kind(config, step, releases=f"http://127.0.0.1:{port}")

    assert "127.0.0.1 cannot be reached" in raised.value.detail
    assert "HTTPS_PROXY" in raised.value.hint


async def test_a_server_that_never_answers(config: ClusterConfig, step: Step) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"

        with pytest.raises(KindDownloadError, match=r"did not answer within 0\.2 s"):
            await download_kind(config, step, releases=address, answer_within=0.2)


async def test_a_server_that_stops_in_the_middle(config: ClusterConfig, releases: Releases, step: Step) -> None:
    releases.sent, releases.stall = 100_000, True

    with pytest.raises(KindDownloadError, match=r"did not answer within 0\.2 s"):
        await download_kind(config, step, releases=releases.address, answer_within=0.2)

    assert _kept(config) == []


async def test_a_folder_that_cannot_be_written(config: ClusterConfig, releases: Releases, step: Step) -> None:
    config.home.mkdir()
    (config.home / "bin").write_text("a file where the folder should be")

    with pytest.raises(KindDownloadError) as raised:
        await download_kind(config, step, releases=releases.address)

    assert str(config.home / "bin") in raised.value.detail
    assert "can be written" in raised.value.hint


async def test_cancelling_leaves_nothing(
    config: ClusterConfig, releases: Releases, step: Step, events: list[Event]
) -> None:
    releases.sent, releases.stall = 100_000, True
    arrived = asyncio.Event()
    seen = Step("kind", lambda _: arrived.set())
    task = asyncio.ensure_future(download_kind(config, seen, releases=releases.address))
    await arrived.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task

    assert _kept(config) == []


async def test_a_download_that_was_killed_is_completed_by_the_next_and_cleared_away(
    config: ClusterConfig, releases: Releases, step: Step
) -> None:
    releases.sent, releases.stall = 100_000, True
    program = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from cluster.config import ClusterConfig\n"
        "from cluster.kind.download import download_kind\n"
        "from templates.events import Step\n"
        "step = Step('kind', lambda event: print('arrives', flush=True))\n"
        "asyncio.run(download_kind(ClusterConfig(home=Path(sys.argv[1])), step, releases=sys.argv[2]))\n"
    )
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(config.home), releases.address, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"arrives\n"
    child.kill()
    await child.communicate()
    [left] = _kept(config)
    assert left != "kind"
    os.utime(config.home / "bin" / left, (0, 0))  # long ago: one that is still being written stays
    releases.sent, releases.stall = None, False

    await download_kind(config, step, releases=releases.address)

    assert _kept(config) == ["kind"]


async def test_two_at_once_do_not_harm_each_other(config: ClusterConfig, releases: Releases, step: Step) -> None:
    one, other = await asyncio.gather(
        download_kind(config, step, releases=releases.address), download_kind(config, step, releases=releases.address)
    )

    assert one == other
    assert one.read_bytes() == releases.program
    assert _kept(config) == ["kind"]


@pytest.mark.parametrize(
    ("system", "machine", "name"),
    [
        ("linux", "x86_64", "kind-linux-amd64"),
        ("linux", "aarch64", "kind-linux-arm64"),
        ("darwin", "arm64", "kind-darwin-arm64"),
        ("darwin", "x86_64", "kind-darwin-amd64"),
    ],
)
def test_the_asset_for_each_machine(system: str, machine: str, name: str) -> None:
    assert asset_name(system, machine) == name


@pytest.mark.parametrize(("system", "machine"), [("linux", "riscv64"), ("win32", "AMD64"), ("freebsd14", "amd64")])
def test_a_machine_without_a_release(system: str, machine: str) -> None:
    with pytest.raises(KindUnpublishedError, match="is not published for"):
        asset_name(system, machine)


def _program(path: Path, mode: int = 0o755) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(mode)
    return path


def test_kind_is_found_on_path(config: ClusterConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))
    assert find_kind(config) is None

    program = _program(tmp_path / "programs" / "kind")

    assert find_kind(config) == program


def test_our_own_download_comes_first(config: ClusterConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))
    _program(tmp_path / "programs" / "kind")

    own = _program(config.home / "bin" / "kind")

    assert find_kind(config) == own


def test_a_download_that_cannot_run_does_not_count(config: ClusterConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    _program(config.home / "bin" / "kind", 0o600)

    assert find_kind(config) is None
