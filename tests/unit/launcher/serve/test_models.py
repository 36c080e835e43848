"""Prompts and chats by the API, over a model that says what is written here."""

from pathlib import Path
from typing import Any

import pytest

from templates.models.errors import ModelServerFailedError
from templates.sources.catalog import SourcedCatalog
from templates.sources.source import Source, SourceBook
from tests.fakes.chat_model import Answer, ScriptedModel
from tests.fakes.engine import FakeEngine
from tests.unit.launcher.serve.conftest import SHOP, Serve, Served, events_of
from tests.unit.templates.sources.conftest import add_template

PLAN = """\
NAME: shortener
TITLE: URL shortener
SUMMARY: Shortens addresses
LANGUAGE: Shell
STACK: sh
BASE: none
TEST: sh test.sh
FILES:
- test.sh: the tests
"""
FILES = '<file path="test.sh">\necho tested\n</file>\n'
EDIT = "Here.\n\nREADME.md\n<<<<<<< SEARCH\n# Shop\n=======\n# My shop\n>>>>>>> REPLACE\n"


async def events(server: Served, path: str) -> list[tuple[str, Any]]:
    async with server.http.stream("GET", path) as response:
        return [(event.name, event.data) async for event in events_of(response)]


async def test_a_prompt_becomes_a_workspace_that_was_tried(serve: Serve, engine: FakeEngine) -> None:
    async with serve(engine, model=ScriptedModel([PLAN, FILES])) as server:
        body = {"prompt": "A URL shortener with FastAPI, please", "userId": "ada", "style": "any"}
        answer = await server.http.post("/api/ai/generate-project", json=body)
        begun = answer.json()
        assert (answer.status_code, begun["workspaceId"]) == (202, "url-shortener-fastapi")
        assert begun["workspaceUrl"] == f"{server.url}/workspace/url-shortener-fastapi"
        told = await events(server, begun["events"])
    assert ("outcome", {"verified": True}) in told
    assert told[-1] == ("end", {"state": "done", "workspace": "url-shortener-fastapi", "error": None})
    assert {"plan", "file", "placed"} <= {name for name, _ in told}
    assert (engine.config.home / "url-shortener-fastapi" / "test.sh").read_text() == "echo tested\n"
    assert (await engine.workspace("url-shortener-fastapi")).user == "ada"


async def test_what_a_model_wrote_does_not_run_where_nothing_isolates_it(serve: Serve, engine: FakeEngine) -> None:
    engine.lacks = {"network-isolation": "These are processes of yours."}
    body = {"prompt": "a shortener", "name": "one"}
    async with serve(engine, model=ScriptedModel([PLAN, FILES])) as server:
        begun = (await server.http.post("/api/ai/generate-project", json=body)).json()
        assert ("outcome", {"verified": None}) in await events(server, begun["events"])
    async with serve(engine, model=ScriptedModel([PLAN, FILES])) as server:
        begun = (await server.http.post("/api/ai/generate-project", json={**body, "name": "two", "run": True})).json()
        assert ("outcome", {"verified": True}) in await events(server, begun["events"])


async def test_a_model_starts_from_our_own_templates_only(serve: Serve, engine: FakeEngine, tmp_path: Path) -> None:
    book = SourceBook(tmp_path / "sources.json", tmp_path / "kept")
    book.write([Source("team", add_template(tmp_path / "team" / "api").parent)])
    model = ScriptedModel([PLAN, FILES])
    async with serve(engine, model=model, catalog=SourcedCatalog(book=book)) as server:
        begun = (await server.http.post("/api/ai/generate-project", json={"prompt": "a shop", "name": "one"})).json()
        await events(server, begun["events"])
    asked = "".join(message.content for message in model.asked[0])
    assert "static-site" in asked
    assert "team/api" not in asked


async def test_a_generation_that_broke_off_goes_on_without_asking_twice(serve: Serve, engine: FakeEngine) -> None:
    broken = Answer([], error=ModelServerFailedError("It answered 500."))
    model = ScriptedModel([PLAN, broken, FILES])
    body = {"prompt": "a shortener", "name": "shop"}
    async with serve(engine, model=model) as server:
        begun = (await server.http.post("/api/ai/generate-project", json=body)).json()
        assert (await events(server, begun["events"]))[-1][1]["error"]["code"] == "model-server-failed"
        again = (await server.http.post("/api/ai/generate-project", json=body)).json()
        assert (await events(server, again["events"]))[-1][1]["state"] == "done"
    assert len(model.asked) == 3


