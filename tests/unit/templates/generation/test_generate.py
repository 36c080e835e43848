"""From a plan to a workspace that works: on an engine whose commands really run, with a model that plays its part."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.errors import SeedError, WorkspaceNotFoundError
from cluster.files import EngineFiles
from templates.errors import FilesConflictError
from templates.events import Event, StepDone, StepFailed
from templates.generation.commands import CommandPrinted
from templates.generation.draft import FileDone, FileRefused
from templates.generation.generate import Base, FilesPlaced, GenerationEvent, Outcome, Target, generate
from templates.generation.journal import Journal, JournaledModel, begin, resume, unfinished
from templates.generation.plan import Plan, PlannedFile
from templates.generation.verification import Effort
from templates.models.errors import BudgetReachedError, RateLimitError
from templates.models.model import ChatMessage, Finished, TextDelta
from templates.project import Manifest, Project, ProjectFile
from templates.workspace_files import Write
from tests.fakes.chat_model import Answer, Line, ScriptedModel
from tests.fakes.engine import FakeEngine

PLAN = Plan(
    name="shop",
    title="A shop",
    install="cat needs.txt",
    test="sh test.sh",
    files=(PlannedFile("needs.txt"), PlannedFile("test.sh")),
)
NEEDS = '<file path="needs.txt">\nnothing\n</file>\n'
GOOD = '<file path="test.sh">\necho tested\n</file>\n'
BAD = '<file path="test.sh">\necho the tables are missing\nexit 3\n</file>\n'


@dataclass
class Stage:
    """All that a generation needs, and what came of it."""

    folder: Path
    engine: FakeEngine
    allowed: bool = True
    model: ScriptedModel = field(default_factory=lambda: ScriptedModel([]))
    events: list[GenerationEvent] = field(default_factory=list[GenerationEvent])

    @property
    def files(self) -> EngineFiles:
        return EngineFiles(self.engine, "shop")

    async def run(
        self, *answers: Line, plan: Plan = PLAN, base: Base | None = None, effort: Effort | None = None
    ) -> bool | None:
        """Begins, or goes on with what was begun; the outcome."""
        begun = unfinished(self.folder)
        journal = resume(begun[0]) if begun else begin(self.folder, "a shop")
        try:
            return await self._run(journal, list(answers), plan, base or Base(), effort or Effort())
        finally:
            journal.close()

    async def _run(self, journal: Journal, answers: list[Line], plan: Plan, base: Base, effort: Effort) -> bool | None:
        async def may_run() -> bool:
            return self.allowed

        self.model, self.events = ScriptedModel(answers), []
        target = Target(self.create, self.files, may_run)
        model = JournaledModel(self.model, journal)
        async for event in generate(model, "a shop", plan, base, target, journal, effort):
            self.events.append(event)
        last = self.events[-1]
        assert isinstance(last, Outcome)
        return last.verified

    async def create(self, project: Project) -> AsyncIterator[Event]:
        if all(one.state != "running" for one in await self.engine.workspaces()):
            async for event in self.engine.create("shop", project):
                yield event

    async def contents(self) -> dict[str, bytes]:
        listing = await self.files.list()
        found = await self.files.read([one.path for one in listing.files])
        return {path: file.content for path, file in found.items()}

    def of(self, kind: type[GenerationEvent]) -> list[GenerationEvent]:
        return [event for event in self.events if isinstance(event, kind)]


async def yes() -> bool:
    return True


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "generations", FakeEngine(ClusterConfig(home=tmp_path / "engine")))


async def test_files_are_written_placed_and_tried(stage: Stage) -> None:
    assert await stage.run(NEEDS + GOOD) is True

    assert await stage.contents() == {"needs.txt": b"nothing\n", "test.sh": b"echo tested\n"}
    steps = [event.step for event in stage.events if isinstance(event, StepDone)]
    assert steps[-3:] == ["apply", "install", "test"]
    assert {"workspace", "ready", "write"} <= set(steps)
    assert stage.of(FilesPlaced) == [FilesPlaced(2)]
    assert CommandPrinted("test", "tested\n") in stage.events


async def test_the_workspace_is_made_while_the_model_still_writes(stage: Stage) -> None:
    created = asyncio.Event()

    class Patient(ScriptedModel):
        async def answer(
            self, messages: Sequence[ChatMessage], *, max_tokens: int | None = None
        ) -> AsyncGenerator[TextDelta | Finished]:
            await asyncio.wait_for(created.wait(), 5)
            async for piece in super().answer(messages, max_tokens=max_tokens):
                yield piece

    async def create(project: Project) -> AsyncIterator[Event]:
        async for event in stage.engine.create("shop", project):
            yield event
        created.set()

    journal, target = begin(stage.folder, "a shop"), Target(create, stage.files, yes)
    model = Patient([NEEDS + GOOD])
    events = [event async for event in generate(model, "x", PLAN, Base(), target, journal, Effort())]
    assert events[-1] == Outcome(True)


async def test_a_file_is_in_the_workspace_while_the_next_is_written(stage: Stage) -> None:
    seen: list[str] = []

    class Watching(ScriptedModel):
        async def answer(
            self, messages: Sequence[ChatMessage], *, max_tokens: int | None = None
        ) -> AsyncGenerator[TextDelta | Finished]:
            yield TextDelta(NEEDS)
            while "needs.txt" not in seen:
                there = {one.name for one in await stage.engine.workspaces() if one.state == "running"}
                seen.extend(await stage.contents() if there else ())
                await asyncio.sleep(0)
            yield TextDelta(GOOD)
            yield Finished("stop")

    journal = begin(stage.folder, "a shop")
    target = Target(lambda project: stage.engine.create("shop", project), stage.files, yes)
    async with asyncio.timeout(20):
        events = [event async for event in generate(Watching([]), "x", PLAN, Base(), target, journal, Effort())]
    assert events[-1] == Outcome(True)
    assert "test.sh" not in seen


async def test_what_an_earlier_attempt_had_placed_is_found_there(stage: Stage) -> None:
    stage.engine.put("shop", Project(Manifest("A shop"), (ProjectFile("needs.txt", b"nothing\n"),)))
    assert await stage.run(NEEDS + GOOD) is True
    assert await stage.contents() == {"needs.txt": b"nothing\n", "test.sh": b"echo tested\n"}


async def test_a_base_is_changed_and_kept_otherwise(stage: Stage) -> None:
    base = Base(
        (
            ProjectFile("test.sh", b"exit 1\n", mode=0o755),
            ProjectFile("kept.py", b"x\n"),
            ProjectFile("old.py", b"y\n"),
        ),
        Manifest("T", extensions=()),
    )
    assert await stage.run(NEEDS + GOOD + '<delete path="old.py"/>\n', base=base) is True
    assert set(await stage.contents()) == {"kept.py", "needs.txt", "test.sh"}
    assert "exit 1" in stage.model.asked[0][-1].content


async def test_what_fails_goes_back_to_the_model_with_the_end_of_its_output(stage: Stage) -> None:
    assert await stage.run(NEEDS + BAD, GOOD) is True

    asked = stage.model.asked[1][-1].content
    assert "sh test.sh" in asked
    assert "exit code 3" in asked
    assert "the tables are missing" in asked
    assert (await stage.contents())["test.sh"] == b"echo tested\n"
    [failed] = [event for event in stage.events if isinstance(event, StepFailed)]
    assert failed.log == ("the tables are missing",)


async def test_it_is_repaired_a_set_number_of_times_and_then_said_so(stage: Stage) -> None:
    worse = [BAD.replace("tables", f"tables of {number}") for number in range(5)]
    assert await stage.run(NEEDS + BAD, *worse, effort=Effort(repairs=2)) is False
    assert len(stage.model.asked) == 3


async def test_a_model_that_changes_nothing_is_not_asked_again(stage: Stage) -> None:
    assert await stage.run(NEEDS + BAD, "I see no error.\n", effort=Effort(repairs=3)) is False
    assert len(stage.model.asked) == 2


async def test_a_model_that_cannot_repair_leaves_a_workspace_that_is_not_verified(stage: Stage) -> None:
    assert await stage.run(NEEDS + BAD, Answer([], error=BudgetReachedError("one day"))) is False
    assert [event.error.code for event in stage.events if isinstance(event, StepFailed)][-1] == "budget-reached"


async def test_the_time_for_it_is_limited(stage: Stage) -> None:
    slow = replace(PLAN, test="sleep 100")
    assert await stage.run(NEEDS + GOOD, plan=slow, effort=Effort(seconds=0.2)) is False


async def test_what_the_person_changed_meanwhile_is_not_overwritten(stage: Stage) -> None:
    def repair(messages: Sequence[ChatMessage]) -> str:
        (stage.engine.config.home / "shop" / "test.sh").write_text("mine\n")
        return GOOD

    assert await stage.run(NEEDS + BAD, repair) is False
    assert (await stage.contents())["test.sh"] == b"mine\n"


async def test_nothing_is_run_where_that_is_not_agreed_to(stage: Stage) -> None:
    stage.allowed = False
    assert await stage.run(NEEDS + GOOD) is None
    assert stage.of(CommandPrinted) == []
    assert set(await stage.contents()) == {"needs.txt", "test.sh"}


async def test_a_plan_without_commands_verifies_nothing(stage: Stage) -> None:
    assert await stage.run(NEEDS + GOOD, plan=replace(PLAN, install="", test="", run="npm start")) is None


async def test_names_that_collide_are_refused_and_the_rest_is_placed(stage: Stage) -> None:
    assert await stage.run(NEEDS + GOOD + '<file path="Test.sh">\nx\n</file>\n') is True
    assert [event.path for event in stage.events if isinstance(event, FileRefused)] == ["Test.sh"]


# Interrupted


@pytest.mark.parametrize("cut", [10, 40, 55, 70])
async def test_a_generation_that_broke_off_goes_on_and_asks_nothing_twice(stage: Stage, cut: int) -> None:
    answer = NEEDS + GOOD
    with pytest.raises(BudgetReachedError):
        await stage.run(Answer([answer[:cut]], error=BudgetReachedError("one day")))

    def rest(messages: Sequence[ChatMessage]) -> str:
        if messages[-1].content.startswith("You were cut off"):
            return NEEDS + GOOD
        raise AssertionError("a question that was asked before")

    # What arrived has no whole line at the first cut: there is nothing to go on from.
    assert await stage.run(rest if cut > 24 else NEEDS + GOOD) is True
    assert len(stage.model.asked) == 1
    assert await stage.contents() == {"needs.txt": b"nothing\n", "test.sh": b"echo tested\n"}


async def test_a_workspace_that_cannot_be_made_loses_no_answer(stage: Stage) -> None:
    answered = asyncio.Event()

    def answer(_: Sequence[ChatMessage]) -> str:
        answered.set()
        return NEEDS + GOOD

    async def fail(_: Project) -> AsyncIterator[Event]:
        await answered.wait()
        raise SeedError("no")
        yield

    journal, target = begin(stage.folder, "a shop"), Target(fail, stage.files, yes)
    model = JournaledModel(ScriptedModel([answer]), journal)
    with pytest.raises(SeedError):
        [event async for event in generate(model, "a shop", PLAN, Base(), target, journal, Effort())]
    journal.close()
    assert await stage.run() is True
    assert stage.model.asked == []


async def test_stopped_after_the_files_were_placed_does_not_write_them_again(stage: Stage) -> None:
    assert await stage.run(NEEDS + BAD, Answer([], error=RateLimitError("busy"))) is False
    await stage.files.apply([Write("test.sh", b"echo mine\n")])

    assert await stage.run() is True
    assert (await stage.contents())["test.sh"] == b"echo mine\n"
    assert stage.model.asked == []


async def test_stopped_between_placing_and_noting_it_finds_them_there(stage: Stage) -> None:
    files = (ProjectFile("needs.txt", b"nothing\n"), ProjectFile("test.sh", b"echo tested\n"))
    stage.engine.put("shop", Project(Manifest("A shop"), files))
    assert await stage.run(NEEDS + GOOD) is True


async def test_a_workspace_that_is_deleted_while_the_model_writes_is_made_again(stage: Stage) -> None:
    created = asyncio.Event()

    class Slow(ScriptedModel):
        async def answer(
            self, messages: Sequence[ChatMessage], *, max_tokens: int | None = None
        ) -> AsyncGenerator[TextDelta | Finished]:
            await asyncio.wait_for(created.wait(), 5)
            async for _ in stage.engine.delete("shop"):
                pass
            async for piece in super().answer(messages, max_tokens=max_tokens):
                yield piece

    async def create(project: Project) -> AsyncIterator[Event]:
        async for event in stage.engine.create("shop", project):
            yield event
        created.set()

    journal, target = begin(stage.folder, "a shop"), Target(create, stage.files, yes)
    model = JournaledModel(Slow([NEEDS + GOOD]), journal)
    with pytest.raises(WorkspaceNotFoundError):
        [event async for event in generate(model, "a shop", PLAN, Base(), target, journal, Effort())]
    journal.close()
    assert await stage.run() is True
    assert stage.model.asked == []


async def test_files_of_somebody_else_in_the_way_are_told_and_kept(stage: Stage) -> None:
    stage.engine.put("shop", Project(Manifest("Mine"), (ProjectFile("test.sh", b"mine\n"),)))
    with pytest.raises(FilesConflictError, match=r"test\.sh"):
        await stage.run(NEEDS + GOOD)
    assert await stage.contents() == {"test.sh": b"mine\n"}


class Thinking(ScriptedModel):
    """Says what it has to say, and never ends."""

    async def answer(
        self, messages: Sequence[ChatMessage], *, max_tokens: int | None = None
    ) -> AsyncGenerator[TextDelta | Finished]:
        async with aclosing(super().answer(messages)) as pieces:
            yield await anext(pieces)
            await asyncio.Event().wait()


async def test_closing_it_stops_the_model(stage: Stage) -> None:
    journal, model = begin(stage.folder, "a shop"), Thinking([NEEDS])
    target = Target(lambda project: stage.engine.create("shop", project), stage.files, yes)
    async with aclosing(generate(model, "x", PLAN, Base(), target, journal, Effort())) as events:
        while not isinstance(await anext(events), FileDone):
            continue
    assert model.closed == len(model.asked) == 1


# What is started


@pytest.fixture
def started(stage: Stage) -> Iterator[Callable[[], int]]:
    """The process that a project was started as; it is ended with the test."""
    pids = stage.engine.config.home.parent

    def pid() -> int:
        [file] = pids.rglob("run.pid")
        return int(file.read_text())

    yield pid
    for file in pids.rglob("run.pid"):
        try:
            os.killpg(int(file.read_text()), signal.SIGKILL)
        except ProcessLookupError:
            continue


def serving(port: int) -> Plan:
    return replace(PLAN, test="", run=f"python3 -m http.server {port} --bind 127.0.0.1", ports=(port,))


async def test_a_server_is_started_waited_for_and_left_running(
    stage: Stage, started: Callable[[], int], unused_tcp_port: int
) -> None:
    assert await stage.run(NEEDS + GOOD, plan=serving(unused_tcp_port)) is True
    _, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
    writer.close()
    os.kill(started(), 0)


async def test_a_server_that_ends_by_itself_has_failed(
    stage: Stage, started: Callable[[], int], unused_tcp_port: int
) -> None:
    broken = replace(serving(unused_tcp_port), run="echo no module named shop; exit 1")
    assert await stage.run(NEEDS + GOOD, "no idea", plan=broken) is False
    asked = stage.model.asked[1][-1].content
    assert "no module named shop" in asked
    assert "It ended by itself." in asked
