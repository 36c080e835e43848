import sys
from collections.abc import Callable

import pytest

from cluster.doctor.docker_facts import DockerFacts
from cluster.doctor.limits import INOTIFY_WANTED, Limits, check_inotify, check_open_files, probe_limits
from cluster.host import Host

LINUX = Host("linux", "debian")
WATCHES, INSTANCES = "fs.inotify.max_user_watches", "fs.inotify.max_user_instances"


def test_low_inotify_limits_are_told_with_the_line_for_now_and_the_line_that_stays() -> None:
    check = check_inotify(Limits({WATCHES: 8192, INSTANCES: 128}, 1024), None, LINUX)

    assert check is not None
    assert check.level == "warning"
    assert "8192" in check.detail
    assert "128" in check.detail
    assert f"`sudo sysctl {WATCHES}=524288 {INSTANCES}=512`" in check.hint
    assert f"`printf '%s\\n' {WATCHES}=524288 {INSTANCES}=512 | sudo tee /etc/sysctl.d/99-inotify.conf`" in check.hint


def test_only_the_limit_that_is_low_is_raised() -> None:
    check = check_inotify(Limits({WATCHES: 999999, INSTANCES: 128}, 1024), None, LINUX)

    assert check is not None
    assert WATCHES not in check.detail + check.hint


def test_high_inotify_limits_pass() -> None:
    check = check_inotify(Limits(dict(INOTIFY_WANTED), 1024), None, LINUX)

    assert check is not None
    assert check.level == "ok"


@pytest.mark.parametrize(
    ("here", "host", "applies"),
    [(True, LINUX, True), (False, LINUX, False), (False, Host("wsl", "debian"), True)],
)
def test_limits_of_this_kernel_count_where_docker_shares_it(
    docker: Callable[..., DockerFacts], here: bool, host: Host, applies: bool
) -> None:
    limits = Limits({WATCHES: 8192}, 1024)

    assert (check_inotify(limits, docker(here=here), host) is not None) == applies


def test_a_system_without_inotify_has_no_such_check() -> None:
    assert check_inotify(Limits({}, 256), None, Host("macos")) is None


@pytest.mark.parametrize(("limit", "level"), [(255, "warning"), (256, "ok")])
def test_open_files(limit: int, level: str) -> None:
    check = check_open_files(Limits({}, limit))

    assert check.level == level
    assert ("ulimit -n 4096" in check.hint) == (level != "ok")


def test_the_probe_reads_this_systems_limits() -> None:
    limits = probe_limits()

    assert limits.open_files > 0
    assert set(limits.inotify) == (set(INOTIFY_WANTED) if sys.platform == "linux" else set())
    assert all(value > 0 for value in limits.inotify.values())
