from pathlib import Path
from threading import Event, Thread

import pytest

from worker.loop import run, run_one
from worker.queue import Queue


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(tmp_path: Path, clock: Clock) -> Queue:
    return Queue(tmp_path / "jobs.db", lease=10, most_attempts=3, now=clock)


def test_jobs_run_in_their_order_with_their_arguments(queue: Queue) -> None:
    ran: list[tuple[str, ...]] = []
    for name in ("Ada", "Bob"):
        queue.add("note", name, "ä")
    while run_one(queue, {"note": lambda *words: ran.append(words)}):
        pass
    assert ran == [("Ada", "ä"), ("Bob", "ä")]
    assert queue.counts() == {"done": 2}


def test_a_job_that_fails_is_tried_again_later_and_then_given_up(queue: Queue, clock: Clock) -> None:
    queue.add("break")

    def fail() -> None:
        raise RuntimeError("broken")

    for wait in (1, 2):
        assert run_one(queue, {"break": fail})
        assert queue.counts() == {"waiting": 1}
        assert not run_one(queue, {"break": fail})
        clock.seconds += wait
    assert run_one(queue, {"break": fail})
    assert queue.counts() == {"failed": 1}


def test_a_task_that_nobody_knows_fails(queue: Queue) -> None:
    queue.add("unknown")
    assert run_one(queue, {})
    assert queue.counts() == {"waiting": 1}


def test_a_job_is_taken_by_one_worker_only_until_its_lease_has_run_out(queue: Queue, clock: Clock) -> None:
    queue.add("note")
    lost = queue.take()
    assert lost
    assert queue.take() is None
    clock.seconds += 11
    taken = queue.take()
    assert taken
    assert (taken.id, taken.attempts) == (lost.id, 2)
    queue.finish(lost)
    assert queue.counts() == {"taken": 1}
    queue.finish(taken)
    assert queue.counts() == {"done": 1}


def test_a_worker_finishes_what_it_does_and_stops(queue: Queue) -> None:
    stop, ran = Event(), Event()
    queue.add("note")

    def note() -> None:
        ran.set()
        stop.set()

    thread = Thread(target=run, args=(queue, {"note": note}, stop))
    thread.start()
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert ran.is_set()
    assert queue.counts() == {"done": 1}
