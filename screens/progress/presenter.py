"""A job as a picture: its line in the list, its steps as a waterfall, and its words for the clipboard."""

from collections.abc import Sequence
from datetime import datetime

from textual.content import Content

from screens.glyphs import GLYPHS
from screens.jobs import Job, JobState
from screens.waterfall import StepRecord, StepState, Waterfall
from screens.words import cut, ticking
from templates.text import duration

STEPS: dict[StepState, tuple[str, str]] = {
    "running": (GLYPHS.starting, "$warning"),
    "done": (GLYPHS.done, "$success"),
    "failed": (GLYPHS.wrong, "$error"),
    "stopped": (GLYPHS.stopped, "$muted"),
}
JOBS: dict[JobState, tuple[str, str, str]] = {
    "running": (GLYPHS.starting, "$warning", "under way"),
    "stopping": (GLYPHS.starting, "$warning", "stopping"),
    "done": (GLYPHS.done, "$success", "done"),
    "failed": (GLYPHS.wrong, "$error", "failed"),
    "stopped": (GLYPHS.stopped, "$muted", "stopped"),
}
TIME, BAR, GAPS = 14, 16, 6
"""Columns of a step's times, of its bar at least, and of its sign with the air between all of them."""


def line(job: Job, width: int, now: datetime) -> Content:
    """A job in the list."""
    glyph, colour, _ = JOBS[job.state]
    title = cut(job.task.title, width - 10)
    return Content.assemble((f"{glyph} ", colour), f"{title:<{width - 10}}", (f"{_elapsed(job, now):>8}", "$muted"))


def heading(job: Job, now: datetime) -> Content:
    glyph, colour, word = JOBS[job.state]
    sentence = ""
    if job.state == "done":
        sentence = job.task.said
    elif job.state == "stopped":
        sentence = job.task.if_stopped
    elif job.state == "failed":
        sentence = "r tries again; what is done already is kept."
    elif job.active:
        sentence = _outlook(job.waterfall, now)
    return Content.assemble(
        (job.task.title, "bold"),
        "\n",
        (f"{glyph} {word}", colour),
        (f"  {_elapsed(job, now)}", "$muted"),
        (f"  {sentence}" if sentence else "", "$muted"),
    )


def steps(waterfall: Waterfall, width: int, now: datetime) -> Content:
    """One line for each step: its sign, its title, its bar on the time that all steps share, and its time."""
    if not waterfall.steps:
        return Content.styled("The first step begins.", "$muted")
    title = min(max(len(step.title) for step in waterfall.steps), max(10, width - TIME - BAR - GAPS))
    room = max(0, width - title - TIME - GAPS)
    begin = waterfall.steps[0].started
    total = max((step.started - begin).total_seconds() + _length(step, now) for step in waterfall.steps) or 1.0
    return Content("\n").join([_step(step, title, room, (begin, total), now) for step in waterfall.steps])


def _step(step: StepRecord, title: int, room: int, scale: tuple[datetime, float], now: datetime) -> Content:
    begin, total = scale
    glyph, colour = STEPS[step.state]
    start = min(room - 1, int((step.started - begin).total_seconds() / total * room)) if room else 0
    filled = max(1, round(step.elapsed(now) / total * room)) if room else 0
    filled = min(filled, room - start)
    whole = min(room - start, max(filled, round(_length(step, now) / total * room)))
    bar = Content.assemble(
        " " * start,
        (GLYPHS.filled * filled, colour),
        (GLYPHS.empty * (whole - filled), "$panel"),
        " " * (room - start - whole),
    )
    return Content.assemble(
        (f"{glyph} ", colour),
        (f"{cut(step.title, title):<{title}}", "" if step.state in ("running", "failed") else "$foreground 80%"),
        "  ",
        bar,
        "  ",
        (f"{_times(step, now):>{TIME}}", "$muted"),
    )


def _length(step: StepRecord, now: datetime) -> float:
    """Seconds that the step takes as far as is known now."""
    elapsed = step.elapsed(now)
    return max(elapsed, step.expected or 0) if step.state == "running" else elapsed


def _times(step: StepRecord, now: datetime) -> str:
    elapsed = duration(step.seconds) if step.seconds is not None else ticking(step.elapsed(now))
    if step.state == "running" and step.expected:
        return f"{elapsed} of ~{duration(round(step.expected))}"
    return elapsed


def _elapsed(job: Job, now: datetime) -> str:
    return ticking(job.elapsed(now)) if job.active else duration(job.elapsed(now))


def _outlook(waterfall: Waterfall, now: datetime) -> str:
    step = waterfall.running
    if step is None or step.expected is None:
        return ""
    rest = step.expected - step.elapsed(now)
    if rest < 0:
        return "this step takes longer than usual"
    return f"this step takes about {ticking(round(rest))} more" if rest >= 1 else ""


def told(waterfall: Waterfall) -> StepRecord | None:
    """The step whose log matters: the one that failed, else the one under way, else the last that said something."""
    spoken = [step for step in waterfall.steps if step.log]
    return waterfall.failed or waterfall.running or (spoken[-1] if spoken else None)


def log_lines(step: StepRecord) -> list[str]:
    """What the step said, each line with the person's own time."""
    return [f"{line.at.astimezone():%H:%M:%S}  {line.text}" for line in step.log]


def copied(job: Job, now: datetime) -> str:
    """The whole job as text: for a message to somebody who can help."""
    lines = [f"{job.task.title}: {JOBS[job.state][2]} after {_elapsed(job, now)}"]
    for step in job.waterfall.steps:
        note = f" ({step.note})" if step.note else ""
        lines.append(f"  {step.state:<8} {step.title}  {_times(step, now)}{note}")
    if job.error is not None:
        lines += ["", job.error.title, job.error.detail, job.error.hint]
    if (step := told(job.waterfall)) is not None:
        lines += ["", *log_lines(step)]
    return "\n".join(lines)


def newest_first(jobs: Sequence[Job]) -> list[str]:
    """The ids of the jobs, those under way first."""
    return [job.id for job in sorted(jobs, key=lambda job: (job.active, int(job.id)), reverse=True)]
