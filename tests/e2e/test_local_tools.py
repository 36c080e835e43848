"""Templates on a machine that has Python and no more: uv and Node come along, from a package registry."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cluster.config import ClusterConfig
from cluster.kind.ports import free_port
from cluster.local.engine import LocalEngine
from templates.catalog import Catalog
from templates.events import StepDone
from templates.render import render
from tests.e2e.test_local import done, said
from tests.e2e.web import fetch, until_served

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("this machine")]

LEFT_OUT = ("uv", "uvx", "node", "npm", "npx")
NEEDS = {"python-fastapi": "uv", "node-express": "npm"}


@pytest.fixture
async def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LocalEngine]:
    programs = tmp_path / "programs"
    programs.mkdir()
    for folder in (Path("/usr/local/bin"), Path("/usr/bin")):
        for one in folder.iterdir():
            if one.name not in LEFT_OUT and not (programs / one.name).exists():
                (programs / one.name).symlink_to(one)
    monkeypatch.setenv("PATH", str(programs))
    assert not any(map(shutil.which, LEFT_OUT))
    engine = LocalEngine(ClusterConfig(home=tmp_path / "a home ü", http_port=free_port()))
    yield engine
    await done(engine.down())


@pytest.mark.parametrize("template", NEEDS)
async def test_a_template_runs_with_what_was_brought_along(template: str, engine: LocalEngine) -> None:
    manifest = Catalog().load(template).manifest

    events = await done(engine.create(template, render(Catalog().load(template), {"name": template})))

    notes = {event.step: event.note for event in events if isinstance(event, StepDone)}
    assert notes["tools"] == f"brought along: {NEEDS[template]}"
    assert "pass" in await said(engine, template, "sh", "-c", manifest.test)
    server = await engine.exec(template, ("sh", "-c", manifest.run))
    try:
        port = manifest.ports[0]
        let_in = await fetch(await engine.entrance(template, port))
        page = await until_served(let_in.headers["Location"], cookie=let_in.headers["Set-Cookie"].partition(";")[0])
    finally:
        await server.close()
    assert "<h1" in page.text
