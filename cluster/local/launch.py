"""What runs first in each process of a workspace: sets its limits, notes who it is, and becomes the command.

Run as `python -I -m cluster.local.launch JSON`; it is a program of its own since nothing but async-signal-safe
calls may stand between fork and exec in a program with threads.
"""

import fcntl
import json
import os
import resource
import sys
import termios
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from cluster.local.files import replace_file
from cluster.local.processes import identify
from cluster.local.records import EditorProcess


@dataclass(frozen=True, slots=True)
class Launch:
    """The command runs in `folder`; `process` is the file that is to say who it became.

    `cgroup` is joined if this process may; `data` (bytes, each process's) and `tasks` (all of the user's) are rlimits.
    `terminal` makes standard input the controlling terminal.
    """

    command: tuple[str, ...]
    folder: str
    cgroup: str | None = None
    data: int | None = None
    tasks: int | None = None
    process: str | None = None
    terminal: bool = False

    def arguments(self) -> tuple[str, ...]:
        return (sys.executable, "-I", "-m", "cluster.local.launch", json.dumps(asdict(self)))


def launch(what: Launch) -> None:
    """Does not return."""
    if what.terminal:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    if what.cgroup is not None:
        with suppress(OSError):
            Path(what.cgroup, "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
    for kind, limit in ((resource.RLIMIT_DATA, what.data), (resource.RLIMIT_NPROC, what.tasks)):
        if limit is not None:
            _, hard = resource.getrlimit(kind)
            resource.setrlimit(kind, (bound := limit if hard == resource.RLIM_INFINITY else min(limit, hard), bound))
    if what.process is not None and (identity := identify(os.getpid())) is not None:
        replace_file(Path(what.process), EditorProcess(identity, what.command, what.cgroup).encode())
    try:
        os.chdir(what.folder)
        os.execvp(what.command[0], what.command)
    except OSError as error:
        sys.stderr.write(f"{what.command[0]}: {error.strerror}\n")
        sys.exit(127 if isinstance(error, FileNotFoundError) else 126)


if __name__ == "__main__":
    values = json.loads(sys.argv[1])
    launch(Launch(**values | {"command": tuple(values["command"])}))
