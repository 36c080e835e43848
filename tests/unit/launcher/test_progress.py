"""Progress as lines and drawn in place, and how work is followed and stopped."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from launcher.output.console import Console
from launcher.output.live import LiveProgress
from launcher.output.progress import PlainProgress, follow, shown
from templates.errors import CancelledError, UnexpectedError
from templates.events import Event, StepDone, StepFailed, StepProgress, Steps, StepStarted, stream


class Screen(io.StringIO):
    """A stream that says that it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def last_line(screen: io.StringIO) -> str:
    """What was drawn last, without its styles."""
    return re.sub(r"\x1b\[[0-9;]*[mK]", "", screen.getvalue().rpartition("\r")[2])


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def console(stderr: io.StringIO, **environ: str) -> Console:
    return Console(None, io.StringIO(), stderr, {"TERM": "xterm", **environ})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def plain(out: io.StringIO, clock: Clock) -> PlainProgress:
    return PlainProgress(console(out), clock)


def test_a_step_is_told_when_it_begins_and_ends(plain: PlainProgress, out: io.StringIO) -> None:
    plain.show(StepStarted("seed", "Seeding the files"))
    plain.show(StepDone("seed", "Seeding the files", 3.21, note="2 left out"))

    assert out.getvalue().splitlines() == ["• Seeding the files", "✓ Seeding the files  3.2s  2 left out"]


def test_how_far_a_step_is_is_told_every_two_seconds_at_most(
    plain: PlainProgress, out: io.StringIO, clock: Clock
) -> None:
    plain.show(StepStarted("image", "Pulling"))
    for tenth in range(50):
        clock.now = 100 + tenth / 10
        plain.show(StepProgress("image", f"{tenth} of 50"))

    assert out.getvalue().splitlines() == ["• Pulling", "  Pulling: 20 of 50  2.0s", "  Pulling: 40 of 50  4.0s"]


def test_the_last_word_of_a_step_is_told_though_nothing_follows(
    plain: PlainProgress, out: io.StringIO, clock: Clock
) -> None:
    plain.show(StepStarted("image", "Pulling"))
    plain.show(StepProgress("image", "waiting for the registry"))
    clock.now += 2
    plain.tick()

    assert out.getvalue().splitlines()[1:] == ["  Pulling: waiting for the registry  2.0s"]


def test_a_silent_step_is_shown_to_be_under_way(plain: PlainProgress, out: io.StringIO, clock: Clock) -> None:
    plain.show(StepStarted("image", "Pulling"))
    for _ in range(40):
        clock.now += 1
        plain.tick()

    assert out.getvalue().splitlines()[1:] == ["  Pulling  15s", "  Pulling  30s"]


def test_a_failed_step_shows_the_log_and_leaves_the_error_to_the_end(plain: PlainProgress, out: io.StringIO) -> None:
    plain.show(StepStarted("node", "Creating"))
    plain.show(StepFailed("node", "Creating", 4.0, UnexpectedError("why"), log=("first\x1b[31m", "second")))

    assert out.getvalue().splitlines()[1:] == ["✗ Creating  4.0s", "    first", "    second"]


def test_a_step_stopped_with_another_is_no_failure(plain: PlainProgress, out: io.StringIO) -> None:
    plain.show(StepStarted("image", "Building"))
    plain.show(StepFailed("image", "Building", 4.0, CancelledError("stopped"), log=("line",)))

    assert out.getvalue().splitlines()[1:] == ["\N{EN DASH} Building  stopped"]


def test_steps_beside_each_other_are_told_apart(plain: PlainProgress, out: io.StringIO, clock: Clock) -> None:
    plain.show(StepStarted("image", "Building"))
    plain.show(StepStarted("cluster", "Creating"))
    clock.now += 5
    plain.show(StepProgress("image", "step 3"))
    plain.show(StepDone("cluster", "Creating", 5))

    assert out.getvalue().splitlines()[2:] == ["  Building: step 3  5.0s", "✓ Creating  5.0s"]
    assert plain.running == {"image": "Building"}


