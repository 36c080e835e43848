from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cluster.doctor.docker import check_cgroup, check_docker, check_rootless, check_snap
from cluster.doctor.docker_facts import DockerFacts
from cluster.doctor.probe import Unknown
from cluster.host import Host

Facts = Callable[..., DockerFacts]

DEBIAN, MACOS = Host("linux", "debian"), Host("macos", systemd=False)


@pytest.mark.parametrize(
    ("changes", "host", "level", "detail", "hint"),
    [
        ({}, DEBIAN, "ok", "Version 29.1.0 answers at /var/run/docker.sock", ""),
        ({"api_version": (1, 41), "version": "20.10.24"}, DEBIAN, "ok", "20.10.24", ""),
        (
            {"api_version": (1, 40), "version": "19.03.15"},
            DEBIAN,
            "failed",
            "19.03.15 is too old",
            "apt install docker",
        ),
        ({"command": None}, DEBIAN, "failed", "`docker` command, which is not on PATH", "sudo apt install docker.io"),
        ({"command": None}, MACOS, "failed", "`docker` command", "`brew install docker`"),
        ({"system": "windows"}, DEBIAN, "failed", "Windows containers", "Switch to Linux containers"),
        ({"architecture": "riscv64"}, DEBIAN, "failed", "no node image for riscv64", "VIBECODE_NODE_IMAGE"),
        ({"architecture": "aarch64"}, DEBIAN, "ok", "answers", ""),
        ({"engine": "Podman Engine"}, DEBIAN, "warning", "Podman", "sudo apt install docker.io"),
    ],
)
def test_docker(docker: Facts, changes: dict[str, Any], host: Host, level: str, detail: str, hint: str) -> None:
    check = check_docker(docker(**changes), host)

    assert (check.id, check.level) == ("docker", level)
    assert detail in check.detail
    assert hint in check.hint
    assert bool(check.hint) == (level != "ok")


def test_docker_that_cannot_be_asked_fails_with_its_own_reason_and_hint() -> None:
    check = check_docker(Unknown("Nothing answers.", "`start it`"), DEBIAN)

    assert (check.level, check.detail, check.hint) == ("failed", "Nothing answers.", "`start it`")


@pytest.mark.parametrize(
    ("command", "temporary", "warned"),
    [
        ("/snap/bin/docker", "/tmp", True),
        ("/snap/bin/docker", "/home/ann/tmp", False),
        ("/usr/bin/docker", "/tmp", False),
    ],
)
def test_snap(docker: Facts, command: str, temporary: str, warned: bool) -> None:
    check = check_snap(docker(command=Path(command)), Path(temporary), Path("/home/ann"))

    assert (check is not None) == warned
    if check is not None:
        assert check.level == "warning"
        assert "export TMPDIR=" in check.hint


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({}, None),
        ({"rootless": True}, "ok"),
        ({"rootless": True, "delegated": False}, "failed"),
        ({"rootless": True, "delegated": False, "cgroup_version": "1"}, None),  # told by the check of cgroups
    ],
)
def test_rootless(docker: Facts, changes: dict[str, Any], level: str | None) -> None:
    check = check_rootless(docker(**changes))

    assert (check and check.level) == level
    if check is not None and not check.ok:
        assert "Delegate=yes" in check.hint


@pytest.mark.parametrize(
    ("changes", "minor", "host", "level", "hint"),
    [
        ({}, None, DEBIAN, "ok", ""),
        ({"cgroup_version": "1"}, 34, DEBIAN, "warning", "update-grub"),
        ({"cgroup_version": "1"}, 35, DEBIAN, "failed", "VIBECODE_NODE_IMAGE=kindest/node:v1.34"),
        ({"cgroup_version": "1"}, None, DEBIAN, "failed", "VIBECODE_NODE_IMAGE=kindest/node:v1.34"),
        ({"cgroup_version": "1", "rootless": True}, 34, DEBIAN, "failed", "update-grub"),
        ({"cgroup_version": "1"}, 34, Host("linux", "fedora"), "warning", "sudo grubby"),
        ({"cgroup_version": "1"}, 34, Host("linux", ""), "warning", "systemd.unified_cgroup_hierarchy=1"),
        ({"cgroup_version": "1"}, 34, Host("wsl", "debian"), "warning", "wsl --shutdown"),
        ({"cgroup_version": "1", "here": False}, 34, MACOS, "warning", "Docker Desktop"),
    ],
)
def test_cgroup(docker: Facts, changes: dict[str, Any], minor: int | None, host: Host, level: str, hint: str) -> None:
    check = check_cgroup(docker(**changes), minor, host)

    assert (check.id, check.level) == ("cgroup", level)
    assert hint in check.hint
