"""What runs first in each process of a workspace: sets its limits, and becomes the command.

Run by `cluster.local.launch` as `python -I -S launched.py [NAME=VALUE …] -- COMMAND …`. It is a program of its own, as
nothing but async-signal-safe calls may stand between fork and exec in a program with threads; and it imports so little
because every editor and every command waits for it.
"""

import fcntl
import os
import resource
import signal
import sys
import termios
from contextlib import suppress

LIMITS = {"data": resource.RLIMIT_DATA, "tasks": resource.RLIMIT_NPROC}


def launch(given: dict[str, str], command: list[str]) -> None:
    """Does not return; see `cluster.local.launch.Launch` for what can be given."""
    if "held" in given:
        if not os.read(0, 1):  # whoever started it is gone
            sys.exit(1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    if "terminal" in given:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    if "cgroup" in given:
        _join(given["cgroup"])
    for name, kind in LIMITS.items():
        if name in given:
            _, hard = resource.getrlimit(kind)
            bound = int(given[name]) if hard == resource.RLIM_INFINITY else min(int(given[name]), hard)
            resource.setrlimit(kind, (bound, bound))
    for number in signal.valid_signals():
        if signal.getsignal(number) == signal.SIG_IGN:  # by Python, or by a shell that began VibeCode in its background
            signal.signal(number, signal.SIG_DFL)
    try:
        os.chdir(given["folder"])
        os.execvp(command[0], command)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.exit(127 if isinstance(error, FileNotFoundError) else 126)


def _join(group: str) -> None:
    """Enters the cgroup, if this process may."""
    with suppress(OSError):
        os.write(os.open(f"{group}/cgroup.procs", os.O_WRONLY | os.O_CLOEXEC), str(os.getpid()).encode())


if __name__ == "__main__":
    end = sys.argv.index("--")
    launch({name: value for name, _, value in (one.partition("=") for one in sys.argv[1:end])}, sys.argv[end + 1 :])
