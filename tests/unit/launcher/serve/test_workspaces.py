"""Workspaces by the API: what is listed, made, changed, opened and followed."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from cluster.engine import Capability, Occurrence
from cluster.errors import ClusterDownError, VolumeFullError
from templates.project import Manifest, Project
from templates.rum import Rum, snippet
from templates.sources.catalog import SourcedCatalog
from templates.sources.source import Source, SourceBook
from tests.fakes.engine import FakeEngine
from tests.unit.launcher.serve.conftest import SHOP, Serve, Served, events_of
from tests.unit.templates.sources.conftest import add_template


@pytest.fixture
def shop(engine: FakeEngine) -> FakeEngine:
    engine.put("shop", SHOP)
    return engine


async def test_a_workspace_is_made_of_a_template_and_followed_to_its_end(server: Served, engine: FakeEngine) -> None:
    begun = await server.http.post("/api/workspaces", json={"name": "blog", "template": "static-site"})
    job = await server.done(begun)
    assert (job["state"], job["workspace"], job["error"]) == ("done", "blog", None)
    assert [step["step"] for step in job["steps"]] == ["workspace", "seed", "ready"]
    read = (await server.http.get("/api/workspaces/blog")).json()
    assert (read["state"], read["template"], read["job"]) == ("running", "static-site", None)
    assert read["workspaceUrl"] == f"{server.url}/workspace/blog"


async def test_what_a_template_needs_is_installed_by_a_job_that_nobody_need_wait_for(
    server: Served, engine: FakeEngine
) -> None:
    made = await server.done(
        await server.http.post("/api/workspaces", json={"name": "api", "template": "python-fastapi"})
    )
    assert (made["state"], [step["step"] for step in made["steps"]][-1]) == ("done", "extensions")
    await server.given.work.idle()
    [_, installed] = (await server.http.get("/api/jobs")).json()["jobs"]
    assert (installed["title"], installed["state"]) == ("Installing what api needs", "done")
    assert [step["title"] for step in installed["steps"]] == ["Installing dependencies: uv sync"]


@pytest.mark.parametrize("lacks", [{}, {"network-isolation": "They are processes."}])
async def test_a_start_goes_on_with_what_was_being_installed_where_nobody_has_to_be_asked(
    shop: FakeEngine, server: Served, lacks: dict[Capability, str]
) -> None:
    shop.change("shop", template=None, state="stopped")
    shop.lacks = lacks
    state = shop.config.home / ".homes" / "shop" / ".vibecode" / "install"
    state.mkdir(parents=True)
    (state / "command").write_text("uv sync\n")

    assert (await server.done(await server.http.post("/api/workspaces/shop/start")))["state"] == "done"

    await server.given.work.idle()
    jobs = (await server.http.get("/api/jobs")).json()["jobs"]
    done = [(one["title"], one["state"]) for one in jobs]
    gone_on = [] if lacks else [("Installing what shop needs", "done")]
    assert done == [("Starting shop", "done"), *gone_on]


async def test_values_of_a_templates_variables_are_filled_in(server: Served, engine: FakeEngine) -> None:
    wanted = {"name": "blog", "template": "static-site", "variables": {"title": "My own blog"}}
    await server.done(await server.http.post("/api/workspaces", json=wanted))
    assert "My own blog" in (engine.config.home / "blog" / "site" / "index.html").read_text()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/workspaces", {"name": "blog", "template": "static-site"}),
        ("/api/code-server/session?wait=true", {"workspaceId": "blog", "template": "static-site"}),
    ],
)
async def test_its_pages_tell_datadog_of_their_use_where_that_is_set(
    serve: Serve, engine: FakeEngine, path: str, body: dict[str, str]
) -> None:
    rum = Rum("1111-2222", "pub0123456789", "datadoghq.eu")
    async with serve(engine, rum=rum) as server:
        assert (await server.http.post(path, json=body)).is_success
        await server.given.work.idle()
    assert snippet(rum, "blog") in (engine.config.home / "blog" / "site" / "index.html").read_text()


@pytest.mark.parametrize(
    ("wanted", "status", "code"),
    [
        ({"name": "shop", "template": "static-site"}, 409, "name-taken"),
        ({"name": "new", "template": "nothing"}, 404, "template-not-found"),
        ({"name": "new", "template": "../etc"}, 404, "template-not-found"),
        ({"name": "new", "template": "static-site", "variables": {"colour": "red"}}, 422, "variable-invalid"),
        ({"name": "auth"}, 422, "name-invalid"),
        ({"name": "Shop"}, 422, "request-invalid"),
        ({"name": "shop\n"}, 422, "request-invalid"),
        ({"name": "a" * 41}, 422, "request-invalid"),
        ({}, 422, "request-invalid"),
    ],
)
async def test_what_cannot_be_made_is_refused(
    shop: FakeEngine, server: Served, wanted: dict[str, Any], status: int, code: str
) -> None:
    answer = await server.http.post("/api/workspaces", json=wanted)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert {"type", "title", "status", "detail", "hint", "request_id"} <= answer.json().keys()
    assert server.given.work.all == ()


async def test_what_was_sent_is_not_told_again(server: Served) -> None:
    answer = await server.http.post("/api/workspaces", json={"name": "a secret!"})
    assert answer.json()["errors"][0]["where"] == "body.name"
    assert "secret" not in answer.text


async def test_pages_of_a_listing_are_the_whole(server: Served, engine: FakeEngine) -> None:
    for name in "abcde":
        engine.put(name, SHOP)
    seen, page = list[str](), "/api/workspaces?limit=2"
    while page:
        answer = await server.http.get(page)
        seen += [one["name"] for one in answer.json()["workspaces"]]
        page = answer.json()["next"]
        assert answer.headers.get("Link") == (f'<{page}>; rel="next"' if page else None)
    assert seen == list("abcde")


async def test_what_is_unchanged_is_not_sent_again(shop: FakeEngine, server: Served) -> None:
    for path in ("/api/workspaces", "/api/workspaces/shop", "/api/templates", "/api/status", "/api/jobs"):
        first = await server.http.get(path)
        same = await server.http.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (same.status_code, same.content) == (304, b""), path
    before = (await server.http.get("/api/workspaces/shop")).headers["ETag"]
    shop.change("shop", state="stopped")
    assert (await server.http.get("/api/workspaces/shop", headers={"If-None-Match": before})).status_code == 200


async def test_an_engine_out_of_reach_is_named_beside_the_others(
    serve: Serve, engine: FakeEngine, tmp_path: Path
) -> None:
    other = FakeEngine(replace(engine.config, home=tmp_path / "other"))
    other.name = "local"  # type: ignore[assignment]
    other.put("shop", SHOP)
    engine.lose(ClusterDownError("It is stopped."))
    async with serve(engine, other) as server:
        listed = (await server.http.get("/api/workspaces")).json()
        assert [one["name"] for one in listed["workspaces"]] == ["shop"]
        assert listed["out_of_reach"]["kind"]["code"] == "cluster-down"
        other.lose(ClusterDownError("It is stopped, too."))
        answer = await server.http.get("/api/workspaces")
        assert (answer.status_code, answer.json()["code"]) == (503, "cluster-down")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("POST", "/start"),
        ("POST", "/stop"),
        ("POST", "/open"),
        ("DELETE", ""),
        ("GET", "/logs"),
        ("GET", "/events"),
    ],
)
async def test_a_name_that_nothing_has_is_not_found(server: Served, method: str, path: str) -> None:
    answer = await server.http.request(method, f"/api/workspaces/nothing{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "workspace-not-found")


async def test_a_workspace_is_stopped_started_and_deleted(shop: FakeEngine, server: Served) -> None:
    for method, path, expected in (("POST", "/stop", "stopped"), ("POST", "/start", "running")):
        await server.done(await server.http.request(method, f"/api/workspaces/shop{path}"))
        assert (await shop.workspace("shop")).state == expected
    await server.done(await server.http.delete("/api/workspaces/shop"))
    assert await shop.workspaces() == ()


async def test_an_editor_is_opened_and_a_port(shop: FakeEngine, server: Served) -> None:
    opened = await server.http.post("/api/workspaces/shop/open")
    assert opened.json() == {"name": "shop", "url": await shop.entrance("shop")}
    port = await server.http.post("/api/workspaces/shop/open?port=3000")
    assert port.json()["url"] == await shop.entrance("shop", 3000)
    assert 3000 in (await shop.workspace("shop")).ports


@pytest.mark.parametrize(
    ("state", "code"),
    [("stopped", "workspace-stopped"), ("creating", "editor-not-ready"), ("failed", "workspace-failed")],
)
async def test_what_does_not_run_cannot_be_opened(shop: FakeEngine, server: Served, state: str, code: str) -> None:
    shop.change("shop", state=state)
    answer = await server.http.post("/api/workspaces/shop/open")
    assert (answer.status_code, answer.json()["code"]) == (409, code)


async def test_a_log_is_read_and_followed(shop: FakeEngine, server: Served) -> None:
    for number in range(5):
        shop.speak("shop", f"line {number}\x1b[2J")
    assert (await server.http.get("/api/workspaces/shop/logs?tail=2")).json()["lines"] == ["line 3", "line 4"]
    async with server.http.stream("GET", "/api/workspaces/shop/logs?follow=true&tail=1") as response:
        events = events_of(response)
        assert (await anext(events)).data == "line 4"
        shop.speak("shop", "another")
        assert (await anext(events)).data == "another"


async def test_what_happened_to_a_workspace_is_told(shop: FakeEngine, server: Served) -> None:
    at = datetime(2026, 1, 31, 12, tzinfo=UTC)
    shop.happen(Occurrence(at, "Pod", "shop-0", "BackOff", "message", "it was killed", 3, True, "shop"))
    events = (await server.http.get("/api/workspaces/shop/events")).json()["events"]
    assert events[0]["words"] == "it was killed"
    assert events[0]["time"] == "2026-01-31T12:00:00.000Z"


async def test_a_failure_of_the_work_is_in_its_job(serve: Serve, engine: FakeEngine) -> None:
    engine._fails["seed"] = VolumeFullError("There is no room.")
    async with serve(engine) as server:
        job = await server.done(await server.http.post("/api/workspaces", json={"name": "shop"}))
        assert (job["state"], job["error"]["code"]) == ("failed", "volume-full")
        again = await server.done(await server.http.post("/api/workspaces", json={"name": "shop"}))
        assert again["state"] == "done"


async def test_everything_is_followed_live(shop: FakeEngine, server: Served) -> None:
    async def until(events: Any, name: str, wanted: Any) -> Any:
        async with asyncio.timeout(10):
            async for event in events:
                if event.name == name and wanted(event.data):
                    return event.data

    async with server.http.stream("GET", "/api/events") as response:
        events = events_of(response)
        first = await until(events, "workspaces", lambda data: data["workspaces"])
        assert first["workspaces"][0]["name"] == "shop"
        assert (first["chosen"], first["engines"][0]["error"]) == ("kind", None)
        shop.change("shop", state="stopped")
        await until(events, "workspaces", lambda data: data["workspaces"][0]["state"] == "stopped")
        shop.lose(ClusterDownError("It is stopped."))
        await until(events, "workspaces", lambda data: data["engines"][0]["error"])
        shop.recover()
        await until(events, "workspaces", lambda data: not data["engines"][0]["error"])
        await server.http.post("/api/workspaces/shop/start")
        done = await until(events, "jobs", lambda data: data["jobs"] and data["jobs"][-1]["state"] == "done")
        assert done["jobs"][-1]["title"] == "Starting shop"


async def test_status_asks_each_engine_once_however_many_ask(server: Served, engine: FakeEngine) -> None:
    asked = 0
    status = engine.status

    async def counted():
        nonlocal asked
        asked += 1
        return await status()

    engine.status = counted  # type: ignore[method-assign]
    answers: list[httpx.Response] = await asyncio.gather(*(server.http.get("/api/status") for _ in range(20)))
    assert {one.status_code for one in answers} == {200}
    assert asked == 1
    document = answers[0].json()
    assert (document["version"], document["engines"][0]["state"], document["models"]) == ("1.2.3", "running", False)


async def test_templates_are_told_with_their_variables(server: Served) -> None:
    listed = (await server.http.get("/api/templates?limit=1000")).json()
    assert {"python-fastapi", "static-site"} <= {one["id"] for one in listed["templates"]}
    one = (await server.http.get("/api/templates/static-site")).json()
    assert "title" in [variable["name"] for variable in one["variables"]]
    assert (await server.http.get("/api/templates/nothing")).json()["code"] == "template-not-found"


async def test_templates_of_ones_own_are_told_and_made_where_they_are_isolated(
    serve: Serve, engine: FakeEngine, tmp_path: Path
) -> None:
    team = add_template(tmp_path / "team" / "api").parent
    book = SourceBook(tmp_path / "sources.json", tmp_path / "kept")
    book.write([Source("team", team)])
    async with serve(engine, catalog=SourcedCatalog(book=book)) as server:
        listed = (await server.http.get("/api/templates?limit=1000")).json()["templates"]
        assert {"team/api", "static-site"} <= {one["id"] for one in listed}
        assert (await server.http.get("/api/templates/team/api")).json()["id"] == "team/api"
        assert (await server.http.get("/api/templates/nobody/api")).status_code == 404
        done = await server.done(
            await server.http.post("/api/workspaces", json={"name": "one", "template": "team/api"})
        )
        assert done["state"] == "done"
        engine.lacks = {"network-isolation": "These are processes of yours."}
        refused = await server.http.post("/api/workspaces", json={"name": "two", "template": "team/api"})
        assert (refused.status_code, refused.json()["code"]) == (409, "consent-needed")
        assert "go run ." in refused.json()["detail"]
    assert [one.name for one in await engine.workspaces()] == ["one"]


async def test_services_are_told_and_have_logs(server: Served, engine: FakeEngine) -> None:
    engine.put("shop", Project(Manifest("Shop", services=("redis",)), ()))
    told = (await server.http.get("/api/workspaces/shop")).json()["services"]
    assert told == [{"name": "redis", "state": "running", "reason": None}]
    assert (await server.http.get("/api/workspaces/shop/logs?service=redis")).json()["lines"] == ["redis is ready"]
    assert (await server.http.get("/api/workspaces/shop/logs?service=postgresql")).status_code == 404
