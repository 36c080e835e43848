"""The terminal application against a blank one: first paint, keys, events, idle time and memory; both in a terminal.

What is measured runs in this same file as `python -m tests.bench.screens CONTENDER`, on a pseudo-terminal of its own.
"""

import asyncio
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import tempfile
import termios
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from tests.bench.harness import ROOT, VIBECODE, Result, in_turns

PATIENCE = 60.0
"""Seconds for what a program is to show."""
MANY, FEW = 500, 10
"""Workspaces; the logs have 200 lines for each."""
LINES = 200
KEYS = 40
IDLE = 10.0
"""Seconds over which the processor's time is counted."""
SYNC_END = b"\x1b[?2026l"
"""With which Textual ends each frame."""
BLANK = ("-c", "from textual.app import App; App().run()")


@dataclass
class Terminal:
    """A program on a pseudo-terminal of 120 columns and 40 rows; `said` is all that it wrote."""

    pid: int
    master: int
    began: float
    said: bytes = b""

    @classmethod
    def start(cls, command: Sequence[str | Path], environment: Mapping[str, str]) -> "Terminal":
        began = perf_counter()
        pid, master = pty.fork()
        if pid == 0:
            os.chdir(ROOT)
            os.execvpe(command[0], [str(one) for one in command], dict(environment))
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        return cls(pid, master, began)

    def read(self, seconds: float) -> bytes:
        """What it writes next, empty where it is silent for so long."""
        if not select.select([self.master], [], [], seconds)[0]:
            return b""
        with suppress(OSError):
            data = os.read(self.master, 1 << 20)
            if b"\x1b[?2026$p" in data:
                os.write(self.master, b"\x1b[?2026;2$y")  # as a terminal says that it knows frames
            self.said += data
            return data
        return b""

    def until(self, shown: Callable[[bytes], bool], since: float) -> float:
        """Seconds from `since` until what it wrote from now on is as wanted."""
        at = len(self.said)
        while not shown(self.said[at:]):
            if perf_counter() - since > PATIENCE:
                raise TimeoutError(f"{self.said[-2000:]!r}")
            self.read(0.5)
        return perf_counter() - since

    def settle(self, quiet: float = 0.5) -> None:
        while self.read(quiet):
            pass

    def press(self, key: bytes) -> float:
        """Seconds from a key to the end of the frame that it brings."""
        began = perf_counter()
        os.write(self.master, key)
        return self.until(lambda said: SYNC_END in said, began)

    def processor(self) -> float:
        """Seconds of the processor that it took so far (proc_pid_stat(5): utime and stime)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """MiB that it has in memory."""
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text())
        assert found is not None
        return int(found[1]) / 1024

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.master)


async def measure(runs: int = 7) -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "COLUMNS": "120",
            "LINES": "40",
            "VIBECODE_HOME": folder,
            "VIBECODE_ENGINE": "local",
        }
        return [*await _first_paint(environment, runs), *await asyncio.to_thread(_use, environment)]


async def _first_paint(environment: Mapping[str, str], runs: int) -> list[Result]:
    async def blank(_: int) -> float:
        return await asyncio.to_thread(_painted, (sys.executable, *BLANK), environment, _anything)

    async def vibecode(_: int) -> float:
        return await asyncio.to_thread(_painted, (VIBECODE,), environment, lambda said: b"Workspaces" in said)

    bare, ours = await in_turns(runs, blank, vibecode, warm_up=True)
    return [Result("screens", "first paint", ours, "under 1.5", "a blank Textual application", bare)]


def _painted(command: Sequence[str | Path], environment: Mapping[str, str], shown: Callable[[bytes], bool]) -> float:
    terminal = Terminal.start(command, environment)
    try:
        return terminal.until(shown, terminal.began)
    finally:
        terminal.end()


def _anything(said: bytes) -> bool:
    """A blank application has painted when its first frame has ended, or else when rows were written."""
    return SYNC_END in said or said.count(b"\n") + said.count(b"\x1b[") > 60


def _use(environment: Mapping[str, str]) -> list[Result]:
    blank = _blank_memory(environment)
    few, many = _pressed(environment, FEW), _pressed(environment, MANY)
    memory_empty = _memory_empty(environment)
    return [
        *(
            Result("screens", what, (_p95(many[what]),), "under 0.05 s and 2", f"with {FEW}", (_p95(few[what]),))
            for what in ("p95 of a key among workspaces", "p95 of a key in a log", "p95 of a letter searched for")
        ),
        Result("screens", f"an event to the screen, with {MANY}", many["event"], "under 0.1 s"),
        Result("screens", "processor while nothing happens", many["idle"], "under 1 %", unit="%"),
        Result("screens", "memory without a workspace", (memory_empty,), "under 1.6", "blank", (blank,), unit="MiB"),
        Result("screens", f"memory with {MANY} and a log", many["memory"], "under 3", "blank", (blank,), unit="MiB"),
    ]


def _blank_memory(environment: Mapping[str, str]) -> float:
    terminal = Terminal.start((sys.executable, *BLANK), environment)
    terminal.until(_anything, terminal.began)
    terminal.settle()
    try:
        return terminal.memory()
    finally:
        terminal.end()


def _memory_empty(environment: Mapping[str, str]) -> float:
    """Of the whole program, on an engine that has nothing yet."""
    terminal = Terminal.start((VIBECODE,), environment)
    terminal.until(lambda said: b"taken away again" in said, terminal.began)
    terminal.settle(1.5)
    try:
        return terminal.memory()
    finally:
        terminal.end()


def _pressed(environment: Mapping[str, str], count: int) -> dict[str, tuple[float, ...]]:
    """Drives an application with so many workspaces, and a log of `LINES` times as many lines."""
    terminal = Terminal.start((sys.executable, "-m", "tests.bench.screens", str(count)), environment)
    found: dict[str, tuple[float, ...]] = {}
    try:
        terminal.until(lambda said: b"workspace-0" in said, terminal.began)
        terminal.settle(2)
        found["p95 of a key among workspaces"] = tuple(_keys(terminal, [b"j", b"k"] * (KEYS // 2)))
        began_idle = terminal.processor()
        end = perf_counter() + IDLE
        while perf_counter() < end:
            terminal.read(0.5)
        found["idle"] = ((terminal.processor() - began_idle) / IDLE * 100,)
        found["event"] = tuple(_events(terminal))
        os.write(terminal.master, b"l")
        terminal.until(lambda said: b"the last line" in said, perf_counter())
        terminal.settle(3)
        found["p95 of a key in a log"] = tuple(_keys(terminal, [b"k"] * KEYS))
        terminal.press(b"/")
        terminal.settle()
        found["p95 of a letter searched for"] = tuple(_keys(terminal, [b"l", b"i", b"n", b"e"] * 3))
        found["memory"] = (terminal.memory(),)
    finally:
        terminal.end()
    return found


def _keys(terminal: Terminal, keys: Sequence[bytes]) -> list[float]:
    taken: list[float] = []
    for key in keys:
        taken.append(terminal.press(key))
        terminal.settle(0.06)
    return taken


def _events(terminal: Terminal) -> list[float]:
    """A signal has the engine change the first workspace, from which the time counts."""
    taken: list[float] = []
    for number in range(10):
        began = perf_counter()
        os.kill(terminal.pid, signal.SIGUSR1)
        wanted = b"failed" if number % 2 == 0 else b"running"
        taken.append(terminal.until(lambda said, wanted=wanted: wanted in said, began))
        terminal.settle(0.2)
    return taken


def _p95(taken: Sequence[float]) -> float:
    return sorted(taken)[min(len(taken) - 1, int(len(taken) * 0.95))]


def main(contender: str) -> None:
    """The application on an engine with `contender` workspaces."""
    from cluster.config import ClusterConfig
    from tests.fakes.engine import FakeEngine
    from tests.screens.stage import put, stage_of

    with tempfile.TemporaryDirectory() as folder:
        engine = FakeEngine(ClusterConfig(home=Path(folder)))
        stage = stage_of(engine, Path(folder) / "log")
        for number in range(int(contender)):
            put(engine, f"workspace-{number:03}")
            engine.change(f"workspace-{number:03}", created=datetime.now(UTC) - timedelta(hours=number))
        for number in range(int(contender) * LINES):
            engine.speak(
                "workspace-000", f"INFO line {number} of what it said, which is about as long as most lines are"
            )
        engine.speak("workspace-000", "the last line")
        app = stage.app(now=lambda: datetime.now(UTC))

        def change() -> None:
            now = next(one for one in engine._workspaces() if one.name == "workspace-000").state
            engine.change("workspace-000", state="failed" if now == "running" else "running")

        async def run() -> None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, change)
            await app.run_async()

        asyncio.run(run())


if __name__ == "__main__":
    main(sys.argv[1])
