"""New from a prompt: set up, described, planned, written and tried, over a scripted model and a fake engine."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from cluster.engine import Capability
from screens.app import VibeCodeApp
from screens.prompt.making import MakingView
from screens.prompt.screen import PromptScreen
from screens.widgets.composer import LONGEST, Composer
from templates.catalog import Catalog
from templates.generation.journal import unfinished
from templates.models.errors import ModelUnreachableError, RateLimitError
from templates.sources.catalog import SourcedCatalog
from templates.sources.source import Source, SourceBook
from tests.fakes.models import FakeModels
from tests.fakes.scripted_model import ScriptedModel
from tests.screens.stage import SIZES, Stage, seen, until
from tests.unit.templates.sources.conftest import add_template

Snap = Callable[..., bool]
Before = Callable[[Pilot[None]], Awaitable[None]]

PLAN = """\
NAME: greeter
TITLE: Greeter
SUMMARY: Greets whoever is named on the command line.
LANGUAGE: Python
STACK: Python, unittest
BASE: none
PORTS: none
INSTALL: none
RUN: none
TEST: test -f greet.py
FILES:
- greet.py: the greeting
- tests/test_greet.py: its test
- README.md: how to use it
"""
GREET = '''"""Greets."""

import sys


def greeting(name: str) -> str:
    """What is said to somebody."""
    return f"Hello, {name}!"


if __name__ == "__main__":
    print(greeting(sys.argv[1]))  # the first word
'''
FILES = f"""\
<file path="greet.py">
{GREET}</file>
<file path="tests/test_greet.py">
from greet import greeting


def test_greeting() -> None:
    assert greeting("you") == "Hello, you!"
</file>
<file path="README.md">
# Greeter
</file>
"""
HALF = FILES[: FILES.index("if __name__")]
PROMPT = "something that greets"


def models_of(stage: Stage, *answers: object, before: Callable[[], Awaitable[None]] | None = None) -> FakeModels:
    model = ScriptedModel(*answers, before=before)  # type: ignore[arg-type]
    folder = stage.engine.config.home / "ai"
    folder.mkdir(parents=True, exist_ok=True)
    return FakeModels(folder, model)  # type: ignore[arg-type]


def app_of(stage: Stage, models: FakeModels, theme: str = "vibecode-dark") -> VibeCodeApp:
    return stage.app(theme, models=models, catalog=Catalog(stage.engine.config.home / "no-templates"))


def place(pilot: Pilot[None]) -> PromptScreen:
    screen = pilot.app.screen
    assert isinstance(screen, PromptScreen)
    return screen


async def at_prompt(pilot: Pilot[None]) -> None:
    await seen(pilot)
    await pilot.press("3")
    await until(pilot, lambda: pilot.app.screen.id == "prompt" and place(pilot).model_state is not None)
    await until(pilot, lambda: not busy(pilot))


def busy(pilot: Pilot[None]) -> bool:
    return any(not one.is_finished for one in pilot.app.workers if one.group in ("state", "learn"))


async def described(pilot: Pilot[None]) -> None:
    await at_prompt(pilot)
    place(pilot).query_one("#prompt", Composer).text = PROMPT
    await pilot.press("enter")


async def planned(pilot: Pilot[None]) -> None:
    await described(pilot)
    await until(pilot, lambda: getattr(pilot.app.focused, "id", "") == "yes")


async def accepted(pilot: Pilot[None]) -> None:
    await planned(pilot)
    await pilot.press("y")
    await until(pilot, lambda: place(pilot).view == "making")


async def made(pilot: Pilot[None]) -> None:
    await accepted(pilot)
    await ended(pilot)


async def drawn(pilot: Pilot[None]) -> None:
    """Until what has arrived is shown."""
    await until(pilot, lambda: not place(pilot).query_one(MakingView)._stale)


async def ended(pilot: Pilot[None]) -> None:
    app = pilot.app
    assert isinstance(app, VibeCodeApp)
    await until(pilot, lambda: not app.shared.jobs.active and bool(app.shared.jobs.all))
    await drawn(pilot)


class Hanging:
    """An answer's end that does not come before it is let."""

    def __init__(self, answers: int) -> None:
        self.let = asyncio.Event()
        self._left = answers

    async def __call__(self) -> None:
        self._left -= 1
        if self._left < 0:
            await self.let.wait()


