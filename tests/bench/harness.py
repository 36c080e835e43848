"""Ours and a bare tool in turns within one run, so that what else the machine does meets both alike."""

import asyncio
import json
import os
import platform
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

Series = tuple[float, ...]
Contender = Callable[[int], Awaitable[float]]
"""Does the work once, for the run of this number (the warm-up's is -1); the seconds that it took."""

ROOT = Path(__file__).parents[2]
VIBECODE = Path(sys.executable).parent / "vibecode"


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table; `bare` is what `against` took in the same runs, empty where there is none to compare."""

    part: str
    what: str
    ours: Series
    goal: str = ""
    against: str = ""
    bare: Series = ()
    unit: str = "s"

    @property
    def ratios(self) -> Series:
        return tuple(ours / bare for ours, bare in zip(self.ours, self.bare, strict=True)) if self.bare else ()

    def row(self) -> tuple[str, ...]:
        bare = f"{_shown(self.bare, self.unit)}: {self.against}" if self.bare else ""
        return (self.part, self.what, _shown(self.ours, self.unit), bare, _shown(self.ratios), self.goal)

    def as_dict(self) -> dict[str, object]:
        return {
            "part": self.part,
            "what": self.what,
            "unit": self.unit,
            "ours": self.ours,
            "against": self.against or None,
            "bare": self.bare or None,
            "ratio": median(self.ratios) if self.bare else None,
            "goal": self.goal or None,
        }


async def in_turns(runs: int, *contenders: Contender, warm_up: bool = False) -> list[Series]:
    """What each contender took in each run: A B A B …; a warm-up goes first and is not counted."""
    taken: list[list[float]] = [[] for _ in contenders]
    for run in range(-1 if warm_up else 0, runs):
        for contender, series in zip(contenders, taken, strict=True):
            seconds = await contender(run)
            print(f"  {contender.__name__} {run}: {seconds:.3f}", file=sys.stderr, flush=True)
            if run >= 0:
                series.append(seconds)
    return [tuple(series) for series in taken]


async def timed(work: Awaitable[object]) -> float:
    start = perf_counter()
    await work
    return perf_counter() - start


async def program(*command: str | Path, stdin: str | None = None, env: Mapping[str, str] | None = None) -> str:
    """Runs a program to its end; its standard output. CalledProcessError, with what it said, where it fails."""
    ended = await asyncio.to_thread(
        subprocess.run,
        command,
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        env={**os.environ, **(env or {})},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise subprocess.CalledProcessError(ended.returncode, command, ended.stdout, ended.stderr)
    return ended.stdout


async def machine() -> dict[str, object]:
    """What the numbers depend on, and how busy the machine was when the run began."""
    docker = json.loads(await program("docker", "version", "--format", "{{json .}}"))
    kubectl = json.loads(await program("kubectl", "version", "--client", "--output", "json"))
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "load_before": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "docker": docker["Server"]["Version"],
        "kind": (await program("kind", "version")).split()[1],
        "kubectl": kubectl["clientVersion"]["gitVersion"],
    }


def table(results: Sequence[Result]) -> str:
    """In Markdown: medians, with the least and the most in brackets."""
    rows = [("part", "what", "ours", "baseline", "ratio", "goal"), *(result.row() for result in results)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |" for row in rows
    )


def write(path: Path, facts: Mapping[str, object], results: Sequence[Result]) -> None:
    path.parent.mkdir(exist_ok=True)
    record = {"machine": facts, "results": [result.as_dict() for result in results]}
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _shown(series: Series, unit: str = "") -> str:
    if not series:
        return ""
    least, middle, most = (f"{value:.3g}" for value in (min(series), median(series), max(series)))
    return f"{middle} {unit}".strip() + (f" ({least} to {most})" if len(series) > 1 else "")
