"""The stream of events: its order, its errors, and how it is stopped."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from templates.errors import CancelledError, FolderError, UnexpectedError, VibeCodeError
from templates.events import Event, StepDone, StepFailed, StepProgress, Steps, StepStarted, stream, together


async def collected(events: AsyncIterator[Event], into: list[Event]) -> None:
    async for event in events:
        into.append(event)


def kinds(events: list[Event]) -> list[tuple[str, str]]:
    return [(type(event).__name__, event.step) for event in events]


async def test_events_come_in_the_order_of_the_work() -> None:
    async def work(steps: Steps) -> None:
        async with steps.step("one", "First", expected=2.5) as step:
            step.progress("half", 0.5)
        async with steps.step("two", "Second") as step:
            step.note = "was there already"

    events: list[Event] = []
    await collected(stream(work), events)
    assert kinds(events) == [
        ("StepStarted", "one"),
        ("StepProgress", "one"),
        ("StepDone", "one"),
        ("StepStarted", "two"),
        ("StepDone", "two"),
    ]
    started, progress, done, _, last = events
    assert isinstance(started, StepStarted)
    assert started.expected == 2.5
    assert isinstance(progress, StepProgress)
    assert (progress.text, progress.fraction) == ("half", 0.5)
    assert isinstance(done, StepDone)
    assert done.seconds >= 0
    assert isinstance(last, StepDone)
    assert last.note == "was there already"
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert events[0].at.tzinfo is not None


async def test_events_arrive_while_the_work_goes_on() -> None:
    go_on = asyncio.Event()

    async def work(steps: Steps) -> None:
        async with steps.step("one", "First"):
            await go_on.wait()

    events = stream(work)
    assert isinstance(await anext(events), StepStarted)
    go_on.set()
    assert isinstance(await anext(events), StepDone)
    with pytest.raises(StopAsyncIteration):
        await anext(events)


async def test_an_error_is_raised_after_the_last_event() -> None:
    error = FolderError("gone")

    async def work(steps: Steps) -> None:
        async with steps.step("one", "First") as step:
            step.log = ("the last line",)
            raise error

    events: list[Event] = []
    with pytest.raises(FolderError) as caught:
        await collected(stream(work), events)
    assert caught.value is error
    assert kinds(events) == [("StepStarted", "one"), ("StepFailed", "one")]
    failed = events[-1]
    assert isinstance(failed, StepFailed)
    assert failed.error is error
    assert failed.log == ("the last line",)


async def test_a_defect_becomes_an_error_that_a_person_can_read(caplog: pytest.LogCaptureFixture) -> None:
    async def work(steps: Steps) -> None:
        async with steps.step("one", "Counting"):
            raise ZeroDivisionError("by zero")

    events: list[Event] = []
    with pytest.raises(UnexpectedError, match="Counting: ZeroDivisionError: by zero"):
        await collected(stream(work), events)
    assert isinstance(events[-1], StepFailed)
    assert caplog.records[0].exc_info is not None


async def test_closing_cancels_the_work_and_waits_for_its_end() -> None:
    ended: list[str] = []

    async def work(steps: Steps) -> None:
        try:
            async with steps.step("one", "First"):
                await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("cleaned up")

    events = stream(work)
    await anext(events)
    await events.aclose()
    assert ended == ["cleaned up"]


async def test_cancelling_whoever_waits_cancels_the_work() -> None:
    seen: list[Event] = []
    started = asyncio.Event()
    stopped: list[VibeCodeError] = []

    async def work(steps: Steps) -> None:
        def note(event: Event) -> None:
            if isinstance(event, StepFailed):
                stopped.append(event.error)

        async with Steps(note).step("inner", "Inner"), steps.step("one", "First"):
            started.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(collected(stream(work), seen))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert isinstance(stopped[0], CancelledError)


async def test_an_error_while_cleaning_up_after_closing_is_not_lost_to_the_loop() -> None:
    complaints: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))

    async def work(steps: Steps) -> None:
        try:
            async with steps.step("one", "First"):
                await asyncio.Event().wait()
        finally:
            raise FolderError("while cleaning up")

    events = stream(work)
    await anext(events)
    await events.aclose()
    del events
    await asyncio.sleep(0)
    assert complaints == []


async def test_together_awaits_all() -> None:
    done: list[int] = []

    async def one(number: int) -> None:
        await asyncio.sleep(0)
        done.append(number)

    await together(one(1), one(2), one(3))
    assert sorted(done) == [1, 2, 3]
    await together()


async def test_the_first_error_cancels_the_rest_and_is_raised_alone() -> None:
    ended: list[str] = []
    waiting = asyncio.Event()

    async def fails() -> None:
        await waiting.wait()
        raise FolderError("gone")

    async def waits() -> None:
        try:
            waiting.set()
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    with pytest.raises(FolderError, match="gone"):
        await together(fails(), waits())
    assert ended == ["cancelled"]


async def test_cancelling_together_cancels_all() -> None:
    ended: list[int] = []
    running = asyncio.Semaphore(0)

    async def waits(number: int) -> None:
        try:
            running.release()
            await asyncio.Event().wait()
        finally:
            ended.append(number)

    task = asyncio.create_task(together(waits(1), waits(2)))
    await running.acquire()
    await running.acquire()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(ended) == [1, 2]
