"""Against a Docker that answers over real HTTP on a socket."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cluster.doctor.docker_facts import Container, probe_docker
from cluster.errors import DockerDownError
from tests.fakes.docker import ANSWERS, INFO, VERSION

Serve = Callable[[dict[str, Any]], None]


def test_what_docker_says(serve: Serve, tmp_path: Path) -> None:
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


def test_docker_on_this_machine_is_told_by_its_name(serve: Serve, tmp_path: Path) -> None:
    serve({**ANSWERS, "info": {**INFO, "Name": socket.gethostname(), "DockerRootDir": str(tmp_path)}})

    facts = probe_docker(tmp_path)

    assert facts.here
    assert facts.root == tmp_path


def test_docker_that_goes_away_in_the_middle_is_told_as_down(serve: Serve, tmp_path: Path) -> None:
    serve({"version": VERSION})

    with pytest.raises(DockerDownError) as raised:
        probe_docker(tmp_path)

    assert str(tmp_path / "docker.sock") in raised.value.detail


def test_docker_that_never_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{server.getsockname()[1]}")

        with pytest.raises(DockerDownError, match="did not answer within 1 s"):
            probe_docker(tmp_path, request_seconds=1)
