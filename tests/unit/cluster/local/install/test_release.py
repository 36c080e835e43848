import asyncio
import os
import platform
import socket
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.errors import CodeServerChecksumError, CodeServerInstallError
from cluster.local.install.release import asset_name, release
from templates.events import Event, Step, StepProgress
from tests.fakes.assets import Assets, archive, serve_assets


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def assets() -> Iterator[Assets]:
    with serve_assets(asset_name(sys.platform, platform.machine())) as served:
        yield served


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "partial ü"
    folder.mkdir()
    return folder


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def step(events: list[Event]) -> Step:
    return Step("code-server", events.append)


async def test_the_release_is_unpacked_and_nothing_else_is_kept(
    folder: Path, assets: Assets, step: Step, events: list[Event]
) -> None:
    await release(folder, folder / "tree", step, releases=assets.address)

    assert os.access(folder / "tree/bin/code-server", os.X_OK)
    assert [one.name for one in folder.iterdir()] == ["tree"]
    fractions = [one.fraction for one in events if isinstance(one, StepProgress) and one.fraction is not None]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1


async def test_a_wrong_digest_keeps_nothing(folder: Path, assets: Assets, step: Step) -> None:
    assets.digest = "sha256:" + "0" * 64

    with pytest.raises(CodeServerChecksumError, match="0" * 64):
        await release(folder, folder / "tree", step, releases=assets.address)

    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("digest", [None, "", "sha512:" + "0" * 128, "sha256:abc"])
async def test_without_a_published_digest_nothing_is_fetched(
    folder: Path, assets: Assets, step: Step, digest: str | None
) -> None:
    assets.digest = digest

    with pytest.raises(CodeServerInstallError, match="publishes no SHA-256"):
        await release(folder, folder / "tree", step, releases=assets.address)

    assert len(assets.asked) == 1


async def test_what_has_arrived_is_not_fetched_again(folder: Path, assets: Assets, step: Step) -> None:
    assets.sent = 1000
    with pytest.raises(CodeServerInstallError, match="before all had arrived"):
        await release(folder, folder / "tree", step, releases=assets.address)
    assets.sent = None

    await release(folder, folder / "tree", step, releases=assets.address)

    assert assets.asked[-1][1] == "bytes=1000-"
    assert (folder / "tree/bin/code-server").exists()


async def test_a_server_that_cannot_go_on_is_asked_from_the_beginning(folder: Path, assets: Assets, step: Step) -> None:
    assets.sent, assets.ranges = 1000, False
    with pytest.raises(CodeServerInstallError):
        await release(folder, folder / "tree", step, releases=assets.address)
    assets.sent = None

    await release(folder, folder / "tree", step, releases=assets.address)

    assert (folder / "tree/bin/code-server").exists()


async def test_cancelling_keeps_what_has_arrived(folder: Path, assets: Assets) -> None:
    assets.sent, assets.stall = 1000, True
    arrived = asyncio.Event()
    work = asyncio.ensure_future(
        release(folder, folder / "tree", Step("code-server", lambda _: arrived.set()), releases=assets.address)
    )
    await arrived.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    [left] = folder.iterdir()
    assert left.stat().st_size == 1000


async def test_a_server_in_trouble(folder: Path, assets: Assets, step: Step) -> None:
    assets.status = 403

    with pytest.raises(CodeServerInstallError, match="403 Forbidden"):
        await release(folder, folder / "tree", step, releases=assets.address)


async def test_no_network(folder: Path, step: Step) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(CodeServerInstallError, match=r"127\.0\.0\.1 cannot be reached"):
        await release(folder, folder / "tree", step, releases=f"http://127.0.0.1:{port}")


async def test_a_server_that_never_answers(folder: Path, step: Step) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(CodeServerInstallError, match=r"did not answer within 0\.2 s"):
            await release(folder, folder / "tree", step, releases=address, answer_within=0.2)


def _member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    return member


@pytest.mark.parametrize(
    "member",
    [
        _member("/etc/evil"),
        _member("code-server-1/../../evil"),
        _member("code-server-1/link", tarfile.SYMTYPE, "/etc/passwd"),
        _member("code-server-1/bin/link", tarfile.SYMTYPE, "../../evil"),
        _member("code-server-1/link", tarfile.LNKTYPE, "../evil"),
        _member("code-server-1/pipe", tarfile.FIFOTYPE),
        _member("code-server-1/device", tarfile.CHRTYPE),
    ],
    ids=lambda member: member.name,
)
async def test_an_archive_that_leads_out_is_refused(
    folder: Path, assets: Assets, step: Step, member: tarfile.TarInfo
) -> None:
    assets.content = archive(member)

    with pytest.raises(CodeServerInstallError, match="archive"):
        await release(folder, folder / "tree", step, releases=assets.address)

    assert not (folder / "evil").exists()
    assert not (folder.parent / "evil").exists()


async def test_links_within_the_archive_work(folder: Path, assets: Assets, step: Step) -> None:
    assets.content = archive(
        _member("code-server-1/lib/link", tarfile.SYMTYPE, "../bin/code-server"),
        _member("code-server-1/hard", tarfile.LNKTYPE, "code-server-1/bin/code-server"),
    )

    await release(folder, folder / "tree", step, releases=assets.address)

    assert (folder / "tree/lib/link").read_bytes() == (folder / "tree/hard").read_bytes()


async def test_what_is_no_archive_is_told(folder: Path, assets: Assets, step: Step) -> None:
    assets.content = b"<html>sign in to this network</html>"

    with pytest.raises(CodeServerInstallError, match="cannot be unpacked"):
        await release(folder, folder / "tree", step, releases=assets.address)


@pytest.mark.parametrize(
    ("system", "machine", "ending"),
    [
        ("linux", "x86_64", "linux-amd64.tar.gz"),
        ("linux", "aarch64", "linux-arm64.tar.gz"),
        ("darwin", "arm64", "macos-arm64.tar.gz"),
    ],
)
def test_the_asset_for_each_machine(system: str, machine: str, ending: str) -> None:
    assert asset_name(system, machine).endswith(ending)


@pytest.mark.parametrize(("system", "machine"), [("linux", "riscv64"), ("win32", "AMD64")])
def test_a_machine_without_a_release(system: str, machine: str) -> None:
    with pytest.raises(CodeServerInstallError, match="is not published for"):
        asset_name(system, machine)
