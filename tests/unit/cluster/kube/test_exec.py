"""Commands over a connection that is refused, silent, cut, or stuck."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest

from cluster.engine import ExecSession, TerminalSize
from cluster.errors import ApiError, ClusterUnreachableError, KubernetesTooOldError
from cluster.kube.api import Kube
from cluster.kube.exec import KubeExec, open_exec
from cluster.kube.kinds import KINDS
from cluster.kube.transport import Transport
from tests.fakes.kube_server import Cut, FakeKubeServer, Fault, Refuse, Silence
from tests.unit.cluster.kube.conftest import NAMESPACE, POD, start_pod


async def start(kube: Kube, *command: str, stdin: bool = True) -> KubeExec:
    return await kube.exec(POD, NAMESPACE, command, container="main", stdin=stdin)


async def read(session: ExecSession) -> bytes:
    return b"".join([data async for _, data in session.output()])


@pytest.fixture
async def older(tmp_path: Path) -> AsyncIterator[Kube]:
    """A server that speaks v4 only."""
    async with FakeKubeServer(tmp_path, exec_protocols=("v4.channel.k8s.io",)) as server:
        start_pod(server)
        kube = Kube(server.connection)
        yield kube
        await kube.close()


async def test_an_older_server_runs_commands_but_cannot_end_their_input(older: Kube) -> None:
    session = await start(older, "sh", "-c", "read line; echo got $line")
    with pytest.raises(KubernetesTooOldError):
        await session.close_stdin()

    await session.write(b"hello\n")

    assert await read(session) == b"got hello\n"
    assert session.exit_code == 0


async def test_a_server_without_a_known_protocol_is_told(tmp_path: Path) -> None:
    async with FakeKubeServer(tmp_path, exec_protocols=()) as server:
        start_pod(server)
        kube = Kube(server.connection)
        with pytest.raises(KubernetesTooOldError):
            await start(kube, "true")


@pytest.mark.parametrize("fault", [Refuse(429), Refuse(503, retry_after=0)], ids=str)
async def test_a_command_that_was_not_begun_is_asked_again(server: FakeKubeServer, kube: Kube, fault: Fault) -> None:
    server.faults.append(fault)

    assert await read(await start(kube, "echo", "once")) == b"once\n"
    assert len(server.requests) == 2


@pytest.mark.parametrize("fault", [Refuse(500, message="no such luck"), Refuse(403), Silence(), Cut()], ids=str)
async def test_a_command_that_may_have_begun_is_not(server: FakeKubeServer, kube: Kube, fault: Fault) -> None:
    server.faults.append(fault)
    begun = monotonic()

    with pytest.raises(ApiError if isinstance(fault, Refuse) else ClusterUnreachableError) as failed:
        await start(kube, "true")

    if fault == Refuse(500, message="no such luck"):
        assert failed.value.detail == "no such luck"
    assert len(server.requests) == 1
    assert monotonic() - begun < 2.0


async def test_a_command_whose_process_was_lost_before_it_ran_is_started_again(
    server: FakeKubeServer, kube: Kube
) -> None:
    server.exec_faults.lost_starts = 2

    session = await start(kube, "sh", "-c", "cat; echo end")
    await session.write(b"hello\n")
    await session.close_stdin()

    assert await read(session) == b"hello\nend\n"
    assert session.exit_code == 0


async def test_a_process_that_is_lost_again_and_again_is_told(server: FakeKubeServer, kube: Kube) -> None:
    server.exec_faults.lost_starts = 3

    session = await start(kube, "true")

    with pytest.raises(ApiError, match="unable to start container process"):
        await read(session)


async def test_a_connection_that_is_cut_in_the_input_is_told(server: FakeKubeServer, kube: Kube) -> None:
    server.exec_faults.cut_after = 1_000_000
    session = await start(kube, "cat")

    async def feed() -> None:
        for _ in range(100):
            await session.write(bytes(100_000))

    with pytest.raises(ClusterUnreachableError, match="lost"):
        await asyncio.gather(read(session), feed())
    with pytest.raises(RuntimeError):
        _ = session.exit_code
    await session.close()


async def test_a_full_disk_is_heard(server: FakeKubeServer, kube: Kube) -> None:
    server.exec_faults.disk_full_after = 100_000
    session = await start(kube, "tar", "-x", "-f", "-")

    async def feed() -> None:
        await session.write(bytes(3_000_000))
        await session.close_stdin()

    printed, _ = await asyncio.gather(read(session), feed())

    assert b"No space left on device" in printed
    assert session.exit_code == 2


async def test_a_silent_connection_ends_within_its_bound(server: FakeKubeServer) -> None:
    server.exec_faults.silent = True
    transport = Transport(server.connection, timeout=1.0, patience=1.0)
    path = KINDS["Pod"].path(NAMESPACE, POD, "exec")
    session = await open_exec(transport, path, [("command", "true")], ping_every=0.05, silence=0.2)
    begun = monotonic()

    with pytest.raises(ClusterUnreachableError, match="nothing was heard"):
        await read(session)

    assert monotonic() - begun < 2.0
    await session.close()


async def test_a_quiet_command_is_waited_for(server: FakeKubeServer) -> None:
    transport = Transport(server.connection, timeout=1.0, patience=1.0)
    path = KINDS["Pod"].path(NAMESPACE, POD, "exec")
    params = [("container", "main"), ("command", "sleep"), ("command", "0.5")]

    session = await open_exec(transport, path, params, ping_every=0.02, silence=0.2)

    assert await read(session) == b""
    assert session.exit_code == 0


async def test_an_unread_session_is_not_taken_for_a_silent_one(server: FakeKubeServer) -> None:
    transport = Transport(server.connection, timeout=1.0, patience=1.0)
    path = KINDS["Pod"].path(NAMESPACE, POD, "exec")
    params = [("container", "main"), *(("command", word) for word in ("head", "-c", "20000000", "/dev/zero"))]
    session = await open_exec(transport, path, params, ping_every=0.02, silence=0.1)

    await asyncio.sleep(0.5)  # what is not read for five times the bound

    assert len(await read(session)) == 20_000_000
    assert session.exit_code == 0


async def test_input_waits_for_the_command(kube: Kube) -> None:
    """A command that reads nothing holds the writer up long before its gigabyte is in anybody's memory."""
    session = await start(kube, "sleep", "60")
    chunk, sent = bytes(1 << 20), 0

    async def feed() -> None:
        nonlocal sent
        while sent < 1024:
            await session.write(chunk)
            sent += 1

    feeding = asyncio.ensure_future(feed())
    before = -1
    while before != sent:
        before = sent
        await asyncio.wait([feeding], timeout=0.2)

    assert not feeding.done()
    assert 0 < sent < 32
    feeding.cancel()
    await asyncio.wait([feeding])
    await session.close()


