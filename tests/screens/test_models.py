"""Models: the one in use and its server's others, keys, sign-in, a test, and what they have cost."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from textual.pilot import Pilot

from screens.models.entry import key_problem, url_problem
from screens.models.screen import ModelsScreen
from templates.models.errors import ModelUnreachableError
from templates.models.ledger import Budgets
from templates.models.server import OPENROUTER
from tests.fakes.models import SONNET, FakeModels
from tests.fakes.scripted_model import ScriptedModel
from tests.screens.stage import SIZES, Stage, seen, until

Snap = Callable[..., bool]


def models_of(stage: Stage, *answers: str) -> FakeModels:
    folder = stage.engine.config.home / "ai"
    folder.mkdir(parents=True)
    return FakeModels(folder, ScriptedModel(*answers))


def place(pilot: Pilot[None]) -> ModelsScreen:
    screen = pilot.app.screen
    assert isinstance(screen, ModelsScreen)
    return screen


def said(pilot: Pilot[None]) -> str:
    return str(place(pilot).query_one("#said").render())


async def at_models(pilot: Pilot[None]) -> None:
    await seen(pilot)
    await pilot.press("3")
    await until(pilot, lambda: getattr(pilot.app.screen, "model_state", None) is not None)
    await pilot.press("ctrl+g")
    await until(pilot, lambda: isinstance(pilot.app.screen, ModelsScreen) and "Asking the server" not in said(pilot))
    await until(pilot, lambda: bool(place(pilot)._models) or bool(said(pilot)))


async def at_usage(pilot: Pilot[None]) -> None:
    await seen(pilot)
    await pilot.press("4")
    await until(pilot, lambda: getattr(pilot.app.screen, "model_state", None) is not None)
    await pilot.app.screen.run_action("usage")
    await until(pilot, lambda: "in all" in "".join(str(one.render()) for one in pilot.app.screen.query("#totals")))


# What it looks like


def test_models(stage: Stage, snap_compare: Snap) -> None:
    async def laid_out(pilot: Pilot[None]) -> None:
        await at_models(pilot)
        await until(pilot, lambda: place(pilot).query_one("#state").size.height == 3)

    app = stage.app(models=models_of(stage))
    assert snap_compare(app, terminal_size=SIZES["small"], run_before=laid_out)


# What it does


async def test_a_server_that_does_not_answer_is_told_with_what_to_do(stage: Stage) -> None:
    models = replace(models_of(stage), error=ModelUnreachableError("http://localhost:11434/v1: refused."))
    async with stage.app(models=models).run_test(size=SIZES["normal"]) as pilot:
        await at_models(pilot)
        assert "does not answer" in said(pilot)
        assert "vibecode models profiles" in said(pilot)


async def test_usage_tells_what_may_be_spent(stage: Stage) -> None:
    models = replace(models_of(stage), budgets=Budgets(day=Decimal(5)))
    async with stage.app(models=models).run_test(size=SIZES["normal"]) as pilot:
        await at_usage(pilot)
        assert "Budgets: $5.00 for a day" in str(pilot.app.screen.query_one("#totals").render())


async def test_another_model_is_chosen(stage: Stage) -> None:
    models = models_of(stage)
    async with stage.app(models=models).run_test(size=SIZES["normal"]) as pilot:
        await at_models(pilot)
        await pilot.press("slash", *"small", "enter")
        await until(pilot, lambda: models.chosen.current.model == "free/small")
        await until(pilot, lambda: "free/small" in str(place(pilot).query_one("#state").render()))


async def test_a_model_is_asked_for_one_word_and_what_it_cost_is_told(stage: Stage) -> None:
    async with stage.app(models=models_of(stage, "ready")).run_test(size=SIZES["normal"]) as pilot:
        await at_models(pilot)
        await pilot.press("t")
        await until(pilot, lambda: "said “ready”" in said(pilot))
        assert "it cost $" in said(pilot)


async def test_a_model_that_fails_its_test_is_told_with_what_to_do(stage: Stage) -> None:
    models = models_of(stage)
    async with stage.app(models=models).run_test(size=SIZES["normal"]) as pilot:
        await at_models(pilot)
        models.error = ModelUnreachableError("http://localhost:11434/v1: refused.")
        await pilot.press("t")
        await until(pilot, lambda: "does not answer" in said(pilot))
        assert "vibecode models profiles" in said(pilot)


async def test_a_key_is_kept_unseen_and_forgotten(stage: Stage) -> None:
    models = replace(models_of(stage), keys={})
    async with stage.app(models=models).run_test(size=SIZES["normal"]) as pilot:
        await seen(pilot)
        await pilot.press("3")
        await until(pilot, lambda: getattr(pilot.app.screen, "view", "") == "setup")
        await pilot.press("m")
        await until(pilot, lambda: isinstance(pilot.app.screen, ModelsScreen) and place(pilot)._state is not None)
        await pilot.press("e")
        await until(pilot, lambda: getattr(pilot.app.focused, "id", "") == "entry")
        await pilot.press(*"sk-mine")
        assert "sk-mine" not in "".join(str(one.render()) for one in pilot.app.screen.query("Static"))
        await pilot.press("enter")
        await until(pilot, lambda: models.keys == {OPENROUTER: "sk-mine"})
        await until(pilot, lambda: "keyring" in str(place(pilot).query_one("#state").render()))
        await pilot.press("d")
        await until(pilot, lambda: models.keys == {})


async def test_signing_in_by_the_browser(stage: Stage) -> None:
    models = models_of(stage)
    async with stage.app(models=models).run_test(size=SIZES["normal"]) as pilot:
        await at_models(pilot)
        await pilot.press("s")
        await until(pilot, lambda: models.keys[OPENROUTER] == "sk-from-the-browser")
        assert stage.browser.opened == ["https://openrouter.ai/auth?callback_url=http://localhost:5000/callback"]


async def test_signing_in_by_a_code_where_no_browser_is(stage: Stage) -> None:
    stage.browser.reason = "there is no display"
    models = models_of(stage)
    async with stage.app(models=models).run_test(size=SIZES["normal"]) as pilot:
        await at_models(pilot)
        await pilot.press("s")
        await until(pilot, lambda: getattr(pilot.app.focused, "id", "") == "code")
        await pilot.press(*"good", "enter")
        await until(pilot, lambda: models.keys[OPENROUTER] == "sk-from-a-code")


async def test_another_server_is_used_from_now_on(stage: Stage) -> None:
    models = models_of(stage)
    async with stage.app(models=models).run_test(size=SIZES["normal"]) as pilot:
        await at_models(pilot)
        await pilot.press("u", *"http://localhost:11434/v1", "enter")
        await until(pilot, lambda: models.chosen.current.url == "http://localhost:11434/v1")
        assert models.chosen.current.model != SONNET


@pytest.mark.parametrize(("key", "good"), [("sk-or-v1-abc", True), ("two words", False), ("schlüssel", False)])
def test_what_can_be_a_key(key: str, good: bool) -> None:
    assert (key_problem(key) == "") is good


@pytest.mark.parametrize(
    ("url", "good"),
    [("http://localhost:11434/v1", True), ("localhost", False), ("ftp://x/v1", False), ("https://me:key@x/v1", False)],
)
def test_what_can_be_a_server(url: str, good: bool) -> None:
    assert (url_problem(url) == "") is good
