"""A project's own install command, run in its workspace: begun as soon as files are there, followed by who wants to."""

import asyncio
import re
import shlex
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from cluster.dependencies.scripts import BEGIN, FOLLOW, LOG
from cluster.engine import Engine, ExecSession
from cluster.errors import DependenciesError
from cluster.inside import answer
from cluster.output_tail import OutputTail
from templates.errors import VibeCodeError
from templates.events import Event, Step, StepDone, Steps, StepStarted, stream
from templates.project import Manifest
from templates.text import duration

STEP = "install"
ATTEMPTS = 3
"""How often it is followed where the workspace is replaced, or what runs in it is ended, in the middle."""
REFUSALS = 60
"""How often a workspace that seems to run may refuse to run anything, as one does that is just being replaced."""
PAUSE = 1.0
"""Seconds between two refusals."""

_ENDED = re.compile(r"^ended (\d+) (\d+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ended:
    """How the command ended, after how many seconds; `log` is the end of what it printed, where it failed."""

    exit_code: int
    seconds: float
    log: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Installation:
    """One workspace's dependencies; what is begun goes on inside, and whoever comes next finds it."""

    engine: Engine
    name: str
    command: str

    @property
    def again(self) -> str:
        """What a person writes to run it once more."""
        return f"vibecode exec {self.name} -- sh -c {shlex.quote(self.command)}"

    async def beside(self, making: AsyncIterator[Event]) -> AsyncGenerator[Event]:
        """The events of the workspace's making; beside it the command begins, as soon as the engine lets it.

        Nothing of that is told: `follow` begins what could not be begun, and tells of all.
        """
        steps = _Steps()
        beginning: asyncio.Future[bool] | None = None
        try:
            async for event in making:
                yield event
                steps.take(event)
                if steps.may_begin and (beginning is None or (beginning.done() and not beginning.result())):
                    beginning = asyncio.ensure_future(self._begin())
            if beginning is not None:
                await beginning
        finally:
            if beginning is not None:
                beginning.cancel()
                await asyncio.gather(beginning, return_exceptions=True)
            close = getattr(making, "aclose", None)
            if close is not None:
                await close()

    def follow(self) -> AsyncGenerator[Event]:
        """One step, to the end of the command, which is begun where it must be; left, it loses nothing.

        Raises DependenciesError where it failed, with the end of its log in the step's.
        """
        return stream(self._follow)

    async def _follow(self, steps: Steps) -> None:
        async with steps.step(STEP, f"Installing dependencies: {self.command}") as step:
            ended = await self._until_ended(step)
            if ended.exit_code != 0:
                step.log = ended.log
                raise DependenciesError(
                    f"`{self.command}` ended with exit code {ended.exit_code} after {duration(ended.seconds)}. "
                    f"{self.name} can be used all the same; its log is {LOG} in the workspace.",
                    hint=f"`{self.again}` runs it again.",
                )
            step.note = f"it took {duration(ended.seconds)}"

    async def _until_ended(self, step: Step) -> Ended:
        followed = refused = 0
        while followed < ATTEMPTS and refused < REFUSALS:
            try:
                session = await self.engine.exec(self.name, self._command(FOLLOW))
            except VibeCodeError:  # the workspace is being replaced, stopped, gone
                refused += 1
            else:
                followed, refused = followed + 1, 0
                if (ended := await _followed(session, step)) is not None:
                    return ended
            step.progress("it was cut off; beginning again as soon as the workspace runs")
            if not await self._runs():
                break
            await asyncio.sleep(PAUSE if refused else 0)
        raise await self._cut_off()

    async def _begin(self) -> bool:
        """Whether it could be asked for."""
        try:
            code, _ = await answer(self.engine, self.name, self._command(BEGIN))
        except VibeCodeError:
            return False
        return code == 0

    def _command(self, script: str) -> tuple[str, ...]:
        return ("sh", "-c", script, "install", self.command)

    async def _cut_off(self) -> DependenciesError:
        """What became of it, and what can be done now."""
        try:
            there = any(one.name == self.name for one in await self.engine.workspaces())
        except VibeCodeError:
            there = True  # as far as is known
        if not there:
            hint = "`vibecode list` shows what there is."
            return DependenciesError(f"{self.name} was deleted while `{self.command}` ran in it.", hint=hint)
        return DependenciesError(
            f"`{self.command}` was cut off in {self.name}, before its end was known.",
            hint=f"`vibecode start {self.name}`, then `{self.again}` goes on with it.",
        )

    async def _runs(self) -> bool:
        """Whether the workspace runs, as soon as that is settled."""
        try:
            async with aclosing(self.engine.watch()) as every:
                async for seen in every:
                    state = next((one.state for one in seen if one.name == self.name), "failed")
                    if state not in ("creating", "unknown"):
                        return state == "running"
        except VibeCodeError:
            pass
        return False


async def _followed(session: ExecSession, step: Step) -> Ended | None:
    """What `FOLLOW` told in the end; None where it, or what it follows, was cut off."""

    def show(text: str) -> None:
        if said := [line.strip() for line in text.splitlines() if line.strip()]:
            step.progress(said[-1])

    told, report = OutputTail(show), OutputTail()
    try:
        await session.close_stdin()
        async for source, data in session.output():
            (told if source == "stdout" else report).take(source, data)
    except VibeCodeError:
        return None
    finally:
        await session.close()
    said = report.text()
    found = _ENDED.search(said)
    return found and Ended(int(found[1]), int(found[2]) / 1000, tuple(said[found.end() :].splitlines()))


class _Steps:
    """What of the making is done, as far as a beginning depends on it."""

    def __init__(self) -> None:
        self._filled = False
        self._tools = False
        self.may_begin = False

    def take(self, event: Event) -> None:
        """`may_begin` is true after a step that made it possible; that the engine agrees is not known before."""
        match event:
            case StepStarted(step="tools"):
                self._tools = True
            case StepDone(step=step):
                self._filled |= step == "seed"
                self._tools &= step != "tools"
                self.may_begin = self._filled and not self._tools and step in ("seed", "ready", "tools")
            case _:
                self.may_begin = False


def installation(engine: Engine, name: str, manifest: Manifest) -> Installation | None:
    """None where there is nothing to install."""
    return Installation(engine, name, manifest.install) if manifest.install else None
