"""Whether the ports that the cluster publishes are free, and who has them if not."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cluster.config import ClusterConfig
from cluster.doctor.check import Check, Subject
from cluster.doctor.docker_facts import Container, DockerFacts
from cluster.doctor.sockets import Listener, find_listeners
from cluster.host import Host
from cluster.kind.ports import PREFERRED, choose_ports, is_free
from cluster.kind.record import State

PORTS = Subject("ports", "Ports")

_UNPRIVILEGED = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
_DOCKER_PROXY = "docker-proxy"
"""Docker's helper that listens for a container, whose name only Docker knows."""
_SUGGESTED = {"http": range(8080, 8100), "https": range(8443, 8463)}


@dataclass(frozen=True, slots=True)
class PortFacts:
    """The ports on loopback that are taken, each with who listens there, where that can be seen.

    `unprivileged` is the first port that a program without root may open (ip(7)).
    """

    taken: Mapping[int, Listener | None] = field(default_factory=dict[int, Listener | None])
    unprivileged: int = 1024


def probe_ports(config: ClusterConfig, state: State | None) -> PortFacts:
    """Looks at all ports that a cluster may publish, and those that an existing one has. Blocks."""
    ports = {config.http_port, config.https_port, *(port for pair in PREFERRED for port in pair)}
    ports.update(port for span in _SUGGESTED.values() for port in span)
    if state is not None:
        ports |= {state.http_port, state.https_port}
    taken = [port for port in sorted(ports - {0}) if not is_free(port)]
    listeners = find_listeners(taken)
    unprivileged = 1024
    with suppress(OSError):
        unprivileged = int(_UNPRIVILEGED.read_text(encoding="ascii"))
    return PortFacts({port: listeners.get(port) for port in taken}, unprivileged)


def check_ports(
    config: ClusterConfig, state: State | None, facts: PortFacts, docker: DockerFacts | None, host: Host
) -> Check | None:
    """`state` is what is on record about a cluster of ours; its ports were chosen when it was made."""
    if state is not None and docker is None:
        return None  # the ports may be taken by the cluster itself
    ours = docker.nodes(config.cluster) if docker is not None and state is not None else ()
    others = [one for one in (docker.containers if docker else ()) if one not in ours and one.state == "running"]
    holders = _Holders(facts, others, host)
    if state is not None and ours:
        return _check_own(state, ours, holders)
    return _check_wished(config, holders, rootless=docker is not None and docker.rootless)


@dataclass(frozen=True, slots=True)
class _Holders:
    """Who has a port, in words, and the line that frees it. Docker keeps ports that nothing listens on, too."""

    facts: PortFacts
    containers: Sequence[Container]
    host: Host

    def free(self, port: int) -> bool:
        return port not in self.facts.taken and self._container(port) is None

    def told(self, ports: Iterable[int]) -> str:
        """`nginx (process 7) has 80 and 443`, for ports that are taken."""
        by_holder: dict[str, list[int]] = {}
        for port in ports:
            by_holder.setdefault(self._who(port), []).append(port)
        return ", ".join(f"{who} has {_list(held)}" for who, held in by_holder.items())

    def lines(self, ports: Iterable[int]) -> str:
        """What frees the ports, or shows whose they are."""
        return ", ".join(dict.fromkeys(self._line(port) for port in ports))

    def _who(self, port: int) -> str:
        if container := self._container(port):
            return f"the container {container.name}"
        listener = self.facts.taken.get(port)
        if listener is None:
            return "a program of another account"
        return "a container" if listener.name == _DOCKER_PROXY else f"{listener.name} (process {listener.pid})"

    def _line(self, port: int) -> str:
        if container := self._container(port):
            return f"`docker stop {container.name}`"
        listener = self.facts.taken.get(port)
        if listener is None:
            macos = self.host.system == "macos"
            see = f"lsof -nP -iTCP:{port} -sTCP:LISTEN" if macos else f"ss -ltnp 'sport = :{port}'"
            return f"`sudo {see}` (shows whose it is)"
        if listener.name == _DOCKER_PROXY:
            return "`docker ps` (shows whose it is)"
        if listener.service and self.host.systemd:
            return f"`sudo systemctl stop {listener.service}`"
        return f"`kill {listener.pid}`"

    def _container(self, port: int) -> Container | None:
        return next((one for one in self.containers if port in one.ports), None)


def _check_own(state: State, ours: Iterable[Container], holders: _Holders) -> Check:
    own = [port for port in (state.http_port, state.https_port) if port]
    if any(one.state == "running" for one in ours):
        return PORTS.passed(f"{_list(own)} on 127.0.0.1 are the cluster's own.")
    taken = [port for port in own if not holders.free(port)]
    if not taken:
        return PORTS.passed(f"{_list(own)} on 127.0.0.1 are free for the cluster to start again.")
    return PORTS.failed(
        f"The cluster, which is stopped, needs {_list(own)} to start again, and {holders.told(taken)}.",
        f"{holders.lines(taken)}, then `vibecode up`.",
    )


def _check_wished(config: ClusterConfig, holders: _Holders, *, rootless: bool) -> Check:
    wishes = {"http": config.http_port, "https": config.https_port}
    for scheme, port in wishes.items():
        if port and not holders.free(port):
            other = next((free for free in _SUGGESTED[scheme] if holders.free(free)), 0)
            return PORTS.failed(
                f"VIBECODE_{scheme.upper()}_PORT asks for {port}, and {holders.told([port])}.",
                f"{holders.lines([port])}; or `VIBECODE_{scheme.upper()}_PORT={other} vibecode up`.",
            )
        if rootless and 0 < port < holders.facts.unprivileged:
            return PORTS.failed(
                f"A rootless Docker may not publish port {port}.",
                f"`VIBECODE_{scheme.upper()}_PORT=0 vibecode up` takes another; to allow it: "
                f"`sudo sysctl net.ipv4.ip_unprivileged_port_start={port} && systemctl --user restart docker`.",
            )
    chosen = choose_ports(*wishes.values(), privileged=not rootless, free=holders.free, any_port=lambda: 0)
    told = _list(chosen) if all(chosen) else "other free ports"
    taken = [port for port, wish in zip(PREFERRED[0], wishes.values(), strict=True) if not (wish or holders.free(port))]
    if not taken:
        return PORTS.passed(f"On 127.0.0.1, the cluster will have {told}.")
    return PORTS.warned(
        f"On 127.0.0.1, {holders.told(taken)}, so the cluster will have {told}, and addresses will carry the port.",
        f"For addresses without a port, before the cluster is made: {holders.lines(taken)}.",
    )


def _list(ports: Iterable[int]) -> str:
    return " and ".join(str(port) for port in ports)
