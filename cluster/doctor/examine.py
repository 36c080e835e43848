"""The examination: all probes at once, then the checks, which only judge what the probes found."""

import asyncio
import os
import re
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from cluster.config import ClusterConfig
from cluster.doctor.check import Check, Diagnosis, Subject
from cluster.doctor.docker import check_cgroup, check_docker, check_rootless, check_snap
from cluster.doctor.docker_facts import probe_docker
from cluster.doctor.kind import KIND, check_kind, probe_kind
from cluster.doctor.limits import INOTIFY, OPEN_FILES, check_inotify, check_open_files, probe_limits
from cluster.doctor.names import NAMES, check_names, resolve
from cluster.doctor.node import check_cluster
from cluster.doctor.ports import PORTS, check_ports, probe_ports
from cluster.doctor.probe import Unknown, detached, measure
from cluster.doctor.proxy import check_proxy
from cluster.doctor.resources import check_disk, check_memory
from cluster.host import this_host
from cluster.kind.lifecycle import Lifecycle

T = TypeVar("T")


async def examine(config: ClusterConfig) -> Diagnosis:
    """Looks at everything that usually stops a cluster, within about 15 seconds; changes nothing, never raises."""
    host, state = this_host(), Lifecycle(config).record.read()
    docker, kind, ports, limits, addresses = await asyncio.gather(
        measure(detached(partial(probe_docker, config.home)), 15),
        measure(probe_kind(config), 5),
        measure(detached(partial(probe_ports, config, state)), 10),
        measure(detached(probe_limits), 5),
        measure(detached(partial(resolve, config.base_domain)), 5),
    )
    found = None if isinstance(docker, Unknown) else docker
    return Diagnosis(
        tuple(
            check
            for check in (
                check_docker(docker, host),
                found and check_snap(found, Path(tempfile.gettempdir()), Path.home()),
                found and check_rootless(found),
                _judge(KIND, kind, check_kind),
                found and check_cgroup(found, _kubernetes_minor(config.images.node), host),
                found and check_cluster(config, found, state),
                _judge(PORTS, ports, lambda facts: check_ports(config, state, facts, found, host)),
                found and check_memory(found, host),
                found and check_disk(found),
                _judge(INOTIFY, limits, lambda facts: check_inotify(facts, found, host)),
                _judge(OPEN_FILES, limits, check_open_files),
                _judge(NAMES, addresses, lambda facts: check_names(config.base_domain, facts, host)),
                check_proxy(os.environ, config.base_domain, host),
            )
            if check is not None
        )
    )


def _judge(subject: Subject, facts: T | Unknown, check: Callable[[T], Check | None]) -> Check | None:
    return subject.warned(facts.reason, facts.hint) if isinstance(facts, Unknown) else check(facts)


def _kubernetes_minor(image: str) -> int | None:
    """35 for a node image of Kubernetes 1.35, as its tag says; None where it does not."""
    match = re.search(r":v1\.(\d+)", image)
    return int(match[1]) if match else None
