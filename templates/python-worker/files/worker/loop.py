"""The loop: takes a job, runs it, and says how it went."""

import logging
from collections.abc import Callable, Mapping
from threading import Event

from worker.queue import Queue

logger = logging.getLogger(__name__)


def run_one(queue: Queue, tasks: Mapping[str, Callable[..., None]]) -> bool:
    """Runs the job that is due; answers whether there was one. No error of a job gets out."""
    job = queue.take()
    if job is None:
        return False
    try:
        if job.name not in tasks:
            raise LookupError(f"there is no task {job.name!r}")
        tasks[job.name](*job.arguments)
    except Exception as error:
        again = queue.fail(job, repr(error))
        what = "it will be tried again" if again else "it is given up"
        logger.exception("Job %d (%s) failed at attempt %d: %s", job.id, job.name, job.attempts, what)
    else:
        queue.finish(job)
        logger.info("Job %d (%s) is done", job.id, job.name)
    return True


def run(queue: Queue, tasks: Mapping[str, Callable[..., None]], stop: Event, pause: float = 0.5) -> None:
    """Until `stop` is set; a job that is running then is finished first."""
    while not stop.is_set():
        if not run_one(queue, tasks):
            stop.wait(pause)