async def test_output_waits_for_its_reader(server: FakeKubeServer, kube: Kube) -> None:
    script = "for n in $(seq 1000); do head -c 100000 /dev/zero; echo >>printed; done"
    session = await start(kube, "sh", "-c", script)
    printed = server.home(NAMESPACE, POD) / "printed"
    await anext(session.output())
    before, now = -1, 0
    while before != now or not now:
        before = now
        await asyncio.sleep(0.2)
        now = printed.stat().st_size if printed.exists() else 0

    assert now < 300  # of a hundred megabytes less than thirty
    await session.close()


async def test_leaving_a_stuck_command_takes_no_time(kube: Kube) -> None:
    session = await start(kube, "sh", "-c", "yes & sleep 60")
    feeding = asyncio.ensure_future(session.write(bytes(50_000_000)))
    await anext(session.output())
    begun = monotonic()

    await session.close()
    await feeding

    assert monotonic() - begun < 3.0
    with pytest.raises(ClusterUnreachableError, match="closed"):
        await read(session)


async def test_a_terminal_without_input_has_its_size(kube: Kube) -> None:
    session = await kube.exec(
        POD, NAMESPACE, ["sh", "-c", "stty size"], container="main", terminal=TerminalSize(columns=80, rows=24)
    )

    assert (await read(session)).strip() == b"24 80"
