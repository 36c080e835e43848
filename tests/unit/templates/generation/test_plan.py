"""Plans as models write them, and how one is asked for."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from templates.catalog import Catalog
from templates.generation.errors import PlanError
from templates.generation.plan import Plan, PlannedFile, read_plan
from templates.generation.planning import ATTEMPTS, change_plan, make_plan
from templates.generation.prompts import plan_text
from templates.models.errors import ModeratedError, StreamCutError
from templates.models.model import ChatMessage
from templates.project import Manifest
from tests.fakes.chat_model import Answer, ScriptedModel

ANSWER = """\
NAME: url-shortener
TITLE: URL shortener
SUMMARY: Shortens addresses and counts their visits
LANGUAGE: Python
STACK: FastAPI, SQLite
BASE: python-fastapi
PORTS: 8000
INSTALL: uv sync
RUN: uv run uvicorn app.main:app --port 8000
TEST: uv run pytest
FILES:
- app/main.py: the API
- tests/test_api.py: its tests
- README.md
"""
PLAN = Plan(
    name="url-shortener",
    title="URL shortener",
    summary="Shortens addresses and counts their visits",
    language="Python",
    stack="FastAPI, SQLite",
    base="python-fastapi",
    ports=(8000,),
    install="uv sync",
    run="uv run uvicorn app.main:app --port 8000",
    test="uv run pytest",
    files=(
        PlannedFile("app/main.py", "the API"),
        PlannedFile("tests/test_api.py", "its tests"),
        PlannedFile("README.md"),
    ),
)
MESSY = """\
Sure! Here is the plan:

**Name:** `URL Shortener!`
**Title:** URL shortener
# Base: python-fastapi (closest)
- Port: 8000 and 80
Run: `npm start`
Test: None.
**Files:**
1. `app/main.py` - the API
2. **tests/test_api.py** (its tests)
* ../../etc/passwd: oh
* /etc/passwd
- TEST.md: about tests
- app/main.py: again
"""
TEMPLATES = Catalog().list().templates
IDS = [one.id for one in TEMPLATES]


def test_a_plan_in_its_form() -> None:
    assert read_plan(ANSWER, IDS) == PLAN


def test_a_plan_is_told_in_the_form_in_which_it_is_read() -> None:
    assert read_plan(plan_text(PLAN), IDS) == PLAN


def test_a_plan_as_models_really_write_it() -> None:
    plan = read_plan(MESSY, IDS)
    assert (plan.name, plan.title, plan.base, plan.ports) == (
        "url-shortener",
        "URL shortener",
        "python-fastapi",
        (8000,),
    )
    assert (plan.run, plan.test, plan.install) == ("npm start", "", "")
    assert plan.files == (
        PlannedFile("app/main.py", "the API"),
        PlannedFile("tests/test_api.py", "its tests"),
        PlannedFile("TEST.md", "about tests"),
    )


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("BASE: no-such-template", "base", ""),
        ("BASE: none", "base", ""),
        ("PORTS: 80, 99999, 3000, 3000", "ports", (3000,)),
        ("RUN: a\x1b[2Jb", "run", "a [2Jb"),
        ("RUN: " + "x" * 600, "run", ""),
        ("TITLE: " + "x" * 200, "title", "x" * 80),
        ("NAME: " + "x" * 200, "name", "x" * 36),
    ],
)
def test_what_cannot_be_is_left_out(line: str, field: str, value: object) -> None:
    head = "" if line.startswith(("NAME", "TITLE")) else "NAME: x\n"
    assert getattr(read_plan(f"{head}{line}\nFILES:\n- a: b\n", IDS), field) == value


@pytest.mark.parametrize("answer", ["", "I would build it with FastAPI.", "NAME: x\nFILES:\n", "FILES:\n- a: b\n"])
def test_what_is_no_plan(answer: str) -> None:
    with pytest.raises(PlanError):
        read_plan(answer, IDS)


def test_the_manifest_is_a_templates_manifest() -> None:
    base = Manifest("FastAPI", extensions=("ms-python.python",))
    manifest = PLAN.manifest(base)
    assert (manifest.template, manifest.ports, manifest.install, manifest.run, manifest.test) == (
        "python-fastapi", (8000,), "uv sync", PLAN.run, "uv run pytest",
    )  # fmt: skip
    assert manifest.extensions == ("ms-python.python",)
    assert manifest.toolchains == ()


def test_the_toolchains_are_those_that_the_commands_call() -> None:
    assert replace(PLAN, run="go run .", test="go test ./...").manifest(None).toolchains == ("go",)


async def test_a_plan_is_asked_for_with_the_templates_that_can_be_its_base() -> None:
    model, shown = ScriptedModel([Answer([ANSWER[:50], ANSWER[50:]])]), list[str]()
    planned = await make_plan(model, "a URL shortener", TEMPLATES, shown.append)

    assert planned.plan == PLAN
    assert "".join(shown) == ANSWER
    asked = model.asked[0][-1].content
    assert asked.endswith("a URL shortener")
    assert all(f"- {name}: " in asked for name in IDS)


async def test_what_is_no_plan_is_asked_for_again_with_the_reason() -> None:
    model = ScriptedModel(["I would use FastAPI.", ANSWER])
    assert (await make_plan(model, "x", TEMPLATES, print)).plan == PLAN
    assert "no name" in model.asked[1][-1].content


async def test_a_model_that_makes_no_plan_is_given_up() -> None:
    model = ScriptedModel(["I would use FastAPI."] * ATTEMPTS)
    with pytest.raises(PlanError, match="I would use FastAPI"):
        await make_plan(model, "x", TEMPLATES, print)


async def test_the_person_changes_the_plan() -> None:
    def again(messages: Sequence[ChatMessage]) -> str:
        assert messages[-2] == ChatMessage("assistant", ANSWER)
        assert "Use Flask" in messages[-1].content
        return ANSWER.replace("FastAPI, SQLite", "Flask")

    model = ScriptedModel([ANSWER, again])
    planned = await make_plan(model, "x", TEMPLATES, print)
    assert (await change_plan(model, planned, "Use Flask", TEMPLATES, print)).plan.stack == "Flask"


async def test_a_plan_that_breaks_off_after_its_files_is_one() -> None:
    model = ScriptedModel([Answer([ANSWER[:-5]], error=StreamCutError("gone"))])
    assert len((await make_plan(model, "x", TEMPLATES, print)).plan.files) == 3


async def test_a_stream_that_brings_nothing_is_told() -> None:
    with pytest.raises(StreamCutError):
        await make_plan(ScriptedModel([Answer([], error=StreamCutError("gone"))]), "x", TEMPLATES, print)


async def test_a_refusal_is_told() -> None:
    with pytest.raises(ModeratedError, match="I cannot"):
        await make_plan(ScriptedModel([Answer(["I cannot."], reason="filtered")]), "x", TEMPLATES, print)