async def test_without_a_model_it_is_told_how_to_get_one(server: Served, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    for path, body in (
        ("/api/ai/generate-project", {"prompt": "a shop"}),
        ("/api/workspaces/shop/chat", {"instruction": "more"}),
    ):
        answer = await server.http.post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "model-key-missing")
    assert server.given.work.all == ()


async def test_no_more_projects_are_written_at_once_than_allowed(serve: Serve, engine: FakeEngine) -> None:
    engine = FakeEngine(engine.config, hangs=("workspace",))
    async with serve(engine, model=ScriptedModel([PLAN, FILES] * 3)) as server:
        answers = [await server.http.post("/api/ai/generate-project", json={"prompt": "a shortener"}) for _ in range(3)]
        assert [one.status_code for one in answers] == [202, 202, 429]
        assert [one.json().get("workspaceId") for one in answers] == ["shortener", "shortener-2", None]
        assert int(answers[2].headers["Retry-After"]) > 0


@pytest.mark.parametrize("body", [{"prompt": ""}, {"prompt": "  "}, {"prompt": "x" * 20_001}, {"name": "shop"}, {}])
async def test_a_prompt_that_is_none_is_refused(server: Served, body: dict[str, str]) -> None:
    answer = await server.http.post("/api/ai/generate-project", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")


@pytest.fixture
def readme(engine: FakeEngine) -> Path:
    engine.put("shop", SHOP)
    return engine.config.home / "shop" / "README.md"


async def proposal(server: Served) -> Any:
    asked = await server.http.post("/api/workspaces/shop/chat", json={"instruction": "Say that it is mine"})
    assert asked.status_code == 202, asked.text
    told = dict(await events(server, asked.json()["events"]))
    assert told["end"]["error"] is None
    return told["proposal"]


async def test_a_change_is_proposed_applied_undone_and_redone(serve: Serve, engine: FakeEngine, readme: Path) -> None:
    async with serve(engine, model=ScriptedModel([EDIT])) as server:
        proposed = await proposal(server)
        assert proposed["files"][0]["hunks"] == [{"start": 1, "before": ["# Shop"], "after": ["# My shop"]}]
        assert readme.read_text() == "# Shop\n"
        url = f"/api/workspaces/shop/proposals/{proposed['id']}/apply"
        wrong = await server.http.post(url, json={"hunks": [{"path": "README.md", "hunk": 1}]})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "request-invalid")
        none = await server.http.post(url, json={"hunks": []})
        assert none.json()["turn"] is None
        assert readme.read_text() == "# Shop\n"
        applied = await server.http.post(url, json={"hunks": [{"path": "README.md", "hunk": 0}]})
        assert (applied.json()["files"], readme.read_text()) == (["README.md"], "# My shop\n")
        assert (await server.http.post(url, json={})).json()["code"] == "proposal-not-found"
        assert (await server.http.post("/api/workspaces/shop/undo")).json()["undone"] is True
        assert readme.read_text() == "# Shop\n"
        assert (await server.http.post("/api/workspaces/shop/undo")).json()["code"] == "nothing-to-undo"
        assert (await server.http.post("/api/workspaces/shop/redo")).json()["undone"] is False
        assert readme.read_text() == "# My shop\n"


async def test_a_file_that_changed_since_the_proposal_is_not_overwritten(
    serve: Serve, engine: FakeEngine, readme: Path
) -> None:
    async with serve(engine, model=ScriptedModel([EDIT])) as server:
        proposed = await proposal(server)
        readme.write_text("# Theirs\n")
        answer = await server.http.post(f"/api/workspaces/shop/proposals/{proposed['id']}/apply", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "files-changed")
    assert readme.read_text() == "# Theirs\n"


async def test_a_proposal_for_one_workspace_is_none_for_another(serve: Serve, engine: FakeEngine, readme: Path) -> None:
    engine.put("blog", SHOP)
    async with serve(engine, model=ScriptedModel([EDIT])) as server:
        proposed = await proposal(server)
        answer = await server.http.post(f"/api/workspaces/blog/proposals/{proposed['id']}/apply", json={})
    assert (answer.status_code, answer.json()["code"]) == (404, "proposal-not-found")
