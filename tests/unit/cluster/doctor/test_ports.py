import os
import socket
from collections.abc import Callable
from dataclasses import replace

import pytest

from cluster.config import ClusterConfig
from cluster.doctor.docker_facts import Container, DockerFacts
from cluster.doctor.ports import PortFacts, check_ports, probe_ports
from cluster.doctor.sockets import Listener
from cluster.host import Host
from cluster.kind.record import State

Facts = Callable[..., DockerFacts]

LINUX, MACOS = Host("linux", "debian"), Host("macos", systemd=False)
NGINX = Listener("nginx", 7, "nginx")
PYTHON = Listener("python3", 8)
WEB = Container("web", "running", ports=frozenset({80}))
OURS = Container("vibecode-control-plane", "running", "vibecode", frozenset({80, 443}))
STOPPED = Container("vibecode-control-plane", "exited", "vibecode")
STATE = State("created", 80, 443)


@pytest.mark.parametrize(
    ("taken", "containers", "host", "level", "detail", "hint"),
    [
        ({}, (), LINUX, "ok", "will have 80 and 443", ""),
        ({80: NGINX}, (), LINUX, "warning", "nginx (process 7) has 80, so the cluster will have 8080 and 8443", ""),
        ({80: NGINX}, (), LINUX, "warning", "", "`sudo systemctl stop nginx`"),
        ({80: NGINX}, (), Host("wsl", "debian", systemd=False), "warning", "", "`kill 7`"),
        ({443: PYTHON}, (), LINUX, "warning", "python3 (process 8) has 443", "`kill 8`"),
        ({80: PYTHON, 443: PYTHON}, (), LINUX, "warning", "python3 (process 8) has 80 and 443, so", "`kill 8`."),
        ({80: PYTHON, 8443: NGINX}, (), LINUX, "warning", "will have other free ports", "`kill 8`"),
        ({80: None}, (), LINUX, "warning", "a program of another account has 80", "`sudo ss -ltnp 'sport = :80'`"),
        ({80: None}, (), MACOS, "warning", "another account", "`sudo lsof -nP -iTCP:80 -sTCP:LISTEN`"),
        ({80: Listener("docker-proxy", 9)}, (WEB,), LINUX, "warning", "the container web has 80", "`docker stop web`"),
        ({80: Listener("docker-proxy", 9, "docker")}, (), LINUX, "warning", "a container has 80", "`docker ps`"),
        ({}, (WEB,), LINUX, "warning", "the container web has 80", "`docker stop web`"),  # without docker-proxy
        ({}, (replace(WEB, state="exited"),), LINUX, "ok", "80 and 443", ""),
    ],
)
def test_ports_that_are_chosen(
    docker: Facts,
    config: ClusterConfig,
    taken: dict[int, Listener | None],
    containers: tuple[Container, ...],
    host: Host,
    level: str,
    detail: str,
    hint: str,
) -> None:
    check = check_ports(config, None, PortFacts(taken), docker(containers=containers), host)

    assert check is not None
    assert (check.id, check.level) == ("ports", level)
    assert detail in check.detail
    assert hint in check.hint
    assert bool(check.hint) == (level != "ok")


def test_a_port_that_was_asked_for_and_is_taken_fails_and_names_a_free_one(
    docker: Facts, config: ClusterConfig
) -> None:
    wished = replace(config, http_port=8080)

    check = check_ports(wished, None, PortFacts({8080: PYTHON, 8081: None}), docker(), LINUX)

    assert check is not None
    assert check.level == "failed"
    assert check.detail == "VIBECODE_HTTP_PORT asks for 8080, and python3 (process 8) has 8080."
    assert check.hint == "`kill 8`; or `VIBECODE_HTTP_PORT=8082 vibecode up`."


def test_a_port_that_was_asked_for_and_is_free_passes(docker: Facts, config: ClusterConfig) -> None:
    check = check_ports(replace(config, http_port=9080), None, PortFacts({80: NGINX}), docker(), LINUX)

    assert check is not None
    assert check.level == "ok"
    assert "9080 and 443" in check.detail


@pytest.mark.parametrize(
    ("http_port", "unprivileged", "level", "detail"),
    [(0, 1024, "ok", "8080 and 8443"), (80, 1024, "failed", "rootless"), (80, 80, "ok", "80 and 443")],
)
def test_a_rootless_docker_may_not_publish_every_port(
    docker: Facts, config: ClusterConfig, http_port: int, unprivileged: int, level: str, detail: str
) -> None:
    wished = replace(config, http_port=http_port, https_port=443 if http_port else 0)

    check = check_ports(wished, None, PortFacts({}, unprivileged), docker(rootless=True), LINUX)

    assert check is not None
    assert check.level == level
    assert detail in check.detail
    assert ("sudo sysctl net.ipv4.ip_unprivileged_port_start=80" in check.hint) == (level == "failed")


def test_what_our_own_cluster_holds_is_its_own(docker: Facts, config: ClusterConfig) -> None:
    proxy = Listener("docker-proxy", 9)

    check = check_ports(config, STATE, PortFacts({80: proxy, 443: proxy}), docker(containers=(OURS,)), LINUX)

    assert check is not None
    assert check.level == "ok"
    assert "80 and 443" in check.detail


def test_what_a_cluster_without_a_record_holds_is_taken(docker: Facts, config: ClusterConfig) -> None:
    check = check_ports(config, None, PortFacts({}), docker(containers=(OURS,)), LINUX)

    assert check is not None
    assert check.level == "warning"
    assert "the container vibecode-control-plane has 80 and 443" in check.detail


@pytest.mark.parametrize(("taken", "level"), [({}, "ok"), ({443: NGINX}, "failed"), ({8080: NGINX}, "ok")])
def test_a_stopped_cluster_needs_its_own_ports_back(
    docker: Facts, config: ClusterConfig, taken: dict[int, Listener | None], level: str
) -> None:
    check = check_ports(config, STATE, PortFacts(taken), docker(containers=(STOPPED,)), LINUX)

    assert check is not None
    assert check.level == level
    if level == "failed":
        assert "nginx (process 7) has 443" in check.detail
        assert check.hint == "`sudo systemctl stop nginx`, then `vibecode up`."


def test_nothing_is_said_where_only_docker_could_tell_whose_the_ports_are(config: ClusterConfig) -> None:
    assert check_ports(config, STATE, PortFacts({80: None}), None, LINUX) is None


def test_the_probe_finds_ports_that_are_taken_and_by_whom(config: ClusterConfig) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("0.0.0.0", 0)) as other:
        ports = one.getsockname()[1], other.getsockname()[1]
        facts = probe_ports(replace(config, http_port=ports[0]), State("created", ports[1], 0))

    for port in ports:
        listener = facts.taken[port]
        assert listener is not None
        assert listener.pid == os.getpid()
    assert 0 not in facts.taken


def test_the_probe_does_not_count_free_ports(config: ClusterConfig) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]

    assert port not in probe_ports(replace(config, http_port=port), None).taken
