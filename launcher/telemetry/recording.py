"""One run of the program with telemetry on: its services are observed, and what was recorded is sent at its end."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic

from cluster.config import ClusterConfig
from cluster.engine import Engine
from launcher import logs
from launcher.errors import UsageError
from launcher.paths import Paths
from launcher.settings import Settings
from launcher.telemetry.json_log import JsonLines
from launcher.telemetry.metrics import COMMANDS, CRASHES, ERRORS, STARTUP_TIME
from launcher.telemetry.posting import Posting
from launcher.telemetry.recorder import RECORDER, Recorder
from launcher.wiring import Services
from templates.errors import CancelledError, VibeCodeError

APPLICATION = "application"
"""What the terminal application counts as among the commands."""


@contextmanager
def recording(
    command: str, services: Services, values: Settings, paths: Paths, environ: Mapping[str, str], started: float
) -> Generator[Services]:
    """The services for this run; `started` is the monotonic time at which the program began."""
    posting = Posting(environ, paths, values.log_level, values.cluster)
    recorder = Recorder(posting, values.telemetry_words)
    logs.write_as(JsonLines())
    recorder.add(COMMANDS, 1, {"command": command})
    token = RECORDER.set(recorder)

    def begun() -> None:
        recorder.add(STARTUP_TIME, monotonic() - started)

    if command != APPLICATION:
        begun()
    try:
        yield replace(
            services,
            kind=_observed(services.kind, recorder),
            local=_observed(services.local, recorder),
            first_frame=begun,
        )
    except (UsageError, CancelledError, BrokenPipeError):
        raise
    except VibeCodeError as error:
        recorder.add(ERRORS, 1, {"command": command, "code": error.code})
        raise
    except Exception:
        recorder.add(CRASHES, 1, {"command": command})
        raise
    finally:
        RECORDER.reset(token)
        recorder.send()


def _observed(build: Callable[[ClusterConfig], Engine], recorder: Recorder) -> Callable[[ClusterConfig], Engine]:
    def observed(config: ClusterConfig) -> Engine:
        from launcher.telemetry.engine import observed_engine  # no sooner than there is an engine

        return observed_engine(build(config), recorder, config)

    return observed
