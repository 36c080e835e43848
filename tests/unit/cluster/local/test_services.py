"""Services of local workspaces: real processes of a fake program on PATH, with the real host."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.engine import ServiceStatus
from cluster.errors import ServiceNotFoundError, WorkspaceFailedError
from cluster.kind.ports import free_port, is_free
from cluster.local import service_states, services
from cluster.local.engine import LocalEngine
from cluster.local.folders import LocalFolder, WorkspaceFolder
from cluster.local.service_records import LocalService, read_services, variables, with_services, write_services
from cluster.service_programs import PROGRAMS, Place
from templates.events import Step, StepDone, Steps
from templates.services import ServiceName
from tests.contract.test_engine_contract import PROJECT, done, run
from tests.fakes.code_server import write_code_server

REDIS = f"""#!{sys.executable} -I
import os, socket, sys
settings = dict(line.split(" ", 1) for line in open(sys.argv[1]).read().splitlines())
with open(os.path.join(settings["dir"].strip('"'), "starts"), "a") as starts:
    starts.write(f"{{os.getpid()}}\\n")
server = socket.create_server((settings["bind"], int(settings["port"])))
while True:
    one, _ = server.accept()
    one.sendall(settings["requirepass"].encode())
    one.close()
"""
"""Tells whoever connects its password, and in `starts` its processes."""

SHOP = replace(PROJECT, manifest=replace(PROJECT.manifest, services=("redis",)))


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the fake code-server, first on PATH."""
    folder = write_code_server(tmp_path / "programs").parent
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@pytest.fixture
def redis(programs: Path) -> Path:
    program = programs / "redis-server"
    program.write_text(REDIS)
    program.chmod(0o755)
    return program


@pytest.fixture
async def engine(tmp_path: Path, programs: Path) -> AsyncIterator[LocalEngine]:
    engine = LocalEngine(ClusterConfig(home=tmp_path / "a home ü", http_port=free_port()))
    yield engine
    await done(engine.down())


@pytest.fixture
def shop(tmp_path: Path) -> WorkspaceFolder:
    return LocalFolder(tmp_path / "a home ü").workspace("shop")


@pytest.fixture
def squatter() -> Iterator["subprocess.Popen[bytes]"]:
    """Takes the port that it is told on its standard input."""
    script = "import socket,time; one = socket.create_server(('127.0.0.1', int(input()))); print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process
        process.kill()


def starts(shop: WorkspaceFolder) -> list[int]:
    file = shop.services / "redis/data/starts"
    return [int(pid) for pid in file.read_text().split()] if file.exists() else []


async def told(engine: LocalEngine) -> str:
    _, out, _ = await run(engine, "shop", "sh", "-c", 'printf %s "$REDIS_URL"')
    return out.decode()


async def password(url: str) -> str:
    """What the fake says to whoever connects."""
    host, _, port = url.partition("@")[2].removesuffix("/0").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    said = await reader.read()
    writer.close()
    return said.decode()


async def test_it_runs_with_the_workspace_on_loopback_with_a_password(
    engine: LocalEngine, shop: WorkspaceFolder, redis: Path
) -> None:
    events = await done(engine.create("shop", SHOP))

    assert [event.title for event in events if isinstance(event, StepDone)][-1] == "Starting Redis beside shop"
    url = await told(engine)
    assert url.startswith("redis://:")
    assert "@127.0.0.1:" in url
    assert await password(url) == url.removeprefix("redis://:").partition("@")[0]
    assert {path.stat().st_mode & 0o077 for path in shop.services.rglob("*")} == {0}

    await done(engine.stop("shop"))
    [service] = read_services(shop)
    assert is_free(service.port)

    await done(engine.start("shop"))
    assert await told(engine) == url
    assert len(starts(shop)) == 2

    await done(engine.delete("shop"))
    assert is_free(service.port)
    assert not shop.path.exists()


async def test_one_that_ends_is_started_again(engine: LocalEngine, shop: WorkspaceFolder, redis: Path) -> None:
    await done(engine.create("shop", SHOP))
    os.kill(starts(shop)[0], signal.SIGKILL)
    async with asyncio.timeout(20):
        while len(starts(shop)) < 2:
            await asyncio.sleep(0.02)
    assert len(starts(shop)) == 2


