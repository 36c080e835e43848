"""Hands what was recorded to a process of its own, so that nothing here waits for the Agent, nor imports ddtrace.

ddtrace takes a third of a second to import, writes to the terminal where no Agent answers, and waits for it at the end;
none of that can reach this program. The process outlives it by seconds, and is told everything by its standard input.
"""

import logging
import os
import sys
from collections.abc import Mapping
from tempfile import TemporaryFile

from launcher.paths import Paths
from launcher.telemetry.agent import PASSED
from launcher.telemetry.records import Batch, Point, Span

log = logging.getLogger(__name__)

SILENCE = {
    "DD_INSTRUMENTATION_TELEMETRY_ENABLED": "false",
    "DD_REMOTE_CONFIGURATION_ENABLED": "false",
    "DD_CRASHTRACKING_ENABLED": "false",
    "DD_TRACE_GIT_METADATA_ENABLED": "false",
    "DD_TRACE_REPORT_HOSTNAME": "false",
    "DD_EXPERIMENTAL_PROPAGATE_PROCESS_TAGS_ENABLED": "false",
}
"""What ddtrace would tell of the machine besides: its folders, its repository, its own settings."""


class Posting:
    """See `recorder.Post`; one process at a time. `cluster` names the one whose Agent is told, where none is here."""

    def __init__(self, environ: Mapping[str, str], paths: Paths, log_level: str, cluster: str) -> None:
        self._environ = environ
        self._paths = paths
        self._log_level = log_level
        self._cluster = cluster
        self._running: int | None = None

    def __call__(self, spans: tuple[Span, ...], points: tuple[Point, ...]) -> bool:
        if self._still_runs():
            return False
        log_file, home = str(self._paths.log_file), str(self._paths.data)
        batch = Batch(log_file, self._log_level, home, self._cluster, spans, points)
        passed = {name: self._environ[name] for name in PASSED if name in self._environ}
        environment = {**SILENCE, **passed}
        try:
            self._running = _begin(batch.encoded(), environment)
        except (OSError, NotImplementedError) as error:  # a system without sessions
            log.warning("telemetry could not be sent: %s", error)
        return True

    def _still_runs(self) -> bool:
        if self._running is None:
            return False
        try:
            ended, _ = os.waitpid(self._running, os.WNOHANG)
        except ChildProcessError:
            return False
        return not ended


def _begin(document: bytes, environment: Mapping[str, str]) -> int:
    """Starts the sender, which reads the document from a file that has no name; its process id."""
    with TemporaryFile() as file:
        file.write(document)
        file.flush()
        file.seek(0)
        return os.posix_spawn(
            sys.executable,
            [sys.executable, "-I", "-m", "launcher.telemetry.sender"],
            environment,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, file.fileno(), 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )
