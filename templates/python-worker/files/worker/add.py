"""`python -m worker.add TASK [ARGUMENT …]` puts a job into the queue."""

import os
import sys
from pathlib import Path

from worker.queue import Queue
from worker.tasks import TASKS

QUEUE = Queue(Path(os.environ.get("QUEUE", "jobs.db")))

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in TASKS:
        sys.exit(f"Usage: python -m worker.add TASK [ARGUMENT …]\nTasks: {', '.join(TASKS)}")
    print(f"Job {QUEUE.add(*sys.argv[1:])} waits. {QUEUE.counts()}")
