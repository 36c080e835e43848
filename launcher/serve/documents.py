"""Events and jobs as JSON."""

from datetime import UTC, datetime

from screens.jobs import Job
from templates.errors import CancelledError
from templates.events import Event, StepDone, StepFailed, StepProgress, StepStarted
from templates.text import plain

Document = dict[str, object]


def time_text(time: datetime | None) -> str | None:
    """ISO 8601 in UTC, to the millisecond."""
    return None if time is None else time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def event_document(event: Event) -> Document:
    common: Document = {"step": event.step, "at": time_text(event.at)}
    match event:
        case StepStarted():
            return {"event": "started", **common, "title": plain(event.title), "expected": event.expected}
        case StepProgress():
            return {"event": "progress", **common, "text": plain(event.text), "fraction": event.fraction}
        case StepDone():
            note = None if event.note is None else plain(event.note)
            return {"event": "done", **common, "title": plain(event.title), "seconds": event.seconds, "note": note}
        case StepFailed():
            return {
                "event": "stopped" if isinstance(event.error, CancelledError) else "failed",
                **common,
                "title": plain(event.title),
                "seconds": event.seconds,
                "error": event.error.as_dict(),
                "log": [plain(line) for line in event.log],
            }


def job_state(job: Job) -> Document:
    """How a job stands; the data of the last event."""
    return {
        "state": job.state,
        "workspace": job.task.workspace,
        "error": None if job.error is None else job.error.as_dict(),
    }
