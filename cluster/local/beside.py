"""What a workspace with services begins with: starts each of them beside it, then becomes the editor.

Run as `python -I -S beside.py FILE -- COMMAND`; FILE (JSON) is a list of services, each with `command`, `folder` and
`log`. A program of its own, of the standard library alone, so that it starts fast and can fork safely. Each service
is in no one's charge but its own keeper's: a process that starts it again where it ends, and ends with the workspace.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PAUSES = (0.2, 1.0, 3.0, 10.0, 30.0)
"""Seconds before each new start of a service that ended by itself; the last holds for all that follow."""

STEADY = 60.0
"""Seconds after which a service counts as having been well."""


def keep(command: list[str], folder: str, log: str) -> None:
    """Runs the service for as long as the workspace runs; does nothing where another keeper does."""
    lock = os.open(Path(folder, "lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    output = os.open(log, os.O_WRONLY | os.O_TRUNC | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, number in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(descriptor, number)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    ends = 0
    while True:
        began = time.monotonic()
        code = subprocess.call(command, cwd=folder)
        ends = 0 if time.monotonic() - began > STEADY else ends
        os.write(1, f"It ended with exit code {code}; it is started again.\n".encode())
        time.sleep(PAUSES[min(ends, len(PAUSES) - 1)])
        ends += 1


def detached(command: list[str], folder: str, log: str) -> None:
    """A keeper in the editor's session, by which it is found, and whose parent need not wait for it."""
    if (child := os.fork()) != 0:
        os.waitpid(child, 0)
        return
    if os.fork() == 0:
        keep(command, folder, log)
    os._exit(0)


if __name__ == "__main__":
    file, _, *rest = sys.argv[1:]
    for one in json.loads(Path(file).read_text(encoding="utf-8")):
        detached(one["command"], one["folder"], one["log"])
    os.execvp(rest[0], rest)
