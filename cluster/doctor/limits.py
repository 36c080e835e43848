"""Limits of the system that a cluster's many processes run into."""

import resource
import sys
from dataclasses import dataclass
from pathlib import Path

from cluster.doctor.check import Check, Subject
from cluster.doctor.docker_facts import DockerFacts
from cluster.host import Host

INOTIFY = Subject("inotify", "File watches")
OPEN_FILES = Subject("open-files", "Open files")

INOTIFY_WANTED = {"fs.inotify.max_user_watches": 524288, "fs.inotify.max_user_instances": 512}
"""https://kind.sigs.k8s.io/docs/user/known-issues/#pod-errors-due-to-too-many-open-files"""

OPEN_FILES_WANTED = 256


@dataclass(frozen=True, slots=True)
class Limits:
    """`inotify` as sysctl names it, empty where the system has none; `open_files` is this process's own limit."""

    inotify: dict[str, int]
    open_files: int


def probe_limits() -> Limits:
    inotify: dict[str, int] = {}
    if sys.platform == "linux":
        for name in INOTIFY_WANTED:
            inotify[name] = int(Path("/proc/sys", name.replace(".", "/")).read_text(encoding="ascii"))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return Limits(inotify, sys.maxsize if soft == resource.RLIM_INFINITY else soft)


def check_inotify(limits: Limits, docker: DockerFacts | None, host: Host) -> Check | None:
    """Where Docker runs in a virtual machine, that machine's limits count, and they are high."""
    if not limits.inotify or (host.system == "linux" and docker is not None and not docker.here):
        return None
    low = {name: value for name, value in limits.inotify.items() if value < INOTIFY_WANTED[name]}
    if not low:
        return INOTIFY.passed("Editors and servers may watch as many files as they need.")
    said = " and ".join(f"{name} is {value} ({INOTIFY_WANTED[name]} is advised)" for name, value in low.items())
    wanted = [f"{name}={INOTIFY_WANTED[name]}" for name in low]
    kept = f"printf '%s\\n' {' '.join(wanted)} | sudo tee /etc/sysctl.d/99-inotify.conf"
    return INOTIFY.warned(
        f"{said}; with several workspaces, programs end with “too many open files”.",
        f"`sudo sysctl {' '.join(wanted)}`; to keep it over a reboot: `{kept}`.",
    )


def check_open_files(limits: Limits) -> Check:
    if limits.open_files >= OPEN_FILES_WANTED:
        return OPEN_FILES.passed("This shell lets programs open enough files.")
    return OPEN_FILES.warned(
        f"This shell lets programs open {limits.open_files} files only.",
        "`ulimit -n 4096`, then run the same command again.",
    )
