from collections.abc import Callable
from typing import Any

import pytest

from cluster.doctor.docker_facts import DockerFacts
from cluster.doctor.resources import check_disk, check_memory
from cluster.host import Host

Facts = Callable[..., DockerFacts]
LINUX = Host("linux", "debian")


@pytest.mark.parametrize(
    ("memory", "level"),
    [
        (1_999_999_999, "failed"),
        (2_000_000_000, "warning"),
        (3_999_999_999, "warning"),
        (4_000_000_000, "ok"),
        (int(3.8 * 2**30), "ok"),  # what a machine with 4 GiB reports
    ],
)
def test_memory(docker: Facts, memory: int, level: str) -> None:
    check = check_memory(docker(memory=memory), LINUX)

    assert (check.id, check.level) == ("memory", level)
    assert f"{memory / 1e9:.1f}".removesuffix(".0") in check.detail


@pytest.mark.parametrize(
    ("changes", "host", "hint"),
    [
        ({}, LINUX, "VIBECODE_MEMORY=1Gi"),
        ({"here": False}, LINUX, "Settings, Resources"),
        ({"here": False}, Host("macos", systemd=False), "Settings, Resources"),
        ({"here": False, "address": "/Users/ann/.colima/docker.sock"}, Host("macos"), "colima start --memory"),
        ({}, Host("wsl", "debian"), ".wslconfig"),
    ],
)
def test_how_memory_is_raised_here(docker: Facts, changes: dict[str, Any], host: Host, hint: str) -> None:
    assert hint in check_memory(docker(memory=10**9, **changes), host).hint


@pytest.mark.parametrize(
    ("free", "level"),
    [(3_999_999_999, "failed"), (4_000_000_000, "warning"), (9_999_999_999, "warning"), (10_000_000_000, "ok")],
)
def test_disk(docker: Facts, free: int, level: str) -> None:
    check = check_disk(docker(disk_free=free))

    assert check is not None
    assert (check.id, check.level) == ("disk", level)
    assert "/var/lib/docker" in check.detail
    assert ("docker system prune" in check.hint) == (level != "ok")


def test_disk_of_a_virtual_machine_is_told_as_such(docker: Facts) -> None:
    check = check_disk(docker(here=False))

    assert check is not None
    assert "virtual machine" in check.detail


def test_disk_that_cannot_be_seen_is_left_out(docker: Facts) -> None:
    assert check_disk(docker(disk_free=None)) is None
