"""Work in the background: begun, seen, stopped, and its end told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime

from screens.jobs import Job, Jobs, Task
from templates.errors import VibeCodeError
from templates.events import Event, StepDone, StepStarted

T = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENTS = (StepStarted("ready", "Starting the editor", at=T), StepDone("ready", "Starting the editor", 1, at=T))


class Told:
    """What the jobs told: who is ready, who has finished, and how many changes there were."""

    def __init__(self) -> None:
        self.ready: list[str] = []
        self.finished: list[tuple[str, str]] = []
        self.changes = 0
        self.jobs = Jobs(lambda: T, lambda job: self.ready.append(job.id), self._finished)
        self.unsubscribe = self.jobs.subscribe(self._changed)

    def _finished(self, job: Job) -> None:
        self.finished.append((job.id, job.state))

    def _changed(self) -> None:
        self.changes += 1


def task(*events: Event, error: Exception | None = None, hangs: bool = False, name: str | None = "shop") -> Task:
    async def run() -> AsyncIterator[Event]:
        for event in events:
            yield event
        if hangs:
            await asyncio.Event().wait()
        if error:
            raise error

    return Task("Starting shop", run, "shop runs", name)


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0)


async def test_a_job_runs_to_its_end() -> None:
    told = Told()
    job = told.jobs.begin(task(*EVENTS))
    assert told.jobs.active == (job,)
    await told.jobs.idle()
    [done] = told.jobs.all
    assert (done.state, done.finished, [step.name for step in done.waterfall.steps]) == ("done", T, ["ready"])
    assert (told.ready, told.finished) == (["1"], [("1", "done")])
    assert told.changes == 4


async def test_an_error_is_kept_with_the_job() -> None:
    told, error = Told(), VibeCodeError("no room")
    told.jobs.begin(task(EVENTS[0], error=error))
    await told.jobs.idle()
    [failed] = told.jobs.all
    assert (failed.state, failed.error) == ("failed", error)


async def test_a_defect_is_an_error_in_words() -> None:
    told = Told()
    told.jobs.begin(task(error=ZeroDivisionError("division by zero")))
    await told.jobs.idle()
    error = told.jobs.all[0].error
    assert error is not None
    assert error.detail == "ZeroDivisionError: division by zero"


async def test_cancelled_it_is_stopping_until_it_has_stopped() -> None:
    told = Told()
    job = told.jobs.begin(task(EVENTS[0], hangs=True))
    await until(lambda: bool(told.jobs.all[0].waterfall.steps))
    told.jobs.cancel(job.id)
    assert told.jobs.all[0].state == "stopping"
    await told.jobs.idle()
    assert told.jobs.all[0].state == "stopped"
    assert told.jobs.all[0].waterfall.steps[0].state == "stopped"


async def test_cancelled_before_it_has_begun_it_ends_too() -> None:
    told = Told()
    job = told.jobs.begin(task(hangs=True))
    told.jobs.cancel(job.id)
    await told.jobs.idle()
    assert told.jobs.all[0].state == "stopped"


async def test_what_follows_begins_once_it_is_done_and_only_then() -> None:
    told = Told()
    following = replace(task(*EVENTS), title="Installing what shop needs", aside=True)
    told.jobs.begin(replace(task(*EVENTS), then=lambda: following))
    told.jobs.begin(replace(task(error=VibeCodeError("no room"), name="blog"), then=lambda: following))
    await told.jobs.idle()
    assert [(job.task.title, job.state) for job in told.jobs.all] == [
        ("Starting shop", "done"),
        ("Starting shop", "failed"),
        ("Installing what shop needs", "done"),
    ]


async def test_what_goes_on_aside_is_not_waited_for_and_ends_where_it_is_interrupted() -> None:
    told = Told()
    aside = told.jobs.begin(replace(task(hangs=True), title="Installing what shop needs", aside=True))
    beside = told.jobs.begin(task(*EVENTS))
    await until(lambda: told.finished == [(beside.id, "done")])
    assert [job.id for job in told.jobs.active] == [aside.id]

    told.jobs.begin(replace(task(*EVENTS), title="Deleting shop", interrupts=True))
    await told.jobs.idle()
    assert [job.state for job in told.jobs.all] == ["stopped", "done", "done"]


async def test_the_same_work_for_one_workspace_is_one_job() -> None:
    told = Told()
    same = task(hangs=True)
    assert told.jobs.begin(same) == told.jobs.begin(same)
    await told.jobs.close()
    assert told.jobs.begin(same).id == "2"
    await told.jobs.close()


async def test_what_is_under_way_for_a_workspace_is_found() -> None:
    told = Told()
    job = told.jobs.begin(task(hangs=True))
    assert told.jobs.of_workspace("shop") == job
    assert told.jobs.of_workspace("other") is None
    await told.jobs.close()
    assert told.jobs.of_workspace("shop") is None


async def test_only_what_has_ended_is_forgotten() -> None:
    told = Told()
    job = told.jobs.begin(task(hangs=True))
    told.jobs.forget(job.id)
    assert told.jobs.all == (job,)
    await told.jobs.close()
    told.jobs.forget(job.id)
    assert told.jobs.all == ()


async def test_who_left_is_told_no_more() -> None:
    told = Told()
    told.unsubscribe()
    told.jobs.begin(task(*EVENTS))
    await told.jobs.idle()
    assert told.changes == 0


async def test_work_for_one_workspace_is_done_one_after_the_other() -> None:
    told, gate, order = Told(), asyncio.Event(), list[str]()

    def named(title: str) -> Task:
        async def run() -> AsyncIterator[Event]:
            order.append(title)
            await gate.wait()
            order.append(f"{title} ended")
            for event in EVENTS:
                yield event

        return Task(title, run, "done", "shop")

    told.jobs.begin(named("Stopping"))
    told.jobs.begin(named("Starting"))
    await until(lambda: bool(order))
    gate.set()
    await told.jobs.idle()
    assert order == ["Stopping", "Stopping ended", "Starting", "Starting ended"]


async def test_what_interrupts_stops_other_work_for_the_workspace() -> None:
    told = Told()
    told.jobs.begin(task(hangs=True))
    other = told.jobs.begin(task(hangs=True, name="blog"))
    told.jobs.begin(replace(task(*EVENTS), title="Deleting shop", interrupts=True))
    await until(lambda: len(told.finished) == 2)
    assert told.finished == [("1", "stopped"), ("3", "done")]
    assert told.jobs.active == (other,)
    await told.jobs.close()
