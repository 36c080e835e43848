"""What is to become of work under way, asked of somebody who leaves."""

from collections.abc import Sequence

from screens.jobs import Job
from screens.modals.question import Answer, Question


def leaving(active: Sequence[Job]) -> Question:
    """Answers `now`, `later` or `stay`."""
    lines = [f"{job.task.title}. {job.task.if_stopped}" for job in active]
    detail = "\n".join([*lines, "", "Workspaces that run go on running in any case."])
    answers = (
        Answer("now", "Stop it and quit", "s", destructive=True),
        Answer("later", "Quit when done", "w"),
        Answer("stay", "Stay", "n"),
    )
    return Question("Work is under way.", detail, answers)
