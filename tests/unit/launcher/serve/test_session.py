"""`session`: the workspace of an id, created or found."""

from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.errors import VolumeFullError
from tests.fakes.engine import FakeEngine
from tests.unit.launcher.serve.conftest import SHOP, Serve, Served

SESSION = "/api/code-server/session"


async def test_one_that_is_there_is_answered_at_once(server: Served, engine: FakeEngine) -> None:
    engine.put("shop", SHOP)
    answer = await server.http.post(SESSION, json={"workspaceId": "shop", "userId": "ada", "unknown": [1]})
    assert answer.status_code == 200
    assert answer.json() == {
        "id": "shop",
        "url": await engine.entrance("shop"),
        "workspaceUrl": f"{server.url}/workspace/shop",
        "state": "running",
        "events": None,
    }
    assert server.given.work.all == ()


async def test_one_that_is_not_there_is_made_once(serve: Serve, tmp_path: Path) -> None:
    engine = FakeEngine(ClusterConfig(home=tmp_path), hangs=("seed",))
    async with serve(engine) as server:
        body = {"workspaceId": "shop", "template": "static-site"}
        first = await server.http.post(SESSION, json=body)
        second = await server.http.post(SESSION, json=body)
        assert (first.status_code, second.status_code) == (202, 202)
        assert first.json()["events"].startswith("/api/jobs/")
        assert first.json()["events"] == second.json()["events"]
        assert (first.json()["state"], len(server.given.work.all)) == ("creating", 1)


async def test_wait_holds_until_it_is_ready(server: Served, engine: FakeEngine) -> None:
    body = {"workspaceId": "shop", "template": "static-site", "userId": "ada"}
    answer = await server.http.post(f"{SESSION}?wait=true", json=body)
    assert (answer.status_code, answer.json()["state"]) == (200, "running")
    assert (await server.http.get("/api/workspaces/shop")).json()["userId"] == "ada"
    assert answer.json()["url"] == await engine.entrance("shop")
    assert (engine.config.home / "shop" / "README.md").exists()


async def test_wait_tells_why_it_could_not_be_made(serve: Serve, tmp_path: Path) -> None:
    engine = FakeEngine(ClusterConfig(home=tmp_path), fails={"seed": VolumeFullError("No room.")})
    async with serve(engine) as server:
        answer = await server.http.post(f"{SESSION}?wait=true", json={"workspaceId": "shop"})
        assert (answer.status_code, answer.json()["code"]) == (507, "volume-full")


@pytest.mark.parametrize("state", ["stopped", "failed"])
async def test_one_that_does_not_run_is_started(server: Served, engine: FakeEngine, state: str) -> None:
    engine.put("shop", SHOP)
    engine.change("shop", state=state)
    answer = await server.http.post(f"{SESSION}?wait=true", json={"workspaceId": "shop"})
    assert (answer.status_code, answer.json()["state"]) == (200, "running")


async def test_an_unknown_template_is_refused(server: Served) -> None:
    answer = await server.http.post(SESSION, json={"workspaceId": "shop", "template": "nothing"})
    assert (answer.status_code, answer.json()["code"]) == (404, "template-not-found")
