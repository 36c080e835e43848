"""Which programs listen on this machine's ports."""

import re
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_LISTEN = "0A"
"""TCP_LISTEN in /proc/net/tcp (Linux, include/net/tcp_states.h)."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A program that listens: its name, its process id, and the system service it belongs to (or empty)."""

    name: str
    pid: int
    service: str = ""


def find_listeners(ports: Collection[int]) -> Mapping[int, Listener]:
    """Who listens on each of the ports, as far as this account may see: only root sees everybody's. Blocks."""
    if not ports:
        return {}
    if sys.platform == "linux":
        return _from_proc(ports)
    with suppress(OSError, subprocess.SubprocessError):
        ended = subprocess.run(
            ("lsof", "-nP", "-iTCP", "-sTCP:LISTEN", "-Fpcn"), capture_output=True, text=True, timeout=5, check=False
        )
        return {port: one for port, one in parse_lsof(ended.stdout).items() if port in ports}
    return {}


def parse_tcp_table(table: str) -> dict[str, int]:
    """The sockets that listen, by inode, each with its port, from /proc/net/tcp or tcp6 (proc_net_tcp(5))."""
    rows = (row.split() for row in table.splitlines()[1:])
    return {row[9]: int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == _LISTEN}


def parse_service(cgroup: str) -> str:
    """The system service that a process belongs to, from its /proc/PID/cgroup (cgroups(7))."""
    match = re.search(r":/system\.slice/([^/\n]+)\.service$", cgroup, re.MULTILINE)
    return match[1] if match else ""


def parse_lsof(fields: str) -> dict[int, Listener]:
    """Who listens on each port, from `lsof -F pcn`: a process's p and c lines come before the n of its sockets."""
    found: dict[int, Listener] = {}
    pid, name = 0, ""
    for line in fields.splitlines():
        kind, value = line[:1], line[1:]
        if kind == "p":
            pid = int(value)
        elif kind == "c":
            name = value
        elif kind == "n" and (port := value.rpartition(":")[2]).isdigit():
            found.setdefault(int(port), Listener(name, pid))
    return found


def _from_proc(ports: Collection[int]) -> dict[int, Listener]:
    sockets: dict[str, int] = {}
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            sockets |= parse_tcp_table((PROC / "net" / table).read_text(encoding="ascii"))
    wanted = {f"socket:[{inode}]": port for inode, port in sockets.items() if port in ports}
    found: dict[int, Listener] = {}
    for folder in PROC.glob("[0-9]*") if wanted else ():
        for target in _open_files(folder):
            if target in wanted:
                with suppress(OSError):
                    found.setdefault(wanted[target], _program(folder))
    return found


def _open_files(process: Path) -> Iterator[str]:
    with suppress(OSError):  # another account's process, or one that has ended meanwhile
        for one in (process / "fd").iterdir():
            with suppress(OSError):
                yield str(one.readlink())


def _program(process: Path) -> Listener:
    name = (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
    return Listener(name, int(process.name), parse_service((process / "cgroup").read_text(encoding="utf-8")))
