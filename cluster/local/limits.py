"""How much memory and how many processes a workspace may have: by cgroup v2 where the user may, else by rlimit.

Sources: the kernel's Documentation/admin-guide/cgroup-v2.rst ("Delegation Containment": a process is moved only by
who may write to cgroup.procs of the common ancestor), and setrlimit(2).
"""

import hashlib
import os
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
PROCESSES = 4096
"""Enough for any build, and far from what takes a machine down."""

_UNITS = {"Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


@dataclass(frozen=True, slots=True)
class Limits:
    """Memory in bytes; a cgroup counts the workspace's, an rlimit each process's own."""

    memory: int
    processes: int = PROCESSES


@dataclass(frozen=True, slots=True)
class Confinement:
    """What a workspace is held by: a cgroup below `parent`, or rlimits; `words` tell a person which."""

    limits: Limits
    parent: Path | None
    data: int | None
    tasks: int | None
    words: str

    def enter(self, folder: Path) -> Path | None:
        """The cgroup of the workspace in `folder`, made with its limits; None where rlimits do it, or nothing does."""
        if self.parent is None:
            return None
        group = self.parent / f"vibecode-{hashlib.sha256(bytes(folder)).hexdigest()[:16]}"
        group.mkdir(exist_ok=True)
        (group / "memory.max").write_text(str(self.limits.memory), encoding="ascii")
        (group / "pids.max").write_text(str(self.limits.processes), encoding="ascii")
        return group


def members(group: Path | None) -> list[int]:
    """The numbers of the processes in a cgroup; none where it is not there."""
    if group is None:
        return []
    try:
        return [int(line) for line in (group / "cgroup.procs").read_text(encoding="ascii").split()]
    except OSError:
        return []


def leave(group: Path | None) -> None:
    """Removes a cgroup in which nothing runs any more."""
    if group is not None:
        with suppress(OSError):
            group.rmdir()


def parse_memory(text: str) -> int:
    """Bytes of a quantity such as `2Gi`."""
    match = re.fullmatch(r"([0-9]+)(Mi|Gi|Ti)", text)
    if match is None:
        raise ValueError(f"{text!r} is no quantity of memory")
    return int(match[1]) * _UNITS[match[2]]


def confine(limits: Limits, *, cgroups: Path = CGROUPS, own: str | None = None) -> Confinement:
    """The strictest that this user may use here; `own` is this process's line of /proc/self/cgroup."""
    parent = _parent(cgroups, own if own is not None else _own_group())
    if parent is not None:
        words = f"memory {_mb(limits.memory)} and {limits.processes} processes for each workspace (cgroup)"
        return Confinement(limits, parent, None, None, words)
    told: list[str] = []
    data = tasks = None
    if sys.platform == "linux":  # elsewhere RLIMIT_DATA does not count what is mapped
        data = limits.memory
        told.append(f"memory {_mb(limits.memory)} for each process (rlimit)")
    else:
        told.append("memory is not limited here")
    if os.geteuid() != 0:
        tasks = _tasks_now() + limits.processes
        told.append(f"{limits.processes} processes more than the user had (rlimit)")
    else:
        told.append("processes are not limited, since root is not")
    return Confinement(limits, None, data, tasks, ", ".join(told))


def _parent(cgroups: Path, own: str) -> Path | None:
    """The nearest group above this process that hands on memory and pids and that this user may add to."""
    here = cgroups / own.lstrip("/")
    for group in (here, *here.parents):
        if not group.is_relative_to(cgroups):
            return None
        try:
            given = (group / "cgroup.subtree_control").read_text(encoding="ascii").split()
        except OSError:
            continue
        writable = os.access(group, os.W_OK) and os.access(group / "cgroup.procs", os.W_OK)
        if {"memory", "pids"} <= set(given) and writable:
            return group
    return None


def _own_group() -> str:
    """This process's place in the unified hierarchy; `/` where there is none."""
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return "/"
    return next((line.removeprefix("0::") for line in lines if line.startswith("0::")), "/")


def _tasks_now() -> int:
    """The user's threads, which RLIMIT_NPROC counts."""
    count = 0
    for one in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if one.stat().st_uid == os.getuid():
                count += sum(1 for _ in (one / "task").iterdir())
    return count


def _mb(size: int) -> str:
    return f"{size // 2**20} MiB"
