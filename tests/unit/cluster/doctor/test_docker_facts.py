"""Against a real HTTP server on a socket that answers as Docker does."""

import json
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from cluster.doctor.docker_facts import Container, probe_docker
from cluster.errors import DockerDownError

VERSION = {"Version": "29.1.0", "ApiVersion": "1.52", "Components": [{"Name": "Engine", "Version": "29.1.0"}]}
INFO = {
    "Name": "another-machine",
    "OSType": "linux",
    "Architecture": "x86_64",
    "CgroupVersion": "2",
    "SecurityOptions": ["name=seccomp,profile=builtin", "name=rootless", "name=cgroupns"],
    "MemoryLimit": True,
    "PidsLimit": True,
    "CPUShares": False,
    "MemTotal": 8_000_000_000,
    "DockerRootDir": "/var/lib/docker",
}
CONTAINERS = [
    {
        "Id": "0123456789abcdef",
        "Names": ["/vibecode-control-plane"],
        "State": "running",
        "Labels": {"io.x-k8s.kind.cluster": "vibecode"},
        "Ports": [
            {"IP": "127.0.0.1", "PrivatePort": 30080, "PublicPort": 80, "Type": "tcp"},
            {"IP": "192.0.2.7", "PrivatePort": 1, "PublicPort": 81, "Type": "tcp"},
            {"IP": "0.0.0.0", "PrivatePort": 2, "PublicPort": 82, "Type": "udp"},
            {"IP": "0.0.0.0", "PrivatePort": 3, "PublicPort": 83, "Type": "tcp"},
            {"PrivatePort": 4, "Type": "tcp"},
        ],
    },
    {"Id": "fedcba9876543210", "Names": None, "State": "created", "Labels": None, "Ports": None},
]
ANSWERS = {"version": VERSION, "info": INFO, "json": CONTAINERS}


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Starts a Docker that gives the answers, by the last part of the path, and hangs up on anything else."""
    with contextmanager(_serve)(tmp_path / "docker.sock") as answers:
        monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path / 'docker.sock'}")
        yield answers.update


def _serve(path: Path) -> Iterator[dict[str, Any]]:
    answers: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = answers.get(self.path.partition("?")[0].rpartition("/")[2])
            if answer is None:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def address_string(self) -> str:
            return "a test"

        def log_message(self, *args: Any) -> None:
            pass

    with socketserver.ThreadingUnixStreamServer(str(path), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield answers
        server.shutdown()
        thread.join()


def test_what_docker_says(serve: Callable[[dict[str, Any]], None], tmp_path: Path) -> None:
    serve(ANSWERS)

    facts = probe_docker(tmp_path / "not" / "there" / "yet")

    assert facts.address == f"{tmp_path / 'docker.sock'} (DOCKER_HOST)"
    assert (facts.version, facts.api_version, facts.engine) == ("29.1.0", (1, 52), "Engine")
    assert (facts.system, facts.architecture, facts.here) == ("linux", "x86_64", False)
    assert (facts.cgroup_version, facts.rootless, facts.delegated) == ("2", True, False)
    assert facts.memory == 8_000_000_000
    assert facts.disk_free is not None
    assert facts.disk_free > 0
    assert facts.containers == (
        Container("vibecode-control-plane", "running", "vibecode", frozenset({80, 83})),
        Container("fedcba987654", "created"),
    )
    assert [one.name for one in facts.nodes("vibecode")] == ["vibecode-control-plane"]


def test_docker_on_this_machine_is_told_by_its_name(serve: Callable[[dict[str, Any]], None], tmp_path: Path) -> None:
    serve({**ANSWERS, "info": {**INFO, "Name": socket.gethostname(), "DockerRootDir": str(tmp_path)}})

    facts = probe_docker(tmp_path)

    assert facts.here
    assert facts.root == tmp_path


def test_docker_that_goes_away_in_the_middle_is_told_as_down(
    serve: Callable[[dict[str, Any]], None], tmp_path: Path
) -> None:
    serve({"version": VERSION})

    with pytest.raises(DockerDownError) as raised:
        probe_docker(tmp_path)

    assert str(tmp_path / "docker.sock") in raised.value.detail


def test_docker_that_never_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{server.getsockname()[1]}")

        with pytest.raises(DockerDownError, match="did not answer within 1 s"):
            probe_docker(tmp_path, request_seconds=1)
