"""`python -m worker` works until it is stopped (Ctrl+C)."""

import logging
import signal
from threading import Event

from worker import logs
from worker.add import QUEUE
from worker.loop import run
from worker.tasks import TASKS

logs.configure()
stop = Event()
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: stop.set())

logging.getLogger("worker").info("Waiting for jobs in %s: %s", QUEUE.path, QUEUE.counts())
run(QUEUE, TASKS, stop)
logging.getLogger("worker").info("Stopped")