def written_until_half(stage: Stage) -> FakeModels:
    return models_of(stage, PLAN, HALF, before=Hanging(1))


async def half_written(pilot: Pilot[None]) -> None:
    await accepted(pilot)

    def there() -> bool:
        generation = place(pilot)._generation
        return generation is not None and "Hello" in generation.texts.of("greet.py")

    await until(pilot, there)
    await drawn(pilot)


# What it looks like


def test_without_a_model(stage: Stage, snap_compare: Snap) -> None:
    models = replace(models_of(stage), keys={})
    assert snap_compare(app_of(stage, models), terminal_size=SIZES["normal"], run_before=at_prompt)


@pytest.mark.parametrize("size", SIZES)
def test_asking(stage: Stage, snap_compare: Snap, size: str) -> None:
    assert snap_compare(app_of(stage, models_of(stage)), terminal_size=SIZES[size], run_before=at_prompt)


def test_the_plan_arrives(stage: Stage, snap_compare: Snap) -> None:
    models = models_of(stage, PLAN[:150], before=Hanging(0))

    async def arriving(pilot: Pilot[None]) -> None:
        await described(pilot)
        await until(pilot, lambda: "STACK" in place(pilot)._generation.now.answer)  # type: ignore[union-attr]
        await pilot.pause()

    assert snap_compare(app_of(stage, models), terminal_size=SIZES["normal"], run_before=arriving)


@pytest.mark.parametrize("size", ["normal", "small"])
def test_the_plan(stage: Stage, snap_compare: Snap, size: str) -> None:
    assert snap_compare(app_of(stage, models_of(stage, PLAN)), terminal_size=SIZES[size], run_before=planned)


@pytest.mark.parametrize("size", SIZES)
def test_writing(stage: Stage, snap_compare: Snap, size: str) -> None:
    assert snap_compare(app_of(stage, written_until_half(stage)), terminal_size=SIZES[size], run_before=half_written)


def test_writing_in_light(stage: Stage, snap_compare: Snap) -> None:
    app = app_of(stage, written_until_half(stage), "vibecode-light")
    assert snap_compare(app, terminal_size=SIZES["normal"], run_before=half_written)


# What it does


async def test_a_prompt_becomes_a_workspace_that_works_and_opens(stage: Stage) -> None:
    models = models_of(stage, PLAN, FILES)
    async with app_of(stage, models).run_test(size=SIZES["normal"]) as pilot:
        await made(pilot)
        generation = place(pilot)._generation
        assert generation is not None
        assert generation.now.verified is True
        assert (stage.engine.config.home / "greeter" / "greet.py").read_text() == GREET
        assert stage.browser.opened == ["http://greeter.vibecode.localhost:8080/"]
        assert unfinished(models.generations) == ()
        assert "It works" in str(place(pilot).query_one("#heading").render())


async def test_the_plan_is_changed_as_the_person_wishes(stage: Stage) -> None:
    other = PLAN.replace("Greeter", "Politer")
    models = models_of(stage, PLAN, other)
    async with app_of(stage, models).run_test(size=SIZES["normal"]) as pilot:
        await planned(pilot)
        await pilot.press("c", *"polite", "enter")
        await until(pilot, lambda: getattr(pilot.app.focused, "id", "") == "yes")
        asked = models.model.asked  # type: ignore[attr-defined]
        assert asked[-1][-1].content.startswith("polite")
        assert place(pilot)._generation.now.plan.title == "Politer"  # type: ignore[union-attr]
        assert len(asked) == 2


async def test_what_is_stopped_goes_on_and_nothing_is_asked_twice(stage: Stage) -> None:
    models = written_until_half(stage)
    async with app_of(stage, models).run_test(size=SIZES["normal"]) as pilot:
        await half_written(pilot)
        await pilot.press("x")
        await ended(pilot)
        [begun] = unfinished(models.generations)
        assert begun.name == "greeter"
        rest = FILES[FILES.index("if __name__") :]
        models.model = ScriptedModel('<continue path="greet.py">\n' + rest)  # type: ignore[assignment]
        await pilot.press("r")
        await ended(pilot)
        assert place(pilot)._generation.now.verified is True  # type: ignore[union-attr]
        assert (stage.engine.config.home / "greeter" / "greet.py").read_text() == GREET


