"""Whether there is a Docker that `kind` can use."""

from pathlib import Path

from cluster.doctor.check import Check, Subject
from cluster.doctor.docker_facts import DockerFacts
from cluster.doctor.probe import Unknown
from cluster.host import Host, install_docker

DOCKER = Subject("docker", "Docker")
SNAP = Subject("docker-snap", "Docker from snap")
ROOTLESS = Subject("docker-rootless", "Rootless Docker")
CGROUP = Subject("cgroup", "Control groups")

MINIMUM_API = (1, 41)
"""Docker 20.10: `kind` starts its nodes with --cgroupns, which older ones do not know
(kind v0.33, pkg/cluster/internal/providers/docker/provision.go)."""

ARCHITECTURES = frozenset({"x86_64", "amd64", "aarch64", "arm64"})
"""Those that `kind` publishes node images for."""

FIRST_WITHOUT_CGROUP_V1 = 35
"""From Kubernetes 1.35 on, the kubelet refuses to start on cgroup v1 (KEP-5573)."""


def check_docker(facts: DockerFacts | Unknown, host: Host) -> Check:
    if isinstance(facts, Unknown):
        return DOCKER.failed(facts.reason, facts.hint)
    if facts.command is None:
        return DOCKER.failed(
            f"Docker answers at {facts.address}, but `kind` needs the `docker` command, which is not on PATH.",
            "`brew install docker`." if host.system == "macos" else install_docker(host),
        )
    if facts.system != "linux":
        return DOCKER.failed(
            f"Docker runs {facts.system.capitalize()} containers; a cluster needs Linux ones.",
            "Choose “Switch to Linux containers” in the menu of Docker Desktop.",
        )
    if facts.architecture not in ARCHITECTURES:
        return DOCKER.failed(
            f"`kind` has no node image for {facts.architecture}, only for amd64 and arm64.",
            "Build one (https://kind.sigs.k8s.io/docs/user/quick-start/#building-images), then "
            "`VIBECODE_NODE_IMAGE=its-name vibecode up`.",
        )
    if facts.api_version < MINIMUM_API:
        return DOCKER.failed(f"Docker {facts.version} is too old; 20.10 is needed.", install_docker(host))
    if facts.engine.startswith("Podman"):
        return DOCKER.warned(
            f"Podman {facts.version} answers in Docker's place, which `kind` supports as an experiment only.",
            install_docker(host),
        )
    return DOCKER.passed(f"Version {facts.version} answers at {facts.address}.")


def check_snap(facts: DockerFacts, temporary: Path, home: Path) -> Check | None:
    """A Docker from snap sees no files but those below the person's home folder; `temporary` is where ours go."""
    if facts.command is None or facts.command.parts[:2] != ("/", "snap") or temporary.is_relative_to(home):
        return None
    return SNAP.warned(
        f"A Docker from snap cannot read {temporary}, where images are put on their way into the cluster.",
        '`mkdir -p "$HOME/tmp" && export TMPDIR="$HOME/tmp"`, then run the same command again.',
    )


def check_rootless(facts: DockerFacts) -> Check | None:
    """What `kind` asks of a rootless Docker (https://kind.sigs.k8s.io/docs/user/rootless/)."""
    if not facts.rootless or facts.cgroup_version == "1":
        return None
    if not facts.delegated:
        return ROOTLESS.failed(
            "Docker runs rootless and may not limit memory, processes and CPU, which `kind` needs.",
            "`sudo mkdir -p /etc/systemd/system/user@.service.d && "
            "printf '[Service]\\nDelegate=yes\\n' | sudo tee /etc/systemd/system/user@.service.d/delegate.conf && "
            "sudo systemctl daemon-reload && systemctl --user restart docker`, or sign out and in again.",
        )
    return ROOTLESS.passed("Docker runs rootless and may limit memory, processes and CPU.")


def check_cgroup(facts: DockerFacts, minor: int | None, host: Host) -> Check:
    """`minor` is of the node image's Kubernetes (35 for 1.35), None where its name does not say."""
    if facts.cgroup_version != "1":
        return CGROUP.passed(f"cgroup v{facts.cgroup_version}.")
    if facts.rootless:
        return CGROUP.failed("A rootless Docker needs cgroup v2; this one has v1.", _cgroup_line(facts, host))
    if minor is not None and minor < FIRST_WITHOUT_CGROUP_V1:
        return CGROUP.warned(
            f"Docker has cgroup v1. Kubernetes 1.{minor} runs on it; 1.{FIRST_WITHOUT_CGROUP_V1} and later do not.",
            _cgroup_line(facts, host),
        )
    return CGROUP.failed(
        f"Docker has cgroup v1, which Kubernetes 1.{FIRST_WITHOUT_CGROUP_V1} and later refuse to run on.",
        f"{_cgroup_line(facts, host)} Until then: `VIBECODE_NODE_IMAGE=kindest/node:v1.34.11 vibecode up`.",
    )


def _cgroup_line(facts: DockerFacts, host: Host) -> str:
    argument = "systemd.unified_cgroup_hierarchy=1"
    if host.system == "wsl":
        return (
            "Put `kernelCommandLine = cgroup_no_v1=all` below `[wsl2]` in %UserProfile%\\.wslconfig, "
            "then `wsl --shutdown` in Windows."
        )
    if host.system == "macos" or not facts.here:
        return "Update the program that runs Docker (Docker Desktop 4.3 and later have cgroup v2)."
    if host.family in ("fedora", "rhel"):
        return f"`sudo grubby --update-kernel=ALL --args={argument} && sudo reboot`."
    if host.family == "debian":
        edit = f's/^GRUB_CMDLINE_LINUX="/&{argument} /'
        return f"`sudo sed -i '{edit}' /etc/default/grub && sudo update-grub && sudo reboot`."
    return f"Add `{argument}` to the kernel's command line, and reboot."
