from collections.abc import Callable

import pytest

from cluster.config import ClusterConfig
from cluster.doctor.docker_facts import Container, DockerFacts
from cluster.doctor.node import check_cluster
from cluster.kind.record import State

RUNNING = Container("vibecode-control-plane", "running", "vibecode")
STOPPED = Container("vibecode-control-plane", "exited", "vibecode")
CREATED, CREATING = State("created", 80, 443), State("creating", 80, 443)


@pytest.mark.parametrize(
    ("containers", "state", "level", "detail", "hint"),
    [
        ((), None, "ok", "none yet", ""),
        ((RUNNING,), CREATED, "ok", "is running", ""),
        ((STOPPED,), CREATED, "warning", "is stopped (exited)", "`vibecode up`"),
        ((), CREATED, "warning", "was removed by something else", "`vibecode up`"),
        ((RUNNING,), CREATING, "warning", "has not ended", "`vibecode up`"),
        ((), CREATING, "warning", "has not ended", "`vibecode up`"),
        ((RUNNING,), None, "failed", "no record of", "`VIBECODE_CLUSTER=vibecode-2 vibecode up`"),
        ((Container("vibecode-control-plane", "exited"),), None, "failed", "no record", "vibecode-2"),
        (
            (RUNNING, Container("x", "running", "vibecode-2")),
            None,
            "failed",
            "no record",
            "VIBECODE_CLUSTER=vibecode-3",
        ),
        ((Container("other-control-plane", "running", "other"),), None, "ok", "none yet", ""),
    ],
)
def test_cluster(
    docker: Callable[..., DockerFacts],
    config: ClusterConfig,
    containers: tuple[Container, ...],
    state: State | None,
    level: str,
    detail: str,
    hint: str,
) -> None:
    check = check_cluster(config, docker(containers=containers), state)

    assert (check.id, check.level) == ("cluster", level)
    assert detail in check.detail
    assert hint in check.hint
