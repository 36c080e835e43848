"""What local workspaces take, counted over their processes by /proc; elsewhere than on Linux it is not known.

Source: proc_pid_stat(5), proc_pid_statm(5).
"""

import os
import sys
from dataclasses import dataclass, field
from time import monotonic

from cluster.engine import Usage
from cluster.local.editor import MARKER
from cluster.local.folders import LocalFolder
from cluster.local.processes import PROC, Identity, Process, by_value

SHORTEST = 1.0
"""Seconds over which CPU is counted at least, since the kernel's ticks are long; until then it is what it was."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Each workspace's processes with the CPU time that each has had, in seconds, at one time."""

    at: float
    cpu: dict[str, dict[Identity, float]]


@dataclass(slots=True)
class Meter:
    """Counts the workspaces of one home; CPU is what was taken since the sample before."""

    folder: LocalFolder
    _last: Sample | None = None
    _cores: dict[str, int] = field(default_factory=dict[str, int])

    def read(self) -> dict[str, Usage]:
        """By workspace, those in which anything runs; blocks for milliseconds. CPU is None at first."""
        if sys.platform != "linux":
            return {}
        groups = self._groups()
        now = Sample(monotonic(), {name: {one.identity: one.cpu for one in group} for name, group in groups.items()})
        if self._last is None:
            self._last = now
        elif now.at - self._last.at >= SHORTEST:
            self._cores = {name: _taken(self._last, now, name) for name in groups}
            self._last = now
        return {name: Usage(self._cores.get(name), sum(map(_memory, group))) for name, group in groups.items()}

    def _groups(self) -> dict[str, list[Process]]:
        found = by_value(MARKER)
        names = {str(one.path): one.name for one in self.folder.all()}
        return {names[path]: group for path, group in found.items() if path in names}


def _taken(before: Sample, now: Sample, name: str) -> int:
    """Thousandths of a core; a process that is new has taken all of its own since."""
    earlier = before.cpu.get(name, {})
    seconds = sum(max(0.0, cpu - earlier.get(identity, 0.0)) for identity, cpu in now.cpu[name].items())
    return round(1000 * seconds / (now.at - before.at))


def _memory(process: Process) -> int:
    """Bytes of its own: what it shares (programs, libraries) is not counted for each anew."""
    try:
        statm = (PROC / str(process.identity.pid) / "statm").read_text(encoding="ascii")
        resident, shared = map(int, statm.split()[1:3])
    except (OSError, ValueError):
        return 0
    return max(0, resident - shared) * os.sysconf("SC_PAGE_SIZE")
