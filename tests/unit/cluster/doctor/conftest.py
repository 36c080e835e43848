from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cluster.config import ClusterConfig
from cluster.doctor.docker_facts import DockerFacts
from tests.fakes.docker import serve_docker

HEALTHY = DockerFacts(
    address="/var/run/docker.sock (context default)",
    command=Path("/usr/bin/docker"),
    version="29.1.0",
    api_version=(1, 52),
    engine="Engine",
    system="linux",
    architecture="x86_64",
    here=True,
    cgroup_version="2",
    rootless=False,
    delegated=True,
    memory=16 * 10**9,
    root=Path("/var/lib/docker"),
    disk_free=100 * 10**9,
)


@pytest.fixture
def docker() -> Callable[..., DockerFacts]:
    """Facts of a Docker that lacks nothing, but for what a test says."""

    def facts(**changes: Any) -> DockerFacts:
        return replace(HEALTHY, **changes)

    return facts


@pytest.fixture
def config(tmp_path: Path) -> ClusterConfig:
    return ClusterConfig(home=tmp_path)


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Gives the Docker that DOCKER_HOST names its answers; it hangs up on every other request."""
    with serve_docker(tmp_path / "docker.sock") as answers:
        monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path / 'docker.sock'}")
        yield answers.update
