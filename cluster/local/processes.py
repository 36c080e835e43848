"""The machine's processes, each known by its number and its start, so that none that is not ours is ever ended.

Linux tells all from /proc. macOS tells numbers, parents and starts by `ps`, but not what a process was started with:
there a workspace's processes are those that descend from its editor or share a session with it.
"""

import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Identity:
    """One process for all time: its number, and when it was started, in the system's own words."""

    pid: int
    started: str


@dataclass(frozen=True, slots=True)
class Process:
    """`cpu` is the time that it has had, in seconds; 0 where the system tells it only by other ways."""

    identity: Identity
    parent: int
    session: int
    zombie: bool = False
    cpu: float = 0.0


def identify(pid: int) -> Identity | None:
    """Who has this number now; None where nobody has, or only a process that has ended."""
    found = _read_stat(pid) if sys.platform == "linux" else next((one for one in _ps(pid)), None)
    return found.identity if found and not found.zombie else None


def lives(identity: Identity | None) -> bool:
    """Whether this very process is alive; another that was given its number later is not it."""
    return identity is not None and identify(identity.pid) == identity


def with_values(variable: str) -> list[tuple[Process, str | None]]:
    """All processes, without those that have ended, each with what it was started with as `variable`, if known.

    One that ended while it was read may just have left its work to a child: the look goes on until nobody is new.
    """
    if sys.platform != "linux":
        return [(one, None) for one in _ps() if not one.zombie]
    seen, found = set[int](), list[tuple[Process, str | None]]()
    while new := {int(one.name) for one in PROC.iterdir() if one.name.isdigit()} - seen:
        seen |= new
        for pid in new:
            value = _value(pid, variable)
            if (process := _read_stat(pid)) is not None and not process.zombie:
                found.append((process, value))
    return found


def belonging(variable: str, value: str, *, also: Identity | None = None) -> list[Identity]:
    """Who was started with `variable=value` in the environment, and all that descends from them.

    `also` is one that belongs in any case; with a session leader that belongs, its session does. What was started
    with another value does not belong, whoever started it. Never this process.
    """
    known = with_values(variable)
    processes = {one.identity.pid: one for one, _ in known}
    values = {one.identity.pid: found for one, found in known}
    ours = {pid for pid, found in values.items() if found == value}
    if also is not None and (there := processes.get(also.pid)) and there.identity == also:
        ours.add(also.pid)
    open_ = {pid: one for pid, one in processes.items() if values[pid] is None}
    while more := {pid for pid, one in open_.items() if pid not in ours and {one.parent, one.session} & ours}:
        ours |= more
    return [processes[pid].identity for pid in sorted(ours - {os.getpid()})]


def by_value(variable: str) -> dict[str, list[Process]]:
    """Who was started with `variable` in the environment, and all that descends from them, by its value."""
    known = with_values(variable)
    processes = {one.identity.pid: one for one, _ in known}
    found = {one.identity.pid: value for one, value in known if value is not None}
    open_ = set(processes) - set(found)
    while more := {pid: found[above] for pid in open_ for above in _above(processes[pid]) if above in found}:
        found |= more
        open_ -= set(more)
    groups: dict[str, list[Process]] = {}
    for pid, value in found.items():
        groups.setdefault(value, []).append(processes[pid])
    return groups


def _above(process: Process) -> tuple[int, int]:
    return process.parent, process.session


def send(identity: Identity, number: int) -> bool:
    """Signals this very process, through a descriptor where the system has them; False where it is gone."""
    if not hasattr(os, "pidfd_open"):
        if not lives(identity):
            return False
        with suppress(ProcessLookupError):
            os.kill(identity.pid, number)
            return True
        return False
    try:
        descriptor = os.pidfd_open(identity.pid)
    except OSError:
        return False
    try:
        if not lives(identity):  # looked at after the descriptor was opened: it now stands for this one
            return False
        signal.pidfd_send_signal(descriptor, number)
    except ProcessLookupError:
        return False
    finally:
        os.close(descriptor)
    return True


def parse_stat(text: str, boot: str) -> Process:
    """From /proc/PID/stat (proc_pid_stat(5)): the name in brackets may hold brackets and spaces itself."""
    pid, _, rest = text.partition(" (")
    words = rest.rpartition(") ")[2].split()
    ticks = int(words[11]) + int(words[12])
    return Process(
        Identity(int(pid), f"{boot} {words[19]}"),
        int(words[1]),
        int(words[3]),
        words[0] in "ZX",
        ticks / os.sysconf("SC_CLK_TCK"),
    )


def parse_ps(line: str) -> Process:
    """From `ps -o pid=,ppid=,sess=,stat=,lstart=`; a session is given in hexadecimal or not at all (0)."""
    pid, parent, _, state, started = line.split(None, 4)
    return Process(Identity(int(pid), started.strip()), int(parent), 0, state.startswith("Z"))


def _read_stat(pid: int) -> Process | None:
    try:
        return parse_stat((PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace"), _boot())
    except (OSError, ValueError, IndexError):
        return None


@cache
def _boot() -> str:
    """Which boot this is: starts are counted from it."""
    return (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _ps(pid: int | None = None) -> list[Process]:
    import subprocess  # only where there is no /proc: this module is on the way of every command that runs

    which = ("-A",) if pid is None else ("-p", str(pid))
    said = subprocess.run(
        ("ps", *which, "-o", "pid=,ppid=,sess=,stat=,lstart="),
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
    )
    return [parse_ps(line) for line in said.stdout.splitlines() if line.strip()]


def _value(pid: int, variable: str) -> str | None:
    """What the process was started with; None where that cannot be known."""
    try:
        entries = (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return None
    start = os.fsencode(f"{variable}=")
    return next((os.fsdecode(one.removeprefix(start)) for one in entries if one.startswith(start)), None)
