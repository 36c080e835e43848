"""A turn of a conversation: from a token's arrival to the terminal, and the context of a project of 5,000 files.

What is measured runs in this same file as `python -m tests.bench.chat`, on a pseudo-terminal of its own; its model says
when it speaks.
"""

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter, perf_counter_ns

from cluster.config import ClusterConfig
from cluster.files import EngineFiles
from templates.chat.context import gather_context
from templates.models.model import ChatMessage, Finished, TextDelta, Usage
from templates.project import Manifest, Project, ProjectFile
from tests.bench.harness import Result, timed
from tests.bench.screens import Terminal
from tests.fakes.engine import FakeEngine

FILES = 5_000
WINDOW = 200_000
"""Tokens that the model takes."""
SAID = re.compile(rb"at-(\d+)-ns")


async def measure(runs: int = 7) -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40", "VIBECODE_HOME": folder}
        tokens = await asyncio.to_thread(_first_tokens, environment, runs)
        first, later = await _contexts(Path(folder), runs)
    return [
        Result("chat", "the first token to the screen", tokens, "under 0.05"),
        Result("chat", f"context of {FILES:,} files, the first time", first),
        Result("chat", f"context of {FILES:,} files, later", later, "under 1"),
    ]


def _first_tokens(environment: Mapping[str, str], runs: int) -> tuple[float, ...]:
    """Seconds from each answer's first token until it has been written to the terminal."""
    terminal = Terminal.start((sys.executable, "-m", "tests.bench.chat"), environment)
    try:
        terminal.until(lambda said: b"shop" in said, terminal.began)
        os.write(terminal.master, b"4")
        terminal.until(lambda said: b"what is to change" in said, perf_counter())
        terminal.settle(2)
        return tuple(_first_token(terminal) for _ in range(runs))
    finally:
        terminal.end()


def _first_token(terminal: Terminal) -> float:
    """Those of earlier answers, which are drawn again, do not count."""
    asked = perf_counter_ns()
    os.write(terminal.master, b"say it\r")

    def stamps(said: bytes) -> list[int]:
        return [stamp for found in SAID.findall(said) if (stamp := int(found)) > asked]

    at = len(terminal.said)
    terminal.until(lambda said: bool(stamps(said)), perf_counter())
    now = perf_counter_ns()
    terminal.settle(1)
    return (now - stamps(terminal.said[at:])[0]) / 1e9


async def _contexts(folder: Path, runs: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Seconds of the first time, and of each later one."""
    content = b"def total(items):\n    return sum(items)\n" * 20
    project = Project(Manifest("Shop"), tuple(ProjectFile(f"pkg{n % 100}/m{n}.py", content) for n in range(FILES)))
    engine = FakeEngine(ClusterConfig(home=folder))
    engine.put("shop", project)
    files = EngineFiles(engine, "shop")
    taken = [await timed(gather_context(files, "change m7", WINDOW)) for _ in range(runs + 1)]
    return tuple(taken[:1]), tuple(taken[1:])


class TellingModel:
    """Says in its first token when that was."""

    id = "telling"
    context = WINDOW

    async def answer(
        self, messages: Sequence[ChatMessage], *, max_tokens: int | None = None
    ) -> AsyncGenerator[TextDelta | Finished]:
        await asyncio.sleep(0.2)  # as a model thinks, so that nothing else is still being drawn
        yield TextDelta(f"at-{perf_counter_ns()}-ns ")
        await asyncio.sleep(0.2)
        yield Finished("stop", Usage())


def main() -> None:
    """The application with one small workspace and that model."""
    from tests.fakes.models import FakeModels
    from tests.screens.stage import stage_of

    with tempfile.TemporaryDirectory() as folder:
        engine = FakeEngine(ClusterConfig(home=Path(folder)))
        engine.put("shop", Project(Manifest("Shop"), (ProjectFile("README.md", b"# Shop\n"),)))
        stage = stage_of(engine, Path(folder) / "log")
        models = replace(FakeModels(Path(folder) / "ai"), model=TellingModel())
        stage.app(models=models).run()


if __name__ == "__main__":
    main()
