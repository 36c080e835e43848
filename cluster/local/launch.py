"""How each process of a workspace is started: by a small program that sets its limits and becomes the command."""

import sys
from dataclasses import dataclass
from pathlib import Path

PROGRAM = Path(__file__).with_name("launched.py")


@dataclass(frozen=True, slots=True)
class Launch:
    """The command runs in `folder`.

    `cgroup` is joined if the process may; `data` (bytes, each process's) and `tasks` (all of the user's) are rlimits.
    One that is `held` waits for a byte on its standard input first, and ends where that ends without one; `terminal`
    makes standard input the controlling terminal.
    """

    command: tuple[str, ...]
    folder: str
    cgroup: str | None = None
    data: int | None = None
    tasks: int | None = None
    held: bool = False
    terminal: bool = False

    def arguments(self) -> tuple[str, ...]:
        given = {"folder": self.folder, "cgroup": self.cgroup, "data": self.data, "tasks": self.tasks}
        options = [f"{name}={value}" for name, value in given.items() if value is not None]
        options += [name for name in ("held", "terminal") if getattr(self, name)]
        return (sys.executable, "-I", "-S", str(PROGRAM), *options, "--", *self.command)
