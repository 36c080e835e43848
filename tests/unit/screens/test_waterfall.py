"""Events folded into steps: what a waterfall knows after each of them."""

from datetime import UTC, datetime, timedelta

from screens.waterfall import LINES, Waterfall, ended, fold
from templates.errors import CancelledError, VibeCodeError
from templates.events import Event, StepDone, StepFailed, StepProgress, StepStarted

T = datetime(2026, 3, 1, 12, tzinfo=UTC)


def after(*events: Event) -> Waterfall:
    waterfall = Waterfall()
    for event in events:
        waterfall = fold(waterfall, event)
    return waterfall


STARTED = StepStarted("seed", "Copying the files", 4.0, at=T)


def test_a_step_that_began_runs_with_its_expected_time() -> None:
    waterfall = after(STARTED)
    [step] = waterfall.steps
    assert (step.title, step.state, step.expected, step.seconds) == ("Copying the files", "running", 4.0, None)
    assert step.elapsed(T + timedelta(seconds=3)) == 3
    assert waterfall.running is step


def test_what_it_says_becomes_its_log_once() -> None:
    lines = [StepProgress("seed", text, at=T) for text in ("one", "one", "two \x1b[31mred")]
    [step] = after(STARTED, *lines).steps
    assert [line.text for line in step.log] == ["one", "two red"]
    assert step.text == "two red"


def test_a_log_keeps_its_last_lines() -> None:
    lines = [StepProgress("seed", str(number), at=T) for number in range(LINES + 5)]
    [step] = after(STARTED, *lines).steps
    assert len(step.log) == LINES
    assert step.text == str(LINES + 4)


def test_done_has_its_time_and_note() -> None:
    waterfall = after(STARTED, StepDone("seed", "Copying the files", 2.5, "12 files", at=T))
    [step] = waterfall.steps
    assert (step.state, step.seconds, step.note) == ("done", 2.5, "12 files")
    assert waterfall.running is None
    assert step.elapsed(T + timedelta(hours=1)) == 2.5


def test_a_failure_keeps_its_error_and_log() -> None:
    error = VibeCodeError("no room")
    waterfall = after(STARTED, StepFailed("seed", "Copying the files", 1.0, error, ("tar: full",), at=T))
    assert waterfall.failed is waterfall.steps[0]
    assert waterfall.steps[0].error is error
    assert waterfall.steps[0].text == "tar: full"


def test_a_step_that_was_stopped_has_not_failed() -> None:
    waterfall = after(STARTED, StepFailed("seed", "Copying the files", 1.0, CancelledError("stopped"), at=T))
    assert waterfall.steps[0].state == "stopped"
    assert waterfall.failed is None


def test_steps_run_beside_each_other_and_the_latest_is_the_current_one() -> None:
    waterfall = after(STARTED, StepStarted("image", "Building", at=T))
    assert [step.state for step in waterfall.steps] == ["running", "running"]
    assert waterfall.running is waterfall.steps[1]
    assert fold(waterfall, StepDone("image", "Building", 1, at=T)).running is waterfall.steps[0]


def test_a_step_that_begins_again_takes_the_place_of_its_last_attempt() -> None:
    failed = StepFailed("seed", "Copying the files", 1.0, VibeCodeError("no room"), at=T)
    waterfall = after(STARTED, failed, StepStarted("seed", "Copying the files", at=T))
    [step] = waterfall.steps
    assert (step.state, step.error) == ("running", None)


def test_what_seemed_to_run_at_the_end_was_stopped() -> None:
    waterfall = ended(after(STARTED), T + timedelta(seconds=7))
    assert (waterfall.steps[0].state, waterfall.steps[0].seconds) == ("stopped", 7)
