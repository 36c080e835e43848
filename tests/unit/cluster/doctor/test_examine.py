import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cluster.config import ClusterConfig, Images
from cluster.doctor.check import Check, Diagnosis
from cluster.doctor.examine import examine
from cluster.kind.lifecycle import Lifecycle
from cluster.kind.record import State
from tests.fakes.docker import ANSWERS, INFO


def _by_id(diagnosis: Diagnosis) -> dict[str, Check]:
    return {check.id: check for check in diagnosis.checks}


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that this process listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


async def test_a_machine_without_docker_and_kind(config: ClusterConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{config.home / 'docker.sock'}")
    monkeypatch.setenv("PATH", str(config.home))

    diagnosis = await examine(config)

    checks = _by_id(diagnosis)
    assert not diagnosis.ok
    assert len(checks) == len(diagnosis.checks)
    assert checks["docker"].level == checks["kind"].level == "failed"
    assert "There is no `docker` command" in checks["docker"].detail
    assert {"ports", "open-files", "host-names", "proxy"} <= checks.keys()
    assert not {"cluster", "memory", "disk", "cgroup"} & checks.keys()  # only Docker could tell
    assert all(bool(check.hint) == (check.level != "ok") for check in diagnosis.checks)


async def test_a_machine_with_docker_is_looked_at_whole(
    config: ClusterConfig, serve: Callable[[dict[str, Any]], None]
) -> None:
    here = {"Name": socket.gethostname(), "DockerRootDir": str(config.home), "CgroupVersion": "1"}
    serve({**ANSWERS, "info": {**INFO, **here, "SecurityOptions": []}})
    Lifecycle(config).record.write(State("created", 80, 443))

    checks = _by_id(await examine(replace(config, images=Images(node="kindest/node:v1.34.11@sha256:0123"))))

    everywhere = {"docker", "kind", "cgroup", "cluster", "ports", "memory", "disk", "open-files", "host-names", "proxy"}
    assert checks.keys() == everywhere | ({"inotify"} if sys.platform == "linux" else set())
    assert checks["cluster"].detail == "vibecode is running."
    assert checks["ports"].detail == "80 and 443 on 127.0.0.1 are the cluster's own."
    assert (checks["cgroup"].level, "1.34" in checks["cgroup"].detail) == ("warning", True)


async def test_a_rootless_docker_is_told(config: ClusterConfig, serve: Callable[[dict[str, Any]], None]) -> None:
    serve(ANSWERS)

    assert _by_id(await examine(config))["docker-rootless"].level == "failed"


async def test_a_port_that_was_asked_for_and_is_taken_is_told_with_its_holder(
    tmp_path: Path, taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path / 'docker.sock'}")

    check = _by_id(await examine(ClusterConfig(home=tmp_path, http_port=taken_port)))["ports"]

    assert check.level == "failed"
    assert f"has {taken_port}" in check.detail
    assert "kill " in check.hint