async def test_a_port_that_somebody_has_taken_meanwhile_is_left_to_them(
    engine: LocalEngine, shop: WorkspaceFolder, redis: Path, squatter: "subprocess.Popen[bytes]"
) -> None:
    await done(engine.create("shop", SHOP))
    before = await told(engine)
    await done(engine.stop("shop"))
    assert squatter.stdin is not None
    assert squatter.stdout is not None
    squatter.stdin.write(f"{read_services(shop)[0].port}\n".encode())
    squatter.stdin.flush()
    squatter.stdout.readline()

    await done(engine.start("shop"))

    after = await told(engine)
    assert after.partition("@")[0] == before.partition("@")[0]
    assert after != before
    assert await password(after) == after.removeprefix("redis://:").partition("@")[0]


def test_without_the_program_the_project_is_told_nothing_and_a_person_why(
    shop: WorkspaceFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    step = Step("services", lambda _: None)
    services.prepare(shop, ("redis",), step)
    assert step.note == "Redis is not on PATH: REDIS_URL is not set; the project does without, as its README says"
    assert variables(shop) == {}
    assert with_services(shop, ("code-server",)) == ("code-server",)


async def test_one_that_does_not_answer_is_named_with_its_log(shop: WorkspaceFolder) -> None:
    shop.services.mkdir(parents=True)
    log = shop.services / "log"
    log.write_text("it has no room\n")
    write_services(shop, [LocalService("redis", free_port(), "x", ("true",), str(shop.services), str(log))])
    with pytest.raises(WorkspaceFailedError, match="Redis did not answer") as caught:
        await services.until_answering(shop, Steps(lambda _: None), within=0)
    assert str(log) in caught.value.hint


def test_postgresql_does_not_run_as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert services.obstacle("postgresql") == "PostgreSQL refuses to run as root"


@pytest.mark.parametrize("service", PROGRAMS)
def test_no_password_is_in_a_command_line(tmp_path: Path, service: ServiceName) -> None:
    place = Place(str(tmp_path), str(tmp_path), "127.0.0.1", 1)
    assert "s3cr3t" not in " ".join(PROGRAMS[service].command(place))
    assert "s3cr3t" in "".join(PROGRAMS[service].secrets(place, "s3cr3t").values())


def test_preparing_twice_keeps_the_password(shop: WorkspaceFolder, redis: Path) -> None:
    step = Step("services", lambda _: None)
    services.prepare(shop, ("redis",), step)
    first = read_services(shop)
    services.prepare(shop, ("redis",), step)
    assert read_services(shop) == first


async def test_its_state_is_told_with_its_workspace(engine: LocalEngine, shop: WorkspaceFolder, redis: Path) -> None:
    await done(engine.create("shop", SHOP))
    assert (await engine.workspace("shop")).services == (ServiceStatus("redis", "running"),)

    redis.write_text("#!/bin/sh\necho there is no room\nexit 3\n")
    os.kill(starts(shop)[0], signal.SIGKILL)
    async with asyncio.timeout(30), aclosing(engine.watch()) as watch:
        async for told in watch:
            [status] = told[0].services
            if status.state == "failed" and "exit code 3" in (status.reason or ""):
                break
    assert status.reason == "it ended with exit code 3, and is started again: there is no room"
    assert "there is no room" in [line async for line in engine.logs("shop", service="redis")]
    with pytest.raises(ServiceNotFoundError, match="was not made with PostgreSQL"):
        [line async for line in engine.logs("shop", service="postgresql")]

    await done(engine.stop("shop"))
    assert (await engine.workspace("shop")).services == (ServiceStatus("redis", "stopped"),)


async def test_one_that_cannot_run_here_is_told_too(
    engine: LocalEngine, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = replace(SHOP, manifest=replace(SHOP.manifest, services=("postgresql",)))
    monkeypatch.setattr(services, "obstacle", lambda _: "PostgreSQL is not on PATH")
    monkeypatch.setattr(service_states, "obstacle", lambda _: "PostgreSQL is not on PATH")
    await done(engine.create("shop", asked))
    [workspace] = await engine.workspaces()
    assert workspace.services == (
        ServiceStatus("postgresql", "absent", "PostgreSQL is not on PATH; the project does without"),
    )
    with pytest.raises(ServiceNotFoundError, match="since PostgreSQL is not on PATH"):
        [line async for line in engine.logs("shop", service="postgresql")]