def test_a_live_region_shows_steps_with_their_times_and_is_gone_at_the_end(clock: Clock) -> None:
    screen = Screen()
    with LiveProgress(console(screen, NO_COLOR="1"), clock) as live:
        live.show(StepStarted("image", "Building [bold]", expected=90))
        live.show(StepProgress("image", "step [3]\x1b[2J", fraction=0.25))
        clock.now += 12
        live.tick()
        drawn = last_line(screen)
        live.show(StepDone("image", "Building [bold]", 12.0))

    assert "Building [bold]  12s of about 1m 30s  25%  step [3]" in drawn
    assert "✓ Building [bold]  12s\n" in screen.getvalue()
    assert "\x1b[2J" not in screen.getvalue()
    assert last_line(screen) == ""


def test_what_is_said_beside_a_live_region_is_not_drawn_over(clock: Clock) -> None:
    screen = Screen()
    with LiveProgress(console(screen, NO_COLOR="1"), clock) as live:
        live.show(StepStarted("image", "Building"))
        with live.aside():
            screen.write("said aside\n")
            before = screen.getvalue()
            live.tick()
            assert screen.getvalue() == before
        live.tick()

    assert "Building" in screen.getvalue().partition("said aside\n")[2]


def test_what_is_said_beside_several_steps_stays_whole(clock: Clock) -> None:
    screen = Screen()
    with LiveProgress(console(screen, NO_COLOR="1"), clock) as live:
        for step in ("image", "cluster", "host"):
            live.show(StepStarted(step, step))
        with live.aside():
            screen.write("said aside\n")
        live.tick()

    after = screen.getvalue().partition("said aside\n")[2]
    assert "\x1b[1A" not in after.partition("image")[0], "the cursor goes up into what was said"


def test_a_long_line_is_cut_not_wrapped(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    screen = Screen()
    with LiveProgress(console(screen, NO_COLOR="1"), clock) as live:
        live.show(StepStarted("image", "Building"))
        live.show(StepProgress("image", "word " * 40))
        drawn = last_line(screen)

    assert len(drawn) <= 40
    assert drawn.endswith("…")


@pytest.mark.parametrize(
    ("terminal", "term", "kind"),
    [(True, "xterm", LiveProgress), (True, "dumb", PlainProgress), (False, "xterm", PlainProgress)],
)
def test_what_is_drawn_depends_on_the_terminal(terminal: bool, term: str, kind: type) -> None:
    with shown(console(Screen() if terminal else io.StringIO(), TERM=term)) as progress:
        assert type(progress) is kind


async def test_a_reaction_that_fails_stops_the_work(plain: PlainProgress) -> None:
    stopped: list[str] = []

    async def work(steps: Steps) -> None:
        try:
            async with steps.step("one", "One"):
                await asyncio.Event().wait()
        finally:
            stopped.append("one")

    async def react(_: Event) -> None:
        raise UnexpectedError("no")

    with pytest.raises(UnexpectedError):
        await follow(stream(work), plain, react)

    assert stopped == ["one"]


async def test_stopping_is_shown_until_the_work_has_ended(plain: PlainProgress, out: io.StringIO, clock: Clock) -> None:
    cleaned = asyncio.Event()
    begun = asyncio.Event()

    async def work(steps: Steps) -> None:
        async with steps.step("one", "One"):
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                clock.now += 3
                plain.tick()
                cleaned.set()

    following = asyncio.ensure_future(follow(stream(work), plain))
    await begun.wait()
    await asyncio.sleep(0)
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following

    assert cleaned.is_set()
    assert out.getvalue().splitlines()[1:] == ["  One: stopping; Ctrl+C again does not wait for it  3.0s"]


async def test_events_that_are_no_generator_are_followed_too(plain: PlainProgress, out: io.StringIO) -> None:
    class Events:
        def __init__(self) -> None:
            self._left = [StepStarted("a", "A"), StepDone("a", "A", 1.0)]

        def __aiter__(self) -> AsyncIterator[Event]:
            return self

        async def __anext__(self) -> Event:
            if not self._left:
                raise StopAsyncIteration
            return self._left.pop(0)

    await follow(Events(), plain)

    assert [first < second for first, second in pairwise(map(out.getvalue().index, "•✓"))] == [True]