async def test_what_was_interrupted_is_listed_and_can_be_dropped(stage: Stage) -> None:
    models = models_of(stage, PLAN)
    async with app_of(stage, models).run_test(size=SIZES["normal"]) as pilot:
        await planned(pilot)
        await pilot.press("a")
        await until(pilot, lambda: place(pilot).query_one("#ask").has_class("-interrupted"))
        place(pilot).query_one("#begun").focus()
        await pilot.press("d", "y")
        await until(pilot, lambda: not place(pilot).query_one("#ask").has_class("-interrupted"))
        assert unfinished(models.generations) == ()


def without_isolation(stage: Stage) -> None:
    lacks: Mapping[Capability, str] = {"network-isolation": "Workspaces here are processes of yours."}
    stage.engine.lacks = lacks


async def asked_for_consent(pilot: Pilot[None]) -> None:
    await accepted(pilot)
    await until(pilot, lambda: place(pilot)._generation.now.consent is not None)  # type: ignore[union-attr]
    await drawn(pilot)


def test_commands_are_asked_for(stage: Stage, snap_compare: Snap) -> None:
    without_isolation(stage)
    app = app_of(stage, models_of(stage, PLAN, FILES))
    assert snap_compare(app, terminal_size=SIZES["normal"], run_before=asked_for_consent)


@pytest.mark.parametrize(("key", "verified"), [("y", True), ("n", None)])
async def test_where_nothing_isolates_commands_run_only_with_a_yes(
    stage: Stage, key: str, verified: bool | None
) -> None:
    without_isolation(stage)
    async with app_of(stage, models_of(stage, PLAN, FILES)).run_test(size=SIZES["normal"]) as pilot:
        await asked_for_consent(pilot)
        await pilot.press(key)
        await ended(pilot)
        assert place(pilot)._generation.now.verified is verified  # type: ignore[union-attr]


async def test_a_model_that_does_not_answer_is_told_and_the_prompt_stays(stage: Stage) -> None:
    models = replace(models_of(stage), error=ModelUnreachableError("http://localhost:11434/v1: refused."))
    async with app_of(stage, models).run_test(size=SIZES["normal"]) as pilot:
        await described(pilot)
        await until(pilot, lambda: type(pilot.app.screen).__name__ == "Failure")
        await pilot.press("escape")
        assert place(pilot).view == "ask"
        assert place(pilot).query_one("#prompt", Composer).text == PROMPT


async def test_a_wish_that_fails_leaves_the_plan_as_it_was(stage: Stage) -> None:
    models = models_of(stage, PLAN)
    async with app_of(stage, models).run_test(size=SIZES["normal"]) as pilot:
        await planned(pilot)
        models.error = RateLimitError("scripted: try again in 30 s.")
        await pilot.press("c", *"polite", "enter")
        await until(pilot, lambda: type(pilot.app.screen).__name__ == "Failure")
        await pilot.press("escape")
        assert getattr(pilot.app.focused, "id", "") == "yes"
        assert place(pilot)._generation.now.stage == "planned"  # type: ignore[union-attr]
        assert "Greeter" in str(place(pilot).query_one("#plan-words").render())


async def test_a_paste_of_a_megabyte_is_cut_and_said(stage: Stage) -> None:
    async with app_of(stage, models_of(stage)).run_test(size=SIZES["normal"]) as pilot:
        await at_prompt(pilot)
        composer = place(pilot).query_one("#prompt", Composer)
        composer.post_message(events.Paste("x\x1b[31m words\n" * 80_000))
        await pilot.pause()
        assert len(composer.text) <= LONGEST
        assert "\x1b" not in composer.text


async def test_a_model_starts_from_our_own_templates_only(stage: Stage, tmp_path: Path) -> None:
    book = SourceBook(tmp_path / "sources.json", tmp_path / "kept")
    book.write([Source("team", add_template(tmp_path / "team" / "api").parent)])
    models = models_of(stage, PLAN)
    app = stage.app(models=models, catalog=SourcedCatalog(book=book))
    async with app.run_test(size=SIZES["normal"]) as pilot:
        await planned(pilot)
    asked = "".join(message.content for message in models.model.asked[0])  # type: ignore[attr-defined]
    assert "static-site" in asked
    assert "team/api" not in asked
