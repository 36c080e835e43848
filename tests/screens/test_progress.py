"""The Progress place, and work that goes on whatever place is shown."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from cluster.errors import SeedError
from screens import work
from screens.app import VibeCodeApp
from screens.jobs import Job, Task
from screens.messages import Begin
from screens.modals.question import Question
from screens.progress import presenter
from screens.waterfall import StepRecord, Waterfall
from templates.events import Event, StepDone, StepFailed, StepProgress, StepStarted
from templates.project import Manifest, Project, ProjectFile
from tests.screens.stage import NOW, SIZES, Stage, seen, until

Snap = Callable[..., bool]
SHOP = Project(Manifest(title="Shop", template="python-fastapi", ports=(8000,)), (ProjectFile("README.md", b"#"),))
FULL = SeedError("12 of 40 files are there.")


def app_of(pilot: Pilot[None]) -> VibeCodeApp:
    assert isinstance(pilot.app, VibeCodeApp)
    return pilot.app


def jobs(pilot: Pilot[None]) -> tuple[Job, ...]:
    return app_of(pilot).shared.jobs.all


async def create(pilot: Pilot[None], *, watch: bool = True) -> None:
    """Begins to make the workspace `shop`."""
    await seen(pilot)
    app = app_of(pilot)
    app.post_message(Begin(work.create(app.shared.engines, "shop", lambda: SHOP), watch=watch))
    await until(pilot, lambda: bool(jobs(pilot)) and (not watch or app.screen.id == "progress"))


def told(*, fails: bool = False, ends: bool = False) -> Task:
    """Work of about a minute, as it would be seen now."""

    def at(seconds: float) -> dict[str, object]:
        return {"at": NOW + timedelta(seconds=seconds - 50)}

    async def events() -> AsyncIterator[Event]:
        for name, title, begin, seconds in [
            ("prepare", "Preparing the files", 0, 0.3),
            ("cluster", "Creating the cluster", 0.3, 21),
            ("ingress", "Opening the way in", 21.3, 6.2),
        ]:
            yield StepStarted(name, title, **at(begin))  # type: ignore[arg-type]
            yield StepDone(name, title, seconds, **at(begin + seconds))  # type: ignore[arg-type]
        image = "Building the workspace image"
        yield StepStarted("image", image, 60, **at(12))  # type: ignore[arg-type]
        for number in range(30):
            line = f"#{number} RUN apt-get install -y package-{number}"
            yield StepProgress("image", line, number / 40, **at(13 + number))  # type: ignore[arg-type]
        if fails:
            yield StepFailed("image", image, 31, FULL, ("tar: no space left on device",), **at(43))  # type: ignore[arg-type]
            raise FULL
        if ends:
            yield StepDone("image", image, 38, **at(50))  # type: ignore[arg-type]
            return
        await asyncio.Event().wait()

    return Task("Creating shop", events, "shop is ready", "shop")


# What it looks like


@pytest.mark.parametrize("size", SIZES)
def test_under_way(five: Stage, snap_compare: Snap, size: str) -> None:
    assert snap_compare(five.app(), terminal_size=SIZES[size], run_before=_shown(told()))


def test_under_way_light(five: Stage, snap_compare: Snap) -> None:
    assert snap_compare(five.app("vibecode-light"), terminal_size=SIZES["normal"], run_before=_shown(told()))


@pytest.mark.parametrize("size", ["normal", "small"])
def test_failed(five: Stage, snap_compare: Snap, size: str) -> None:
    assert snap_compare(five.app(), terminal_size=SIZES[size], run_before=_shown(told(fails=True)))


def test_done(five: Stage, snap_compare: Snap) -> None:
    assert snap_compare(five.app(), terminal_size=SIZES["normal"], run_before=_shown(told(ends=True)))


def test_nothing_yet(five: Stage, snap_compare: Snap) -> None:
    async def go(pilot: Pilot[None]) -> None:
        await seen(pilot)
        await pilot.press("5")
        await until(pilot, lambda: pilot.app.screen.id == "progress")

    assert snap_compare(five.app(), terminal_size=SIZES["normal"], run_before=go)


def test_the_question_on_quitting(five: Stage, snap_compare: Snap) -> None:
    async def quitting(pilot: Pilot[None]) -> None:
        await _shown(told())(pilot)
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))

    assert snap_compare(five.app(), terminal_size=SIZES["normal"], run_before=quitting)


def _shown(task: Task):  # type: ignore[no-untyped-def]
    async def run(pilot: Pilot[None]) -> None:
        await seen(pilot)
        pilot.app.post_message(Begin(task, watch=True))
        settled = "Building the workspace image"
        await until(
            pilot,
            lambda: (
                pilot.app.screen.id == "progress"
                and bool(jobs(pilot))
                and any(step.title == settled and step.log for step in jobs(pilot)[0].waterfall.steps)
                and ("done" in task.done or jobs(pilot)[0].state != "running" or len(_log(pilot)) == 30)
            ),
        )

    return run


def _log(pilot: Pilot[None]) -> tuple[object, ...]:
    return jobs(pilot)[0].waterfall.steps[-1].log


# What it does


async def test_a_new_workspace_is_made_listed_and_opened(stage: Stage) -> None:
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await create(pilot)
        await until(pilot, lambda: jobs(pilot)[0].state == "done")
        await until(pilot, lambda: stage.browser.opened == ["http://shop.vibecode.localhost:8080/"])
        assert [step.name for step in jobs(pilot)[0].waterfall.steps] == [
            "prepare", "cluster", "workspace", "seed", "ready",
        ]  # fmt: skip
        await pilot.press("1")
        await until(pilot, lambda: [one.name for one in app_of(pilot).shared.store.snapshot.workspaces] == ["shop"])


async def test_what_a_new_workspace_needs_is_installed_after_it_and_leaving_that_loses_nothing(
    stage_with: Callable[..., Stage],
) -> None:
    stage = stage_with(hangs=["install"])
    needs = replace(SHOP, manifest=replace(SHOP.manifest, install="npm install"))
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        app = app_of(pilot)
        app.post_message(Begin(work.create(app.shared.engines, "shop", lambda: needs), watch=True))
        await until(pilot, lambda: len(jobs(pilot)) == 2 and jobs(pilot)[1].waterfall.running is not None)
        made, installing = jobs(pilot)
        assert (made.state, installing.task.title) == ("done", "Installing what shop needs")
        assert stage.browser.opened == ["http://shop.vibecode.localhost:8080/"]
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        assert "It goes on inside shop" in " ".join(str(one.content) for one in pilot.app.screen.query(Static))


async def test_a_failure_names_itself_and_trying_again_completes_it(stage_with: Callable[..., Stage]) -> None:
    stage = stage_with(fails={"seed": FULL})
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await create(pilot)
        await until(pilot, lambda: jobs(pilot)[0].state == "failed")
        await pilot.pause()
        words = " ".join(str(widget.content) for widget in pilot.app.screen.query(Static))
        assert "The files did not arrive whole" in words
        await pilot.press("r")
        await until(pilot, lambda: [job.state for job in jobs(pilot)] == ["done"])
        assert (await stage.engine.workspace("shop")).state == "running"


async def test_cancelled_it_says_what_is_left_and_can_go_on(stage_with: Callable[..., Stage]) -> None:
    stage = stage_with(hangs=["seed"])
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await create(pilot)
        await until(pilot, lambda: (running := jobs(pilot)[0].waterfall.running) is not None and running.name == "seed")
        await pilot.press("x")
        await until(pilot, lambda: jobs(pilot)[0].state == "stopped")
        await pilot.pause()
        assert "begun again it is completed" in str(pilot.app.screen.query_one("#heading", Static).content)


async def test_work_goes_on_in_other_places_and_its_end_is_told(stage: Stage) -> None:
    async with stage.app().run_test(size=SIZES["normal"], notifications=True) as pilot:
        await create(pilot, watch=False)
        await pilot.press("6")
        await until(pilot, lambda: jobs(pilot)[0].state == "done")
        await until(pilot, lambda: any("shop is ready" in note.message for note in pilot.app._notifications))


async def test_the_same_work_is_not_begun_twice(stage_with: Callable[..., Stage]) -> None:
    stage = stage_with(hangs=["seed"])
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await create(pilot)
        await create(pilot)
        assert len(jobs(pilot)) == 1


async def test_the_editor_opens_while_the_rest_is_still_made(stage_with: Callable[..., Stage]) -> None:
    stage = stage_with(hangs=["services"])
    with_redis = replace(SHOP, manifest=replace(SHOP.manifest, services=("redis",)))
    async with stage.app().run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        app = app_of(pilot)
        app.post_message(Begin(work.create(app.shared.engines, "shop", lambda: with_redis), watch=True))
        await until(pilot, lambda: bool(stage.browser.opened))
        assert stage.browser.opened == ["http://shop.vibecode.localhost:8080/"]
        assert jobs(pilot)[0].active
        assert (await stage.engine.workspace("shop")).state == "creating"


async def test_quitting_stays_waits_or_stops(stage_with: Callable[..., Stage]) -> None:
    stage = stage_with(hangs=["seed"])
    app = stage.app()
    async with app.run_test(size=SIZES["normal"]) as pilot:
        await create(pilot)
        await pilot.press("q", "enter")
        await until(pilot, lambda: pilot.app.screen.id == "progress")
        assert jobs(pilot)[0].active
        await pilot.press("q", "w")
        await until(pilot, lambda: pilot.app.screen.id == "progress")
        app.shared.jobs.cancel(jobs(pilot)[0].id)
        await until(pilot, lambda: not app.is_running)
    assert app.shared.jobs.all[0].state == "stopped"


async def test_quitting_at_once_stops_the_work_cleanly(stage_with: Callable[..., Stage]) -> None:
    stage = stage_with(hangs=["seed"])
    app = stage.app()
    async with app.run_test(size=SIZES["normal"]) as pilot:
        await create(pilot)
        await pilot.press("q", "s")
        await until(pilot, lambda: not app.is_running)
    assert app.shared.jobs.all[0].state == "stopped"
    assert stage.engine.closed


@pytest.mark.parametrize(
    ("elapsed", "words"), [(1.0, "takes about 4s more"), (4.5, ""), (5.0, ""), (6.0, "takes longer than usual")]
)
def test_how_long_a_step_takes_yet(elapsed: float, words: str) -> None:
    step = StepRecord("seed", "Seeding the files", NOW, expected=5.0)
    job = Job("1", Task("Creating shop", lambda: None, "shop is ready"), NOW, waterfall=Waterfall((step,)))  # type: ignore[arg-type,return-value]
    said = presenter.heading(job, NOW + timedelta(seconds=elapsed)).plain
    assert said.partition("this step ")[2] == words
