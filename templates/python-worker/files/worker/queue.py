"""A queue in one SQLite file, which several workers may share."""

import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    arguments TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'taken', 'done', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL,
    error TEXT
);
CREATE INDEX IF NOT EXISTS jobs_due ON jobs (due) WHERE state IN ('waiting', 'taken');
"""


@dataclass(frozen=True, slots=True)
class Job:
    id: int
    name: str
    arguments: tuple[str, ...]
    attempts: int


@dataclass(frozen=True, slots=True)
class Queue:
    """Jobs are taken with a lease of some seconds: one whose worker died is due again when it has run out.

    So a job may run twice, and should do no harm when it does.
    """

    path: Path
    lease: float = 60.0
    most_attempts: int = 5
    now: Callable[[], float] = time.time

    def add(self, name: str, *arguments: str) -> int:
        with self._connection() as db:
            row = db.execute(
                "INSERT INTO jobs (name, arguments, due) VALUES (?, ?, ?) RETURNING id",
                [name, json.dumps(arguments), self.now()],
            ).fetchone()
        return int(row[0])

    def take(self) -> Job | None:
        """The job that has been due longest; None where nothing is due."""
        with self._connection() as db:
            row = db.execute(
                "UPDATE jobs SET state = 'taken', attempts = attempts + 1, due = ? WHERE id = "
                "(SELECT id FROM jobs WHERE state IN ('waiting', 'taken') AND due <= ? ORDER BY due, id LIMIT 1) "
                "RETURNING id, name, arguments, attempts",
                [self.now() + self.lease, self.now()],
            ).fetchone()
        return None if row is None else Job(row[0], row[1], tuple(json.loads(row[2])), row[3])

    def finish(self, job: Job) -> None:
        self._set(job, "done", 0, None)

    def fail(self, job: Job, error: str) -> bool:
        """Puts it back for later, twice as long each time; answers whether there will be another attempt."""
        again = job.attempts < self.most_attempts
        self._set(job, "waiting" if again else "failed", self.now() + 2.0 ** (job.attempts - 1), error)
        return again

    def counts(self) -> dict[str, int]:
        """How many jobs are in each state."""
        with self._connection() as db:
            return dict(db.execute("SELECT state, count(*) FROM jobs GROUP BY state ORDER BY state").fetchall())

    def _set(self, job: Job, state: str, due: float, error: str | None) -> None:
        with self._connection() as db:
            # Only who still has it: another worker may have taken it since the lease ran out.
            db.execute(
                "UPDATE jobs SET state = ?, due = ?, error = ? WHERE id = ? AND state = 'taken' AND attempts = ?",
                [state, due, error, job.id, job.attempts],
            )

    def _connection(self) -> closing[sqlite3.Connection]:
        # Each statement is its own transaction; a worker waits for another's instead of failing.
        db = sqlite3.connect(self.path, isolation_level=None, timeout=30)
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(SCHEMA)
        return closing(db)
