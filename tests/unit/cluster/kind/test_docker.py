import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from docker import DockerClient  # before an account without rights asks for it

from cluster.errors import DockerDeniedError, DockerDownError, DockerMissingError, DockerRemoteError
from cluster.host import Host
from cluster.kind.docker import Endpoint, connect, docker_command, find_endpoint, remedies

assert DockerClient

NOBODY = 65534


def _context(name: str, host: str) -> None:
    """Makes a context current, as `docker context create` and `use` do."""
    folder = Path.home() / ".docker"
    meta = folder / "contexts" / "meta" / sha256(name.encode()).hexdigest() / "meta.json"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"Name": name, "Metadata": {}, "Endpoints": {"docker": {"Host": host}}}))
    (folder / "config.json").write_text(json.dumps({"currentContext": name}))


def test_without_any_wish_it_is_the_systems_docker() -> None:
    endpoint = find_endpoint()

    assert (endpoint.url, endpoint.source) == ("unix:///var/run/docker.sock", "context default")


def test_the_current_context_is_followed() -> None:
    _context("colima", "unix:///Users/ann/.colima/default/docker.sock")

    assert str(find_endpoint()) == "/Users/ann/.colima/default/docker.sock (context colima)"


def test_docker_context_overrules_the_current_one(monkeypatch: pytest.MonkeyPatch) -> None:
    _context("colima", "unix:///colima.sock")
    monkeypatch.setenv("DOCKER_CONTEXT", "default")

    assert find_endpoint().url == "unix:///var/run/docker.sock"


def test_docker_host_overrules_every_context(monkeypatch: pytest.MonkeyPatch) -> None:
    _context("colima", "unix:///colima.sock")
    monkeypatch.setenv("DOCKER_CONTEXT", "colima")
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:2375")

    assert str(find_endpoint()) == "127.0.0.1:2375 (DOCKER_HOST)"


def test_a_context_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONTEXT", "nope")

    with pytest.raises(DockerDownError, match="'nope'"):
        find_endpoint()


@pytest.mark.parametrize("host", ["tcp://", "fd://3", "ssh://ann:geheim@192.0.2.7", "tcp://127.0.0.1:port"])
def test_an_address_that_is_none_is_told_without_its_password(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", host)

    with pytest.raises(DockerDownError) as raised:
        find_endpoint()

    assert "DOCKER_HOST" in raised.value.detail
    assert "geheim" not in raised.value.detail


@pytest.mark.parametrize("host", ["tcp://192.0.2.7:2375", "ssh://ann@build.example"])
def test_docker_on_another_machine_is_refused_before_anything_is_sent(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", host)

    with pytest.raises(DockerRemoteError) as raised:
        connect(timeout=1)

    assert "unset DOCKER_HOST" in raised.value.hint
    assert "ann" not in raised.value.detail


@pytest.mark.parametrize(
    ("url", "remote"),
    [
        ("unix:///var/run/docker.sock", False),
        ("http://127.0.0.1:2375", False),
        ("http://localhost:2375", False),
        ("https://[::1]:2376", False),
        (f"http://{socket.gethostname()}:2375", False),
        ("http://192.0.2.7:2375", True),
        ("ssh://build.example:22", True),
    ],
)
def test_remote(url: str, remote: bool) -> None:
    assert Endpoint(url, "DOCKER_HOST").remote == remote


def test_a_socket_that_is_not_there(
    tmp_path: Path, program: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    program("#!/bin/sh\n")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path / 'docker.sock'}")

    with pytest.raises(DockerDownError) as raised:
        connect(timeout=1)

    assert f"Nothing answers at {tmp_path / 'docker.sock'} (DOCKER_HOST)" in raised.value.detail
    assert "`unset DOCKER_HOST`" in raised.value.hint


def test_a_socket_that_nobody_listens_on_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")

    with pytest.raises(DockerDownError, match="Nothing answers"):
        connect(timeout=1)


def test_a_port_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{port}")

    with pytest.raises(DockerDownError, match="Nothing answers"):
        connect(timeout=1)


def test_a_port_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{server.getsockname()[1]}")

        with pytest.raises(DockerDownError, match="did not answer within 1 s"):
            connect(timeout=1)


@contextmanager
def _account_without_rights() -> Iterator[None]:
    """Root may use every socket, so tests that run as root step down."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_socket_that_this_account_may_not_use(monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(f"/tmp/docker-{os.getpid()}.sock")  # below a folder that every account may enter
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        try:
            path.chmod(0)
            server.listen()
            with _account_without_rights(), pytest.raises(DockerDeniedError) as raised:
                connect(timeout=1)
        finally:
            path.unlink()

    assert str(path) in raised.value.detail
    assert "docker" in raised.value.hint
    assert "sudo" in raised.value.hint


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes the only `docker` command on PATH; none until it is called."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def make(text: str) -> None:
        (folder / "docker").write_text(text)
        (folder / "docker").chmod(0o755)

    return make


def test_neither_command_nor_socket_means_that_docker_is_missing(
    tmp_path: Path, program: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path / 'docker.sock'}")

    with pytest.raises(DockerMissingError, match="There is no `docker` command"):
        connect(timeout=1)


def test_podmans_stand_in_is_not_docker(tmp_path: Path, program: Callable[[str], None]) -> None:
    program('#!/usr/bin/sh\nexec /usr/bin/podman "$@"\n')

    assert docker_command() is None


def test_a_docker_command_is_found(tmp_path: Path, program: Callable[[str], None]) -> None:
    program("#!/bin/sh\nexec docker-real\n")

    assert docker_command() == tmp_path / "programs" / "docker"


LINUX, MACOS = Host("linux", "debian"), Host("macos", systemd=False)
DEFAULT = "unix:///var/run/docker.sock"


@pytest.mark.parametrize(
    ("url", "source", "host", "start"),
    [
        (DEFAULT, "context default", LINUX, "`sudo systemctl start docker`"),
        (DEFAULT, "context default", Host("linux", "alpine", systemd=False), "`sudo service docker start`"),
        (DEFAULT, "context default", Host("wsl", "debian"), "Docker Desktop in Windows"),
        (DEFAULT, "context default", MACOS, "`open -a Docker`"),
        (DEFAULT, "DOCKER_HOST", LINUX, "`sudo systemctl start docker`"),
        ("unix:///run/user/1000/docker.sock", "context rootless", LINUX, "`systemctl --user start docker`"),
        ("unix:///run/user/1000/docker.sock", "DOCKER_HOST", LINUX, "`systemctl --user start docker`"),
        ("unix:///home/ann/.docker/desktop/docker.sock", "context desktop-linux", LINUX, "start docker-desktop`"),
        ("unix:///Users/ann/.docker/run/docker.sock", "context desktop-linux", MACOS, "`open -a Docker`"),
        ("unix:///Users/ann/.colima/default/docker.sock", "context colima", MACOS, "`colima start`"),
        ("unix:///Users/ann/.orbstack/run/docker.sock", "DOCKER_HOST", MACOS, "`orb start`"),
        ("unix:///Users/ann/.rd/docker.sock", "context rancher-desktop", MACOS, "`rdctl start`"),
        ("http://127.0.0.1:2375", "DOCKER_HOST", LINUX, "`unset DOCKER_HOST`"),
        ("unix:///tmp/other.sock", "DOCKER_HOST", MACOS, "`unset DOCKER_HOST`"),
    ],
)
def test_how_docker_is_started_here(url: str, source: str, host: Host, start: str) -> None:
    assert start in remedies(Endpoint(url, source), host)[0]
